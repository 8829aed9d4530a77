/** Reads experiments without their epochs: what tables and leaderboards show. */

import { launcherNames, logStates, rankRelations, statuses, trainerNames } from '../experiment.js';
import type { ExperimentOverview, Summary } from '../summary.js';
import { parseStrings } from './json.js';
import { noNotes, readAllUserNotes, readUserNotes } from './notes.js';
import { readReceipts } from './read-receipts.js';
import { readSummaries } from './read-summaries.js';
import { parseSettings } from './settings.js';
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
  hosts: string,
];

const select = `
  SELECT id, key, name, log_path, nodes, status, reason, reason_rank, log_state, revision, launcher, trainer,
    rank_relation, world_size, job_id, log_bytes, log_mtime_ms, log_fingerprint, first_seen_ms, changed_ms, settings,
    (SELECT json_group_array(host)
     FROM (SELECT DISTINCT host FROM ranks WHERE ranks.experiment = e.id AND host IS NOT NULL ORDER BY host))
  FROM experiments AS e`;

const statements = perStore((connection) => ({
  one: connection.prepare<[string], HeadTuple>(`${select} WHERE key = ?`).raw(),
  all: connection.prepare<[], HeadTuple>(`${select} ORDER BY key`).raw(),
}));

/** Every experiment, by key, without the findings of its receipt. No epoch is read, however many there are. */
export function readOverviews(store: Store): StoredOverview[] {
  return store.connection.transaction(() => {
    const summaries = readSummaries(store);
    const receipts = readReceipts(store);
    const notes = readAllUserNotes(store);
    return statements(store)
      .all.all()
      .map((row) => toOverview(row, summaries.get(row[0]), receipts.get(row[0]), notes.get(row[1])));
  })();
}

/** One experiment; undefined where the database has none of this key. */
export function maybeReadOverview(store: Store, key: string): StoredOverview | undefined {
  return store.connection.transaction(() => {
    const row = statements(store).one.get(key);
    if (row === undefined) return undefined;
    const summary = readSummaries(store, row[0]).get(row[0]);
    return toOverview(row, summary, readReceipts(store, row[0]).get(row[0]), readUserNotes(store, key));
  })();
}

function toOverview(
  row: HeadTuple,
  summary: Summary | undefined,
  receipt: ExperimentOverview['run']['receipt'] | undefined,
  user = noNotes,
): StoredOverview {
  const [id, key, name, path, nodes, status, reason, reasonRank, logState, revision, launcher, trainer] = row;
  const [, , , , , , , , , , , , rankRelation, worldSize, jobId, bytes, mtimeMs, fingerprint, firstSeenMs, changedMs] =
    row;
  if (summary === undefined || receipt === undefined) throw new Error(`${key}: the database has no summary of it`);
  return {
    id,
    key,
    name,
    nodes,
    hyperparameters: parseSettings(row[20]),
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
      receipt,
    },
    hosts: row[21] === '[]' ? [] : parseStrings(row[21]),
    summary,
    user,
    firstSeenMs,
    changedMs,
  };
}
