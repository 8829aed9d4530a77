/** Reads the steps of one experiment into columns. */

import type { StepTable } from '../experiment.js';
import { parseNumbers } from './json.js';
import { parseNonFinite } from './non-finite.js';
import { toColumn } from './read-epochs.js';
import { perStore, type Store } from './store.js';

interface StepRow {
  readonly segment: number;
  readonly epoch: number;
  readonly step: number;
  readonly metrics: string;
  readonly non_finite: string | null;
}

const statements = perStore((connection) => ({
  rows: connection.prepare<[number, number], StepRow>(
    'SELECT segment, epoch, step, metrics, non_finite FROM steps WHERE experiment = ? AND position = ? ORDER BY row',
  ),
}));

/** The steps of the rank at `position` in an experiment's ranks, with `metrics` in this order. */
export function readStepTable(
  store: Store,
  { experiment, position }: { readonly experiment: number; readonly position: number },
  metrics: readonly string[],
): StepTable {
  return toTable(statements(store).rows.all(experiment, position), metrics);
}

function toTable(rows: readonly StepRow[], metrics: readonly string[]): StepTable {
  const figures = rows.map((row) => parseNumbers(row.metrics));
  const nonFinite = rows.map((row) => parseNonFinite(row.non_finite));
  const figureOf = (metric: string, i: number) => figures[i]?.get(metric) ?? nonFinite[i]?.get(metric) ?? null;
  return {
    length: rows.length,
    segment: Int32Array.from(rows, (row) => row.segment),
    epoch: Int32Array.from(rows, (row) => row.epoch),
    step: Int32Array.from(rows, (row) => row.step),
    metrics: new Map(metrics.map((metric) => [metric, toColumn(rows, (_, i) => figureOf(metric, i))])),
  };
}
