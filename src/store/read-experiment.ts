/** Reads an experiment back as it was saved, epochs and all. */

import type { Experiment, Finding, Rank, RankEnd } from '../experiment.js';
import type { Summary, UserNotes } from '../summary.js';
import { parseStrings } from './json.js';
import { readUserNotes } from './notes.js';
import { readEpochTables, readStepTable } from './read-epochs.js';
import { type SummaryMetricRow, type SummaryRow, toSummary } from './read-summary.js';
import {
  type ExperimentRow,
  experimentColumns,
  type HyperparameterRow,
  oneOf,
  toHead,
  toHyperparameter,
} from './rows.js';
import { perStore, type Store } from './store.js';

export interface StoredExperiment {
  readonly experiment: Experiment;
  readonly summary: Summary;
  readonly user: UserNotes;
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

const endStatuses = ['completed', 'early_stopped', 'diverged', 'failed', 'killed'] as const;

const statements = perStore((connection) => ({
  head: connection.prepare<[string], ExperimentRow>(
    `SELECT ${experimentColumns} FROM experiments JOIN receipts ON receipts.experiment = experiments.id WHERE key = ?`,
  ),
  hyperparameters: connection.prepare<[number], HyperparameterRow>(
    'SELECT name, items FROM hyperparameters WHERE experiment = ? ORDER BY position',
  ),
  metrics: connection.prepare<[number], { readonly name: string; readonly printed: string }>(
    'SELECT name, printed FROM metrics WHERE experiment = ? ORDER BY position',
  ),
  ranks: connection.prepare<[number], RankRow>('SELECT * FROM ranks WHERE experiment = ? ORDER BY position'),
  findings: connection.prepare<[number], Finding>(
    'SELECT offset, rank, what FROM findings WHERE experiment = ? ORDER BY position',
  ),
  summary: connection.prepare<[number], SummaryRow>('SELECT * FROM summaries WHERE experiment = ?'),
  summaryMetrics: connection.prepare<[number], SummaryMetricRow>(
    'SELECT * FROM summary_metrics WHERE experiment = ? ORDER BY position',
  ),
}));

/** The experiment with that key and its summary, as they were saved; undefined where there is none. */
export function readExperiment(store: Store, key: string): StoredExperiment | undefined {
  return store.connection.transaction(() => {
    const { head, hyperparameters, metrics, findings, summary, summaryMetrics } = statements(store);
    const row = head.get(key);
    const summaryRow = row && summary.get(row.id);
    if (!row || !summaryRow) return undefined;
    const { experiment, run } = toHead(row, findings.all(row.id));
    return {
      experiment: {
        ...experiment,
        hyperparameters: hyperparameters.all(row.id).map(toHyperparameter),
        run: {
          ...run,
          metricNames: new Map(metrics.all(row.id).map(({ name, printed }) => [name, printed])),
          ranks: readRanks(store, row.id),
        },
      },
      summary: toSummary(summaryRow, summaryMetrics.all(row.id)),
      user: readUserNotes(store, key),
      firstSeenMs: row.first_seen_ms,
      changedMs: row.changed_ms,
    };
  })();
}

function readRanks(store: Store, experiment: number): Rank[] {
  const rows = statements(store).ranks.all(experiment);
  const names = rows.map((row) => ({
    position: row.position,
    metrics: parseStrings(row.metrics),
    local: parseStrings(row.local_metrics),
  }));
  const tables = readEpochTables(store, experiment, names);
  return rows.flatMap((row, i) => {
    const epochs = tables[i];
    return epochs ? [toRank(store, experiment, row, epochs)] : [];
  });
}

function toRank(store: Store, experiment: number, row: RankRow, epochs: Rank['epochs']): Rank {
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
    epochs,
    steps:
      row.step_metrics === null ? null : readStepTable(store, experiment, row.position, parseStrings(row.step_metrics)),
  };
}

function toEnd({ end_status: status, end_reason: reason, end_offset: offset }: RankRow): RankEnd | null {
  return status === null ? null : { status: oneOf(endStatuses, status), reason, offset };
}
