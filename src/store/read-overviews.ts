/** Reads experiments without their epochs: what tables and leaderboards show. */

import {
  type Hyperparameter,
  launcherNames,
  logStates,
  type Receipt,
  rankRelations,
  statuses,
  trainerNames,
} from '../experiment.js';
import type { JoinedJob } from '../slurm-job.js';
import type { ExperimentOverview, ListedExperiment, Summary, UserNotes } from '../summary.js';
import { noNotes, readAllUserNotes, readUserNotes } from './notes.js';
import { readHosts } from './read-hosts.js';
import { readReceipts } from './read-receipts.js';
import { readSummaries } from './read-summaries.js';
import { settingsParser } from './settings.js';
import { maybeReadSlurmJob, readSlurmJobs } from './slurm-jobs.js';
import { perStore, type Store } from './store.js';
import { oneOf } from './words.js';

/** An overview, and what the database knows of it beside. */
export interface StoredOverview extends ExperimentOverview {
  /** Number of the experiment in this database; never given again. */
  readonly id: number;
  /** When it was first saved, ms since 1970, UTC. */
  readonly firstSeenMs: number;
}

type HeadTuple = [
  id: number,
  key: string,
  name: string,
  logPath: string,
  nodes: number | null,
  status: string,
  reason: string | null,
  reasonRank: number | null,
  logState: string,
  revision: number,
  launcher: string,
  trainer: string,
  rankRelation: string | null,
  worldSize: number | null,
  jobId: string | null,
  logBytes: number,
  logMtimeMs: number,
  logFingerprint: string,
  firstSeenMs: number,
  changedMs: number,
  settings: string,
  importedFrom: string | null,
];

const select = `
  SELECT id, key, name, log_path, nodes, status, reason, reason_rank, log_state, revision, launcher, trainer,
    rank_relation, world_size, job_id, log_bytes, log_mtime_ms, log_fingerprint, first_seen_ms, changed_ms, settings,
    imported_from
  FROM experiments`;

// By the index of keys (without the plus) each row would have to be looked for: three times as slow.
const statements = perStore((connection) => ({
  one: connection.prepare<[string], HeadTuple>(`${select} WHERE key = ?`).raw(),
  all: connection.prepare<[], HeadTuple>(`${select} ORDER BY +key`).raw(),
}));

/** Every experiment, by key, without the findings of its receipt. No epoch is read, however many there are. */
export function readOverviews(store: Store): StoredOverview[] {
  return store.connection.transaction(() => {
    const receipts = readReceipts(store);
    const hosts = readHosts(store);
    return readRows(store, readSummaries(store)).map((row) => toOverview(row, hosts.get(row.id), receipts.get(row.id)));
  })();
}

/** One experiment; undefined where the database has none of this key. */
export function maybeReadOverview(store: Store, key: string): StoredOverview | undefined {
  return store.connection.transaction(() => {
    const head = statements(store).one.get(key);
    if (head === undefined) return undefined;
    const [id] = head;
    const job = maybeReadSlurmJob(store, key);
    const row = toRow(
      head,
      readSummaries(store, id).get(id),
      { user: readUserNotes(store, key), job },
      settingsParser(),
    );
    return toOverview(row, readHosts(store, id).get(id), readReceipts(store, id).get(id));
  })();
}

type Row = Omit<StoredOverview, 'run'> & Pick<ListedExperiment, 'run'>;

function readRows(store: Store, summaries: ReadonlyMap<number, Summary>): Row[] {
  const notes = readAllUserNotes(store);
  const parse = settingsParser();
  const jobs = readSlurmJobs(store);
  const heads = statements(store).all.all();
  return heads.map((head) => {
    const beside = { user: notes.get(head[1]), job: jobs.get(head[0]) };
    return toRow(head, summaries.get(head[0]), beside, parse);
  });
}

function toRow(
  head: HeadTuple,
  summary: Summary | undefined,
  {
    user = noNotes,
    job = null,
  }: { readonly user?: UserNotes | undefined; readonly job?: JoinedJob | null | undefined },
  parseSettings: (json: string) => Hyperparameter[],
): Row {
  const [id, key, name, path, nodes, status, reason, reasonRank, logState, revision, launcher, trainer] = head;
  const [, , , , , , , , , , , , rankRelation, worldSize, jobId, bytes, mtimeMs, fingerprint, firstSeenMs, changedMs] =
    head;
  if (summary === undefined) throw new Error(`${key}: the database has no summary of it`);
  return {
    id,
    key,
    name,
    nodes,
    hyperparameters: parseSettings(head[20]),
    log: { path, bytes, mtimeMs, fingerprint },
    logState: oneOf(logStates, logState),
    revision,
    run: {
      launcher: oneOf(launcherNames, launcher),
      trainer: oneOf(trainerNames, trainer),
      status: oneOf(statuses, status),
      reason,
      reasonRank,
      rankRelation: rankRelation === null ? null : oneOf(rankRelations, rankRelation),
      worldSize,
      jobId,
    },
    hosts: [],
    summary,
    user,
    job,
    importedFrom: head[21],
    firstSeenMs,
    changedMs,
  };
}

function toOverview(row: Row, hosts: readonly string[] = [], receipt: Receipt | undefined): StoredOverview {
  if (receipt === undefined) throw new Error(`${row.key}: the database has no receipt of it`);
  return { ...row, hosts, run: { ...row.run, receipt } };
}
