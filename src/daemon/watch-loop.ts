import { ConfigError } from '../config.js';
import { forgetMissing } from './forget-missing.js';
import { createPublisher, type Publisher } from './publisher.js';
import { type Progress, reload } from './reload.js';
import { createServiceManager } from './service-manager.js';
import { closeSession, openSession, type Session, type SessionOptions } from './session.js';
import { serveWatch } from './watch-service.js';

export interface WatchLoopOptions extends Omit<SessionOptions, 'children' | 'isSinglePass' | 'settings' | 'signal'> {
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

/** Watches a root until the signal comes, and then leaves all files as up to date as the database. */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  const { signal, log, onRequest, readConfig } = options;
  const manager = createServiceManager(options.environment);
  let { config } = options;
  while (!signal.aborted) {
    const root = config.root ?? options.root;
    const session = await openSession({ ...options, root, config, children: 1 });
    const publisher = createPublisher(session);
    let next: SessionOptions['config'] | undefined;
    /** A config that is wrong changes nothing, and says so. */
    const reread = (): void => {
      next = readConfig();
      session.news.tell();
    };
    const service = await serveWatch(session, { publisher, manager, reread, environment: options.environment });
    onRequest('export', () => void publisher.exportNow().catch(() => undefined));
    onRequest('reload', () => sayConfig(session, reread));
    signal.addEventListener('abort', () => stopSoon(session), { once: true });
    log.info('watching', { root, logs: session.watcher.status().logs.parsed });
    try {
      const isOver = (): boolean => signal.aborted || next !== undefined;
      await Promise.race([loop(session, publisher, service.beat, isOver), session.watcher.ended]);
    } finally {
      if (signal.aborted) manager.stopping();
      service.close();
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

async function loop(session: Session, publisher: Publisher, beat: () => void, isOver: () => boolean): Promise<void> {
  let [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // Mends what was left undone when the program last ended.
  await forgetMissing(session);
  await publisher.publish();
  while (!isOver()) {
    beat();
    const { read, changed } = await reload(session, unseen, isOver);
    const nowMs = performance.now();
    if (changed > 0) [changedFirstMs, changedLastMs] = [Math.min(changedFirstMs, nowMs), nowMs];
    const publishMs = Math.min(changedLastMs + publishAfterMs, changedFirstMs + publishAtLatestMs);
    if (nowMs >= publishMs) {
      [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      await publisher.publish();
    } else if (read === 0) {
      await session.news.wait(Math.min(turnMs, publishMs - nowMs));
    }
  }
  if (Number.isFinite(changedFirstMs)) await publisher.publish();
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
