/** What accounting says of the jobs that wrote the logs. */

import type { JoinedJob, SlurmJob } from '../slurm-job.js';
import { noteChange } from './changes.js';
import { perStore, type Store } from './store.js';

/** An experiment whose job may be asked for. */
export interface JobQuestion {
  readonly key: string;
  readonly jobId: string;
  readonly logMtimeMs: number;
  /** How often it was asked, and when last, ms since 1970; 0 where never. */
  readonly asked: number;
  readonly askedMs: number;
  /** null where nothing is known. */
  readonly state: string | null;
}

type JobTuple = [
  experiment: number,
  id: string,
  state: string,
  exitCode: string,
  startMs: number | null,
  endMs: number | null,
  elapsedSeconds: number,
  nodes: number,
  nodeList: string | null,
  nodeHours: number,
  maxMemoryBytes: number | null,
  records: number,
  isAlone: number,
  key: string,
];

const select = `SELECT experiment, j.job_id, state, exit_code, start_ms, end_ms, elapsed_seconds, j.nodes, node_list,
    node_hours, max_memory_bytes, records,
    NOT EXISTS (SELECT 1 FROM slurm_jobs AS o WHERE o.job_id = j.job_id AND o.experiment <> j.experiment), e.key
  FROM slurm_jobs AS j JOIN experiments AS e ON e.id = experiment WHERE state IS NOT NULL`;

const statements = perStore((connection) => ({
  all: connection.prepare<[], JobTuple>(select).raw(),
  one: connection.prepare<[string], JobTuple>(`${select} AND e.key = ?`).raw(),
  later: connection
    .prepare<[string, string, number], number>(
      'SELECT count(*) FROM experiments WHERE job_id = ? AND key <> ? AND log_mtime_ms > ?',
    )
    .pluck(),
  questions: connection.prepare<[number], JobQuestion>(
    `SELECT key, e.job_id AS jobId, log_mtime_ms AS logMtimeMs, coalesce(asked, 0) AS asked,
       coalesce(asked_ms, 0) AS askedMs, state
     FROM experiments AS e LEFT JOIN slurm_jobs AS j ON j.experiment = e.id AND j.job_id = e.job_id
     WHERE e.job_id GLOB '[0-9]*' AND e.job_id NOT GLOB '*[^0-9_+]*' AND imported_from IS NULL
       AND (state IS NULL OR state IN ('PENDING', 'RUNNING', 'REQUEUED', 'COMPLETING', 'SUSPENDED'))
       AND (state IS NOT NULL OR coalesce(asked, 0) < ?)`,
  ),
  save: connection.prepare(
    `INSERT OR REPLACE INTO slurm_jobs SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM experiments WHERE key = ?`,
  ),
}));

/** Experiments of jobs that accounting has not spoken its last word on, asked fewer times than `mostAsked`. */
export function readJobQuestions(store: Store, mostAsked: number): JobQuestion[] {
  return statements(store).questions.all(mostAsked);
}

/** By number of the experiment. */
export function readSlurmJobs(store: Store): Map<number, JoinedJob> {
  return new Map(
    statements(store)
      .all.all()
      .map((row) => [row[0], toJob(row)]),
  );
}

/** The job of one experiment; undefined where none is known. */
export function maybeReadSlurmJob(store: Store, key: string): JoinedJob | undefined {
  const row = statements(store).one.get(key);
  return row && toJob(row);
}

/** Whether no other log that this job wrote was written to later. */
export function hasLastWord(store: Store, key: string, jobId: string, logMtimeMs: number): boolean {
  return statements(store).later.get(jobId, key, logMtimeMs) === 0;
}

/** Keeps what was answered to a question; undefined where accounting knew nothing. To be called in a transaction. */
export function saveSlurmJob(store: Store, { key, jobId, asked }: JobQuestion, job: SlurmJob | undefined): void {
  statements(store).save.run(
    ...[jobId, job?.state ?? null, job?.exitCode ?? null, job?.startMs ?? null, job?.endMs ?? null],
    ...[job?.elapsedSeconds ?? null, job?.nodes ?? null, job?.nodeList ?? null, job?.nodeHours ?? null],
    ...[job?.maxMemoryBytes ?? null, job?.records ?? null, asked + 1, store.now(), key],
  );
  if (job !== undefined) noteChange(store);
}

function toJob(row: JobTuple): JoinedJob {
  const [, id, state, exitCode, startMs, endMs, elapsedSeconds, nodes, nodeList, nodeHours, maxMemoryBytes, records] =
    row;
  return {
    ...{ id, state, exitCode, startMs, endMs, elapsedSeconds, nodes, nodeList, nodeHours, maxMemoryBytes, records },
    isAlone: row[12] === 1,
  };
}
