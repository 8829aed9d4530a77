/** Reads what tables show of every experiment, without touching a single epoch. */

import type { ExperimentOverview } from '../summary.js';
import { noNotes, readAllUserNotes } from './notes.js';
import { type SummaryMetricRow, type SummaryRow, toSummary } from './read-summary.js';
import { type ExperimentRow, experimentColumns, type HyperparameterRow, toHead, toHyperparameter } from './rows.js';
import { perStore, type Store } from './store.js';

interface OfExperiment {
  readonly experiment: number;
}

const statements = perStore((connection) => ({
  heads: connection.prepare<[], ExperimentRow>(
    `SELECT ${experimentColumns} FROM experiments JOIN receipts ON receipts.experiment = experiments.id ORDER BY key`,
  ),
  hyperparameters: connection.prepare<[], HyperparameterRow & OfExperiment>(
    'SELECT experiment, name, items FROM hyperparameters ORDER BY experiment, position',
  ),
  hosts: connection.prepare<[], OfExperiment & { readonly host: string }>(
    'SELECT DISTINCT experiment, host FROM ranks WHERE host IS NOT NULL ORDER BY experiment, host',
  ),
  summaries: connection.prepare<[], SummaryRow>('SELECT * FROM summaries ORDER BY experiment'),
  metrics: connection.prepare<[], SummaryMetricRow>('SELECT * FROM summary_metrics ORDER BY experiment, position'),
}));

/** Every experiment, by key; the findings of receipts are left out. */
export function readOverviews(store: Store): ExperimentOverview[] {
  return store.connection.transaction(() => {
    const all = statements(store);
    const hyperparameters = group(all.hyperparameters.all());
    const hosts = group(all.hosts.all());
    const metrics = group(all.metrics.all());
    const summaries = new Map(all.summaries.all().map((row) => [row.experiment, row]));
    const notes = readAllUserNotes(store);
    return all.heads.all().flatMap((row) => {
      const summary = summaries.get(row.id);
      if (!summary) return [];
      const { experiment, run } = toHead(row, []);
      return [
        {
          ...experiment,
          run,
          hyperparameters: (hyperparameters.get(row.id) ?? []).map(toHyperparameter),
          hosts: (hosts.get(row.id) ?? []).map(({ host }) => host),
          summary: toSummary(summary, metrics.get(row.id) ?? []),
          user: notes.get(row.key) ?? noNotes,
          changedMs: row.changed_ms,
        },
      ];
    });
  })();
}

function group<Row extends OfExperiment>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.experiment);
    if (group) group.push(row);
    else groups.set(row.experiment, [row]);
  }
  return groups;
}
