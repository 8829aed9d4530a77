/** What the scheduler's queue says about logs. Pure. */

import { jobSeen } from './finished.js';
import type { Known, KnownLog } from './known.js';
import { experimentFolder, jobIdInName } from './layout.js';
import { scheduleLog } from './schedule.js';

/** A job in the queue. */
export interface QueuedJob {
  /** e.g. `123`; of an array `123_4`, or `123_[5-9]` for what is still to start. */
  readonly id: string;
  /** The number that a task of an array has of its own, which its environment calls SLURM_JOB_ID. */
  readonly ownId: string;
  readonly name: string;
  /** Absolute. */
  readonly workFolder: string;
}

/**
 * Takes in the whole queue of the user. A log is tied to its job by the number in its name (`slurm-123.out`), which no other job
 * can have; else by that in its text, by the job's work folder, or by its name where that is the experiment's. A job of that
 * folder or name may go on with the log of another one, but is not taken for the one that the text tells.
 */
export function seeQueue(known: Known, jobs: readonly QueuedJob[], root: string): void {
  // Slurm knows work folders without links.
  const roots = [root, known.root.realPath ?? root];
  const isQueuedId = queueLookup(jobs);
  const byFolder = uniqueBy(jobs, ({ workFolder }) => workFolder);
  const byName = uniqueBy(jobs, ({ name }) => name);
  for (const log of known.logs.values()) {
    if (log.watch.state === 'parsed' || log.problem !== null) continue;
    const folder = experimentFolder(log.path);
    const isQueued = log.job !== null && isQueuedId(log.job.id);
    const isTold = isQueued || jobIdInName(log.path) !== undefined;
    const ofFolder = roots.flatMap((path) => byFolder.get(`${path}/${folder}`) ?? [])[0];
    const tied = isTold ? undefined : (ofFolder ?? byName.get(log.name));
    if (tied !== undefined && log.job === null) log.job = { id: tied.id, wasSeen: true };
    else if (isQueued && log.job !== null && !log.job.wasSeen) log.job = { ...log.job, wasSeen: true };
    setJob(known, log, isQueued || tied !== undefined);
  }
}

/** Tells whether a job, a task of an array (`77_3`), or any task of it (`77`) is in the queue. */
function queueLookup(jobs: readonly QueuedJob[]): (id: string) => boolean {
  const ids = new Set(jobs.flatMap(({ id, ownId }) => [id, ownId]));
  const arrays = new Set(jobs.map(({ id }) => id.replace(/_.*$/, '')));
  const waiting = new Set(jobs.flatMap(({ id }) => /^(\d+)_\[/.exec(id)?.[1] ?? []));
  return (id) => {
    if (ids.has(id)) return true;
    const [array = '', task] = id.split('_');
    // `slurm-77_3.out` may also be rank 3 of a job that is no array.
    return task === undefined ? arrays.has(array) : waiting.has(array) || ids.has(array);
  };
}

/** Whether there is a log that the queue could say something about. */
export function hasOpenLogs(known: Known): boolean {
  for (const { watch, problem } of known.logs.values()) if (problem === null && watch.state !== 'parsed') return true;
  return false;
}

function setJob(known: Known, log: KnownLog, isRunning: boolean): void {
  const watch = jobSeen(log.watch, log.job === null ? undefined : isRunning, known.clock.nowMs());
  if (watch === log.watch) return;
  log.watch = watch;
  scheduleLog(known, log);
}

/** Jobs by a property, where only one of them has that value. */
function uniqueBy(jobs: readonly QueuedJob[], property: (job: QueuedJob) => string): ReadonlyMap<string, QueuedJob> {
  const groups = new Map<string, QueuedJob[]>();
  for (const job of jobs) groups.set(property(job), [...(groups.get(property(job)) ?? []), job]);
  return new Map(
    [...groups].flatMap(([value, [job, ...others]]) => (job && others.length === 0 ? [[value, job]] : [])),
  );
}
