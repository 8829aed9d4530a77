import { countExperiments } from '../store/known-logs.js';
import { backlogText } from './backlog.js';
import type { DatabaseCare } from './database-care.js';
import { createDeletedOutputs } from './deleted-outputs.js';
import { createSlurmJoin } from './join-slurm.js';
import { createPublishPlan } from './publish-plan.js';
import type { Publisher } from './publisher.js';
import { type Progress, reload } from './reload.js';
import type { Session } from './session.js';

/** Files that may have been deleted are asked for so many at a time, and so often. */
const askedPerTurn = 50;
const askAgainMs = 5000;
/** How often all that should be there is compared with what is. */
const lookAgainMs = 24 * 60 * 60_000;
/** Files of experiments are written for so long before logs that came meanwhile are read. */
const filesSliceMs = 10_000;
const sayBacklogMs = 15_000;
/** The loop turns at least this often, which is what the watchdog wants to see. */
const turnMs = 20_000;

export interface LoopParts {
  readonly publisher: Publisher;
  readonly care: DatabaseCare;
  /** Called at each turn. */
  readonly beat: () => void;
  readonly isOver: () => boolean;
  readonly progress: Progress;
}

/** Reads what is ready to be read and publishes what has changed, again and again. */
export async function turnUntil(
  session: Session,
  { publisher, care, beat, isOver, progress }: LoopParts,
): Promise<void> {
  const plan = createPublishPlan();
  let lookedMs = Number.NEGATIVE_INFINITY;
  let filesLeft = 0;
  // A first workbook without what is there already would only keep the next one waiting.
  let isNew = countExperiments(session.store) === 0;
  void session.watcher.pass().then(() => {
    isNew = false;
    session.news.tell();
  });
  const sayBacklog = createBacklogTeller(session);
  const untilMs = (ms: number): (() => boolean) => {
    const endMs = performance.now() + ms;
    return () => isOver() || performance.now() > endMs;
  };
  const slurm = createSlurmJoin(session);
  const deleted = createDeletedOutputs(session, askedPerTurn);
  const turn = async (): Promise<void> => {
    await care.mend();
    if (session.now() - lookedMs >= lookAgainMs) {
      // Mends what was left undone when the program last ended.
      plan.changed(performance.now());
      lookedMs = session.now();
    }
    const { read, changed: changedByLogs } = await reload(session, progress, isOver);
    // Whoever deletes a file sees it come back.
    const { files, tables } = await deleted.turn();
    filesLeft += files;
    const changed = changedByLogs + slurm.turn() + tables;
    const nowMs = performance.now();
    if (changed > 0) plan.changed(nowMs);
    const { filesMs, tablesMs } = plan.times(nowMs, {
      hasMoreToRead: isNew || session.backlog.status().toRead > 0 || session.watcher.isBehind(),
      filesLeft,
      filesRestMs: publisher.filesRestMs(),
      tablesRestMs: publisher.restMs(),
      retryMs: publisher.retryMs(),
    });
    if (nowMs >= Math.min(filesMs, tablesMs)) {
      const withTables = nowMs >= tablesMs;
      ({ left: filesLeft } = await publisher.publish({ withTables, isOver: untilMs(filesSliceMs) }));
      plan.published(withTables);
    } else if (read === 0) {
      session.meter.busy(false);
      await session.news.wait(Math.min(deleted.hasMore() ? askAgainMs : turnMs, Math.min(filesMs, tablesMs) - nowMs));
      session.meter.busy(true);
    }
    sayBacklog();
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
    if (plan.hasChanges()) await publisher.publish({ isOver: () => true });
  } catch (error) {
    care.take(error);
    session.log.warn('what was read last could not be saved, and is read again at the next start');
  }
}

/** Says how far the work is, now and then, while there is much of it. */
function createBacklogTeller({ backlog, log }: Session): () => void {
  let saidMs = performance.now();
  return () => {
    const nowMs = performance.now();
    const text = backlogText(backlog.status());
    if (text === undefined || nowMs - saidMs < sayBacklogMs) return;
    saidMs = nowMs;
    log.info('working through many logs', { backlog: text });
  };
}
