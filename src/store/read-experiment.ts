/** Reads an experiment back as it was saved, epochs and all. */

import type { Experiment, Rank, RankEnd } from '../experiment.js';
import type { JoinedJob } from '../slurm-job.js';
import type { Summary, UserNotes } from '../summary.js';
import { parseStrings } from './json.js';
import { readMetricPlaces } from './metric-places.js';
import { readEpochTable } from './read-epochs.js';
import { maybeReadOverview } from './read-overviews.js';
import { readFindings } from './read-receipts.js';
import { readStepTable } from './read-steps.js';
import { perStore, type Store } from './store.js';
import { oneOf, rankEnds } from './words.js';

export interface StoredExperiment {
  readonly experiment: Experiment;
  readonly summary: Summary;
  readonly user: UserNotes;
  /** The scheduler's job that wrote its log; null where none is known. */
  readonly job: JoinedJob | null;
  /** null where its log lies in the root. */
  readonly importedFrom: string | null;
  /** When the experiment was first saved, and when its rows last changed; ms since 1970, UTC. */
  readonly firstSeenMs: number;
  readonly changedMs: number;
}

interface RankRow {
  readonly position: number;
  readonly rank: number | null;
  readonly file: string | null;
  readonly host: string | null;
  readonly planned_epochs: number | null;
  readonly steps_per_epoch: number | null;
  readonly early_stop_epoch: number | null;
  readonly restored_epoch: number | null;
  readonly total_training_time: number | null;
  readonly end_status: string | null;
  readonly end_reason: string | null;
  readonly end_offset: number | null;
  readonly metrics: string;
  readonly local_metrics: string;
  readonly step_metrics: string | null;
}

const statements = perStore((connection) => ({
  metrics: connection.prepare<[number], { readonly name: string; readonly printed: string }>(
    'SELECT name, printed FROM metrics WHERE experiment = ? ORDER BY position',
  ),
  ranks: connection.prepare<[number], RankRow>('SELECT * FROM ranks WHERE experiment = ? ORDER BY position'),
}));

/** The experiment with that key and its summary, as they were saved; undefined where there is none. */
export function readExperiment(store: Store, key: string): StoredExperiment | undefined {
  return store.connection.transaction(() => {
    const overview = maybeReadOverview(store, key);
    if (overview === undefined) return undefined;
    const { id, hosts: _, job, importedFrom, summary, user, firstSeenMs, changedMs, run, ...head } = overview;
    const metrics = statements(store).metrics.all(id);
    const experiment: Experiment = {
      ...head,
      run: {
        ...run,
        metricNames: new Map(metrics.map(({ name, printed }) => [name, printed])),
        ranks: readRanks(store, id),
        receipt: { ...run.receipt, findings: readFindings(store, id) },
      },
    };
    return { experiment, summary, user, job, importedFrom, firstSeenMs, changedMs };
  })();
}

function readRanks(store: Store, experiment: number): Rank[] {
  const places = readMetricPlaces(store);
  return statements(store)
    .ranks.all(experiment)
    .map((row) => {
      const at = { experiment, position: row.position };
      const names = { metrics: parseStrings(row.metrics), local: parseStrings(row.local_metrics) };
      return {
        rank: row.rank,
        ...(row.file === null ? {} : { file: row.file }),
        host: row.host,
        plannedEpochs: row.planned_epochs,
        stepsPerEpoch: row.steps_per_epoch,
        earlyStopEpoch: row.early_stop_epoch,
        restoredEpoch: row.restored_epoch,
        totalTrainingTime: row.total_training_time,
        end: toEnd(row),
        epochs: readEpochTable(store, at, names, places),
        steps: row.step_metrics === null ? null : readStepTable(store, at, parseStrings(row.step_metrics)),
      };
    });
}

function toEnd({ end_status: status, end_reason: reason, end_offset: offset }: RankRow): RankEnd | null {
  return status === null ? null : { status: oneOf(rankEnds, status), reason, offset };
}
