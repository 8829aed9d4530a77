import { forgetMissing } from './forget-missing.js';
import { type Progress, publishAll, reload } from './reload.js';
import { closeSession, openSession, type Session, type SessionOptions } from './session.js';

export interface WatchLoopOptions extends Omit<SessionOptions, 'children' | 'isSinglePass' | 'settings' | 'signal'> {
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** What has changed is published when nothing more came for so long, and in any case after the longer time. */
const publishAfterMs = 2000;
const publishAtLatestMs = 60_000;

/** Watches a root until the signal comes, and then leaves all files as up to date as the database. */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  const { signal, log, root } = options;
  const session = await openSession({ ...options, children: 1 });
  signal.addEventListener('abort', session.news.tell, { once: true });
  log.info('watching', { root, logs: session.watcher.status().logs.parsed });
  try {
    await Promise.race([loop(session, signal), session.watcher.ended]);
  } finally {
    await closeSession(session);
    log.info('stopped', { root });
  }
}

const unseen: Progress = { onRead: () => {}, onWritten: () => {} };

async function loop(session: Session, signal: AbortSignal): Promise<void> {
  let [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // Mends what was left undone when the program last ended.
  await forgetMissing(session);
  await publish(session);
  while (!signal.aborted) {
    const { read, changed } = await reload(session, unseen);
    const nowMs = performance.now();
    if (changed > 0) [changedFirstMs, changedLastMs] = [Math.min(changedFirstMs, nowMs), nowMs];
    const publishMs = Math.min(changedLastMs + publishAfterMs, changedFirstMs + publishAtLatestMs);
    if (nowMs >= publishMs) {
      await publish(session);
      [changedFirstMs, changedLastMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    } else if (read === 0) {
      await session.news.wait(publishMs - nowMs);
    }
  }
  if (Number.isFinite(changedFirstMs)) await publish(session);
}

async function publish(session: Session): Promise<void> {
  const { files, workbook, errors } = await publishAll(session, unseen);
  for (const { message } of errors) session.log.warn('file could not be written', { reason: message });
  for (const notice of workbook?.notices ?? []) session.log.warn('about the workbook', { notice });
  if (workbook?.isNew) session.log.info('workbook written', { path: workbook.path });
  if (files > 0) session.log.debug('files written', { files });
}
