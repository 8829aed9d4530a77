import { ConfigError } from '../config.js';
import { exportBell } from '../watch/root-folder.js';
import { createDatabaseCare, type DatabaseCare } from './database-care.js';
import { forgetMissing } from './forget-missing.js';
import { createSlurmJoin } from './join-slurm.js';
import { createPublisher, type Publisher } from './publisher.js';
import { type Progress, reload } from './reload.js';
import { createServiceManager } from './service-manager.js';
import { closeSession, openSession, type Session, type SessionOptions } from './session.js';
import { createUsage } from './usage.js';
import { serveWatch } from './watch-service.js';

export interface WatchLoopOptions
  extends Omit<SessionOptions, 'children' | 'onBell' | 'isSinglePass' | 'settings' | 'signal'> {
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /** Calls back when the workbook is wanted now, or the config is to be read again. */
  readonly onRequest: (what: 'export' | 'reload', act: () => void) => void;
  /** Reads the config again; throws a `ConfigError` where it is wrong. */
  readonly readConfig: () => SessionOptions['config'];
}

/** What has changed is published when nothing more came for so long, and in any case after the longer time. */
const publishAfterMs = 2000;
const publishAtLatestMs = 60_000;
/** What children still do when the program is to end is given so long. */
const stopMs = 10_000;
/** The loop turns at least this often, which is what the watchdog wants to see. */
const turnMs = 20_000;

/** How often it is looked whether all outputs are still there. */
const lookAgainMs = 24 * 60 * 60_000;

/** Watches a root until the signal comes, and then leaves all files as up to date as the database. */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  const { signal, log, onRequest, readConfig } = options;
  const manager = createServiceManager(options.environment);
  const usage = createUsage();
  let { config } = options;
  while (!signal.aborted) {
    const root = config.root ?? options.root;
    let onExportBell = (): void => {};
    const onBell = (name: string): void => {
      if (name === exportBell) onExportBell();
    };
    const session = await openSession({ ...options, root, config, usage, children: 1, onBell });
    const publisher = createPublisher(session);
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
      await Promise.race([loop(session, { publisher, care, beat: service.beat, isOver }), session.watcher.ended]);
    } finally {
      if (signal.aborted) manager.stopping();
      await service.close();
      await closeSession(session);
    }
    if (next !== undefined) log.info('config was read again', { root });
    config = next ?? config;
  }
  log.info('stopped');
}

function stopSoon({ news, jobs }: Session): void {
  news.tell();
  setTimeout(() => void jobs.close(), stopMs).unref();
}

const unseen: Progress = { onRead: () => {}, onWritten: () => {} };

interface LoopParts {
  readonly publisher: Publisher;
  readonly care: DatabaseCare;
  readonly beat: () => void;
  readonly isOver: () => boolean;
}

async function loop(session: Session, { publisher, care, beat, isOver }: LoopParts): Promise<void> {
  let [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let lookedMs = Number.NEGATIVE_INFINITY;
  const slurm = createSlurmJoin(session);
  const turn = async (): Promise<void> => {
    await care.mend();
    if (session.now() - lookedMs >= lookAgainMs) {
      // Mends what was left undone when the program last ended, and later what somebody deleted.
      await forgetMissing(session);
      await publisher.publish();
      lookedMs = session.now();
    }
    const { read, changed: changedByLogs } = await reload(session, unseen, isOver);
    const changed = changedByLogs + slurm.turn();
    const nowMs = performance.now();
    if (changed > 0) [changedFirstMs, changedLastMs] = [Math.min(changedFirstMs, nowMs), nowMs];
    const changesMs = Math.min(changedLastMs + publishAfterMs, changedFirstMs + publishAtLatestMs);
    const publishMs = Math.min(changesMs, nowMs + publisher.retryMs());
    if (nowMs >= publishMs) {
      await publisher.publish();
      [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    } else if (read === 0) {
      await session.news.wait(Math.min(turnMs, publishMs - nowMs));
    }
  };
  while (!isOver()) {
    beat();
    const restMs = care.restMs();
    try {
      if (restMs === 0) await turn();
      else await session.news.wait(Math.min(turnMs, restMs));
    } catch (error) {
      care.take(error);
    }
  }
  try {
    await care.mend();
    if (Number.isFinite(changedFirstMs)) await publisher.publish();
  } catch (error) {
    care.take(error);
    session.log.warn('what was read last could not be saved, and is read again at the next start');
  }
}

function sayConfig({ log }: Session, reread: () => void): void {
  try {
    reread();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { where, message } of error.problems)
      log.error('the new config is wrong, the old one stays', { where, message });
  }
}
