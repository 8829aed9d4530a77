/** What a scheduler's accounting says of a job, and what that says of the run that the job was. Pure; imports only the domain. */

import type { Run } from './experiment.js';

/** A job of Slurm, as `sacct` has it. */
export interface SlurmJob {
  /** As in the log or its name: `123`, of an array `123_4` or the number that the task has of its own. */
  readonly id: string;
  /** One word: RUNNING, COMPLETED, TIMEOUT and so on; of several parts the gravest. */
  readonly state: string;
  /** `exit code:signal` */
  readonly exitCode: string;
  /** ms since 1970; null where it has not started, or not ended. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** s, of the last start. */
  readonly elapsedSeconds: number;
  readonly nodes: number;
  /** `n[1-4]`; null where none was given to it. */
  readonly nodeList: string | null;
  /** Over all starts and parts. */
  readonly nodeHours: number;
  /** Largest resident memory of a task that was seen; null where none was. */
  readonly maxMemoryBytes: number | null;
  /** How often it was started: more than once where it was requeued. */
  readonly records: number;
}

/** The job of an experiment, and whether it wrote that one's log alone: else its figures are not the experiment's. */
export interface JoinedJob extends SlurmJob {
  readonly isAlone: boolean;
}

/** Whether the job is over, so that accounting has nothing more to say. */
export function isJobOver({ state }: Pick<SlurmJob, 'state'>): boolean {
  return !/^(PENDING|RUNNING|REQUEUED|REQUEUE_|COMPLETING|CONFIGURING|RESIZING|SUSPENDED|SIGNALING|STAGE_OUT)/.test(
    state,
  );
}

/** Node-hours that are the experiment's: those of a job of its own, else nodes × training time. */
export function nodeHoursOf(
  job: JoinedJob | null,
  nodes: number | null,
  trainingSeconds: number | null,
): number | null {
  if (job?.isAlone && isJobOver(job)) return job.nodeHours;
  return nodes === null || trainingSeconds === null ? null : (nodes * trainingSeconds) / 3600;
}

const kills = new Set(['TIMEOUT', 'DEADLINE', 'OUT_OF_MEMORY', 'CANCELLED', 'NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL']);
/** These befall a job from outside, whatever the log says of how it failed. */
const blows = new Set(['OUT_OF_MEMORY', 'NODE_FAIL', 'PREEMPTED']);

/**
 * What became of a run, where its job knows better than its log: status and reason, or undefined where the log's word stands.
 * Of several experiments of one job only that with the last word can have been hit by the job's end.
 */
export function settledByJob(
  run: Pick<Run, 'status' | 'reason'>,
  job: SlurmJob,
  { hasLastWord, isPlanned }: { readonly hasLastWord: boolean; readonly isPlanned: boolean },
): { readonly status: Run['status']; readonly reason: string | null } | undefined {
  const { state, id, exitCode } = job;
  if (!isJobOver(job) || !hasLastWord) return undefined;
  const { status, reason } = run;
  const word = `${state}, by Slurm (job ${id})`;
  const isOpen = status === 'stalled' || status === 'running';
  if (kills.has(state) && (isOpen || status === 'killed' || (status === 'failed' && blows.has(state)))) {
    if (reason?.startsWith(word)) return undefined;
    return { status: 'killed', reason: (reason === null || isOpen ? word : `${word}: ${reason}`).slice(0, 300) };
  }
  if (!isOpen) return undefined;
  if (state === 'FAILED') return { status: 'failed', reason: `${word}, exit code ${exitCode}` };
  // A log that never said how many epochs there would be cannot say that it has all of them; the job can.
  return state === 'COMPLETED' && !isPlanned ? { status: 'completed', reason: null } : undefined;
}
