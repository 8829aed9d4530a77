import { ConfigError } from '../config/config-error.js';
import { exportBell } from '../watch/root-folder.js';
import { createDatabaseCare } from './database-care.js';
import { createPublisher } from './publisher.js';
import { type Progress, unseen } from './reload.js';
import { ReplacedError, requireSameProgram, untilReplaced } from './replaced-program.js';
import { createServiceManager } from './service-manager.js';
import { closeSession, openSession, type Session, type SessionOptions } from './session.js';
import { turnUntil } from './turns.js';
import { createUsage } from './usage.js';
import { serveWatch } from './watch-service.js';

export interface WatchLoopOptions
  extends Omit<SessionOptions, 'children' | 'onBell' | 'isSinglePass' | 'settings' | 'signal'> {
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /** Whom to tell how far the work is. */
  readonly progress?: Progress;
  /** Calls back when the workbook is wanted now, or the config is to be read again. */
  readonly onRequest: (what: 'export' | 'reload', act: () => void) => void;
  /** Reads the config again; throws a `ConfigError` where it is wrong. */
  readonly readConfig: () => SessionOptions['config'];
}

/** What children still do when the program is to end is given so long. */
const stopMs = 10_000;

/**
 * Watches a root until the signal comes, and then leaves all files as up to date as the database. Throws a `ReplacedError`
 * after the program's files were replaced, once they stand still.
 */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await watchAgain(options);
      break;
    } catch (error) {
      if (!(error instanceof ReplacedError)) throw error;
      await untilReplaced(options.signal);
      // What the new version is is known only now; where the old files are back there is none.
      if (!options.signal.aborted) requireSameProgram();
    }
  }
  options.log.info('stopped');
}

/** Ends when the signal comes. */
async function watchAgain(options: WatchLoopOptions): Promise<void> {
  const { signal, log, onRequest, readConfig, progress = unseen } = options;
  const manager = createServiceManager(options.environment);
  const usage = createUsage();
  let { config } = options;
  while (!signal.aborted) {
    requireSameProgram();
    const root = config.root ?? options.root;
    let onExportBell = (): void => {};
    const onBell = (name: string): void => {
      if (name === exportBell) onExportBell();
    };
    const session = await openSession({ ...options, root, config, usage, children: 1, onBell });
    const publisher = createPublisher(session, progress);
    const care = createDatabaseCare(session);
    let next: SessionOptions['config'] | undefined;
    /** A config that is wrong changes nothing, and says so. */
    const reread = (): void => {
      next = readConfig();
      session.news.tell();
    };
    const service = await serveWatch(session, {
      ...{ publisher, care, manager, reread },
      environment: options.environment,
    });
    onExportBell = () => void publisher.exportForBell();
    onRequest('export', () => void publisher.exportNow().catch(() => undefined));
    onRequest('reload', () => sayConfig(session, reread));
    signal.addEventListener('abort', () => stopSoon(session), { once: true });
    log.info('watching', { root, logs: session.watcher.status().logs.parsed });
    try {
      const isOver = (): boolean => signal.aborted || next !== undefined;
      const beat = (): void => {
        service.beat();
        requireSameProgram();
      };
      await Promise.race([turnUntil(session, { publisher, care, beat, isOver, progress }), session.watcher.ended]);
    } finally {
      if (signal.aborted) manager.stopping();
      await service.close(next === undefined || signal.aborted);
      await closeSession(session);
    }
    if (next !== undefined) log.info('config was read again', { root });
    config = next ?? config;
  }
}

function stopSoon({ news, jobs }: Session): void {
  news.tell();
  setTimeout(() => void jobs.close(), stopMs).unref();
}

function sayConfig({ log }: Session, reread: () => void): void {
  try {
    reread();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { where, message } of error.problems)
      log.error('the new config is wrong, the old one stays', { where, reason: message });
  }
}
