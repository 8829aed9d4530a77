/** Makes the rows of an experiment equal to its record. */

import type { Experiment } from '../experiment.js';
import type { Summary } from '../summary.js';
import { noteChange } from './changes.js';
import { digestExperiment, digestSummary } from './digest.js';
import { setLogState } from './known-logs.js';
import { saveDetails } from './save-details.js';
import { saveEpochs, saveSteps } from './save-epochs.js';
import { saveSummary } from './save-summary.js';
import { renderSettings } from './settings.js';
import { perStore, type Store } from './store.js';
import { refreshViews } from './views.js';

interface StoredDigests {
  readonly id: number;
  readonly digest: string | null;
  readonly summary_digest: string | null;
  readonly log_state: string;
}

const statements = perStore((connection) => ({
  find: connection.prepare<[string], StoredDigests>(
    `SELECT id, experiments.digest, summaries.digest AS summary_digest, log_state
     FROM experiments LEFT JOIN summaries ON summaries.experiment = id WHERE key = ?`,
  ),
  upsert: connection
    .prepare<unknown[], number>(
      `INSERT INTO experiments (key, name, log_path, nodes, status, reason, reason_rank, log_state, revision, launcher,
         trainer, rank_relation, world_size, job_id, settings, log_bytes, log_mtime_ms, log_fingerprint, digest, changed_ms,
         first_seen_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET name = excluded.name, log_path = excluded.log_path, nodes = excluded.nodes,
         status = excluded.status, reason = excluded.reason, reason_rank = excluded.reason_rank,
         log_state = excluded.log_state, revision = excluded.revision, launcher = excluded.launcher,
         trainer = excluded.trainer, rank_relation = excluded.rank_relation, world_size = excluded.world_size,
         job_id = excluded.job_id, settings = excluded.settings, log_bytes = excluded.log_bytes, log_mtime_ms = excluded.log_mtime_ms,
         log_fingerprint = excluded.log_fingerprint, digest = excluded.digest, changed_ms = excluded.changed_ms,
         status_before_gone = NULL, imported_from = NULL
       RETURNING id`,
    )
    .pluck(),
}));

/**
 * Makes the database's rows of this experiment equal to the record, in one transaction. Saving the same twice changes
 * nothing, and `changed` says so; notes and tags are never touched.
 */
export function save(store: Store, experiment: Experiment, summary: Summary): { readonly changed: boolean } {
  return saveAll(store, [{ experiment, summary }]).changed === 0 ? { changed: false } : { changed: true };
}

/** Saves many experiments in one transaction, which is faster and holds the database as long; `changed` counts them. */
export function saveAll(
  store: Store,
  records: readonly { readonly experiment: Experiment; readonly summary: Summary }[],
): { readonly changed: number } {
  return store.connection
    .transaction(() => {
      const changed = records.filter(({ experiment, summary }) => saveOne(store, experiment, summary)).length;
      if (changed > 0) noteChange(store);
      return { changed };
    })
    .immediate();
}

function saveOne(store: Store, experiment: Experiment, summary: Summary): boolean {
  const digest = digestExperiment(experiment);
  const summaryDigest = digestSummary(summary);
  const stored = statements(store).find.get(experiment.key);
  const isSame = stored?.digest === digest;
  if (isSame && stored.summary_digest === summaryDigest) return setLogState(store, experiment.key, experiment.logState);
  const id = upsertExperiment(store, experiment, digest);
  let needsViews = saveSummary(store, id, summary, summaryDigest);
  if (!isSame) {
    needsViews = saveDetails(store, id, experiment) || needsViews;
    needsViews = saveEpochs(store, id, experiment.run) || needsViews;
    saveSteps(store, id, experiment.run.ranks);
  }
  if (needsViews) refreshViews(store);
  return true;
}

function upsertExperiment(store: Store, { run, log, ...experiment }: Experiment, digest: string): number {
  const now = store.now();
  const id = statements(store).upsert.get(
    ...[experiment.key, experiment.name, log.path, experiment.nodes, run.status, run.reason, run.reasonRank],
    ...[experiment.logState, experiment.revision, run.launcher, run.trainer, run.rankRelation, run.worldSize],
    ...[
      run.jobId,
      renderSettings(experiment.hyperparameters),
      log.bytes,
      log.mtimeMs,
      log.fingerprint,
      digest,
      now,
      now,
    ],
  );
  if (id === undefined) throw new Error(`${experiment.key}: the upsert returned no id`);
  return id;
}
