import { setTimeout as sleep } from 'node:timers/promises';
import { closeStore } from '../store/open.js';
import { wakeMs } from '../watch/take-looks.js';
import { startJobs } from './jobs.js';
import { type Progress, publishAll, reload } from './reload.js';
import { openSession, RootError, type Session, type SessionOptions } from './session.js';

export interface WatchLoopOptions extends Omit<SessionOptions, 'settings'> {
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** What has changed is published when nothing more came for so long, and in any case after the longer time. */
const publishAfterMs = 2000;
const publishAtLatestMs = 60_000;
const rootRetryMs = 60_000;

/** Watches a root until the signal comes, and then leaves all files as up to date as the database. */
export async function watchLoop(options: Omit<WatchLoopOptions, 'jobs'>): Promise<void> {
  const { signal, log, root } = options;
  const jobs = startJobs(1);
  try {
    const session = await openWhenThere({ ...options, jobs });
    if (session === undefined) return;
    log.info('watching', { root, logs: session.known.logs.size });
    try {
      await loop(session, signal);
    } finally {
      closeStore(session.store);
    }
  } finally {
    await jobs.close();
    log.info('stopped', { root });
  }
}

const unseen: Progress = { onRead: () => {}, onWritten: () => {} };

async function openWhenThere(options: WatchLoopOptions): Promise<Session | undefined> {
  const { signal, log } = options;
  let isSaid = false;
  while (!signal.aborted) {
    try {
      return await openSession(options);
    } catch (error) {
      if (!(error instanceof RootError)) throw error;
      if (!isSaid) log.warn('root is not there, looking again every minute', { reason: error.message });
      isSaid = true;
      await rest(rootRetryMs, signal);
    }
  }
  return undefined;
}

async function loop(session: Session, signal: AbortSignal): Promise<void> {
  const { clock, known, budget } = session;
  // The first publication mends what was left undone when the program last ended.
  let [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  await publish(session);
  while (!signal.aborted) {
    const { looks, read, changed } = await reload(session, unseen);
    const nowMs = clock.nowMs();
    if (changed > 0) [changedFirstMs, changedLastMs] = [Math.min(changedFirstMs, nowMs), nowMs];
    const publishMs = Math.min(changedLastMs + publishAfterMs, changedFirstMs + publishAtLatestMs);
    if (nowMs >= publishMs) {
      await publish(session);
      [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    } else if (looks + read === 0) {
      const dueMs = wakeMs(known) <= nowMs ? budget.availableAtMs(1, nowMs) : wakeMs(known);
      await rest(Math.max(10, Math.min(dueMs, publishMs) - nowMs), signal);
    }
  }
  if (Number.isFinite(changedFirstMs)) await publish(session);
}

async function publish(session: Session): Promise<void> {
  const { files, workbook, errors } = await publishAll(session, unseen);
  for (const error of errors) session.log.warn('file could not be written', { reason: error });
  if (workbook?.isNew) session.log.info('workbook written', { path: workbook.path });
  if (files > 0) session.log.debug('files written', { files });
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  // setTimeout takes at most 2^31 ms.
  await sleep(Math.min(ms, 3_600_000), undefined, { signal }).catch(() => undefined);
}
