import { availableParallelism } from 'node:os';
import type { LoadedConfig } from '../config.js';
import { startJobs } from '../daemon/jobs.js';
import { reloadOnce } from '../daemon/reload.js';
import { hastenAll, openSession } from '../daemon/session.js';
import { closeStore } from '../store/open.js';
import { exitCodes, UserError } from '../user-error.js';
import type { WatchSettings } from '../watch/settings.js';
import type { CommandContext } from './context.js';
import { createProgressBar } from './progress-bar.js';

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
  const bar = createProgressBar(context.stderr, config.log.level !== 'warn' && config.log.level !== 'error');
  const log = context.logMessages(loaded, bar.stream);
  const jobs = startJobs(Math.min(mostChildren, availableParallelism()));
  try {
    const session = await openSession({
      ...{ root, config, jobs, log, environment: context.environment },
      settings: options.settings,
    });
    try {
      session.budget.setRate(session.settings.sweepOpsPerSecond, session.clock.nowMs());
      hastenAll(session, session.settings.useEvents);
      return { root, ...(await reloadOnce(session, options.patienceMs, bar)) };
    } finally {
      closeStore(session.store);
    }
  } finally {
    bar.stop();
    await jobs.close();
  }
}

/** The root that the config names. */
export function requireRoot({ config }: LoadedConfig): string {
  if (config.root !== null) return config.root;
  throw new UserError('expected --root DIR, the folder that holds the experiments', exitCodes.usage);
}
