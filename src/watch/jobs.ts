/** What the scheduler's queue says about logs. Pure. */

import { jobSeen } from './finished.js';
import type { Known, KnownLog } from './known.js';
import { experimentFolder } from './layout.js';
import { scheduleLog } from './schedule.js';

/** A job in the queue. */
export interface QueuedJob {
  /** e.g. `123`, or `123_4` of an array. */
  readonly id: string;
  readonly name: string;
  /** Absolute. */
  readonly workFolder: string;
}

/**
 * Takes in the whole queue of the user. A log is tied to its job by the number in its name (`slurm-123.out`) or in its text,
 * else by the job's work folder, or by its name where that is the experiment's.
 */
export function seeQueue(known: Known, jobs: readonly QueuedJob[], root: string): void {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  for (const { id } of jobs) byId.set(id.replace(/_.*$/, ''), byId.get(id) ?? { id, name: '', workFolder: '' });
  const byFolder = uniqueBy(jobs, ({ workFolder }) => workFolder);
  const byName = uniqueBy(jobs, ({ name }) => name);
  for (const log of known.logs.values()) {
    if (log.watch.state === 'parsed' || log.problem !== null) continue;
    const folder = experimentFolder(log.path);
    const isQueued = log.job !== null && byId.has(log.job.id);
    const tied = isQueued ? undefined : (byFolder.get(`${root}/${folder}`) ?? byName.get(log.name));
    if (tied !== undefined && (log.job === null || !log.job.wasSeen)) log.job = { id: tied.id, wasSeen: true };
    else if (isQueued && log.job !== null && !log.job.wasSeen) log.job = { ...log.job, wasSeen: true };
    setJob(known, log, isQueued || tied !== undefined);
  }
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
