import { availableParallelism } from 'node:os';
import type { LoadedConfig } from '../config.js';
import { workbookPathOf } from '../daemon/bring-workbook.js';
import { outputFolderOf } from '../daemon/places.js';
import { reloadOnce } from '../daemon/reload-once.js';
import { closeSession, openSession } from '../daemon/session.js';
import { countExperiments } from '../store/known-logs.js';
import { asDatabaseError } from '../store/trouble.js';
import type { WatchSettings } from '../watch/settings.js';
import type { CommandContext } from './context.js';
import { createProgressBar } from './progress-bar.js';
import { requireDialects, requireFolder, requireRoot } from './requirements.js';

export interface OnceOptions {
  /** How long a log that was just written to is watched for standing still. */
  readonly patienceMs: number;
  readonly settings: (settings: WatchSettings, isLocal: boolean) => Partial<WatchSettings>;
}

/** More children than this gain little: SQLite takes one experiment at a time. */
const mostChildren = 4;

/** Does the whole job once for the root of the config, with a progress bar; gives what was done. */
export async function doOnce(context: CommandContext, loaded: LoadedConfig, options: OnceOptions) {
  const { config } = loaded;
  const root = requireRoot(loaded);
  await requireFolder(root);
  await requireDialects(loaded);
  const isShown = context.stderr.isTTY === true && config.log.level === 'info';
  const bar = createProgressBar(context.stderr, isShown);
  // Where a bar shows what is done, only trouble needs words.
  const level = isShown ? 'warn' : config.log.level;
  const log = context.logMessages({ ...loaded, config: { ...config, log: { ...config.log, level } } }, bar.stream);
  const session = await openSession({
    ...{ root, config, log, environment: context.environment, isSinglePass: true },
    children: Math.min(mostChildren, availableParallelism()),
    settings: options.settings,
  });
  try {
    const done = await reloadOnce(session, options.patienceMs, bar);
    const workbookPath = workbookPathOf(session);
    return { folder: outputFolderOf(root, config), ...done, workbookPath, rows: countExperiments(session.store) };
  } catch (error) {
    throw asDatabaseError(error, session.store.file);
  } finally {
    bar.stop();
    await closeSession(session);
  }
}
