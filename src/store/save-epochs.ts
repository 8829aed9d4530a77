/** Writes the rows of tables epochs and steps. */

import { type EpochTable, epochFlags, type Rank, type Run } from '../experiment.js';
import { epochMeansOf } from '../summarise/epoch-means.js';
import { type Figure, storedFigure, storedJson } from './figure-columns.js';
import { type MetricPlace, placeMetrics } from './metric-places.js';
import { NonFinite } from './non-finite.js';
import { RowInserter } from './row-inserter.js';
import { saveEpochMeans } from './save-epoch-means.js';
import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  clearEpochs: connection.prepare('DELETE FROM epochs WHERE experiment = ?'),
  clearSteps: connection.prepare('DELETE FROM steps WHERE experiment = ?'),
  addStep: connection.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
}));

/** Makes the epochs of an experiment those of `run`, and their means too; true where the tables got new columns for it. */
export function saveEpochs(store: Store, experiment: number, run: Run): boolean {
  statements(store).clearEpochs.run(experiment);
  const { places, isNew } = placeMetrics(store, run.ranks);
  const columns = places.filter((place) => place.isColumn);
  const more = places.filter((place) => !place.isColumn);
  const inserter = new RowInserter(store, 'epochs', [...fixedColumns, ...columns.map((place) => place.label)]);
  for (const [position, { rank, epochs }] of run.ranks.entries()) {
    const key = { experiment, position, rank };
    addEpochRows(inserter, { key, epochs, columns: pick(epochs, columns), more: pick(epochs, more) });
  }
  inserter.finish();
  saveEpochMeans(store, experiment, epochMeansOf(run), places);
  return isNew;
}

/** Makes the steps of an experiment those of `ranks`. */
export function saveSteps(store: Store, experiment: number, ranks: readonly Rank[]): void {
  const { clearSteps, addStep } = statements(store);
  clearSteps.run(experiment);
  const nonFinite = new NonFinite();
  for (const [position, { rank, steps }] of ranks.entries()) {
    for (let i = 0; steps !== null && i < steps.length; i++) {
      const key = [experiment, position, i, rank, steps.segment[i], steps.epoch[i], steps.step[i]];
      const figures = [...steps.metrics].map(([label, column]) => ({ label, column }));
      addStep.run(...key, storedJson(figures, i, nonFinite) ?? '{}', nonFinite.finishRow());
    }
  }
}

const fixedColumns = [
  ...['experiment', 'position', 'rank', 'segment', 'epoch', 'offset', 'partial', 'repaired'],
  ...['seconds', 'seconds_per_step', 'more', 'non_finite'],
];

interface RankRows {
  readonly key: { readonly experiment: number; readonly position: number; readonly rank: number | null };
  readonly epochs: EpochTable;
  readonly columns: readonly Figure[];
  readonly more: readonly Figure[];
}

function pick(epochs: EpochTable, places: readonly MetricPlace[]): Figure[] {
  return places.map(({ metric, local, label }) => ({
    label,
    column: (local ? epochs.local : epochs.metrics).get(metric),
  }));
}

function addEpochRows(inserter: RowInserter, { key, epochs, columns, more }: RankRows): void {
  const nonFinite = new NonFinite();
  for (let i = 0; i < epochs.length; i++) {
    const flags = epochs.flags[i] ?? 0;
    const row = inserter.row;
    row.push(key.experiment, key.position, key.rank, epochs.segment[i] ?? 0, epochs.epoch[i] ?? 0);
    row.push(epochs.offset[i] ?? 0, flags & epochFlags.partial ? 1 : 0, flags & epochFlags.repaired ? 1 : 0);
    row.push(
      durationOf('seconds', epochs.seconds[i], nonFinite),
      durationOf('seconds_per_step', epochs.secondsPerStep[i], nonFinite),
      more.length === 0 ? null : storedJson(more, i, nonFinite),
    );
    const figures = columns.map((figure) => storedFigure(figure, i, nonFinite));
    row.push(nonFinite.finishRow());
    for (const figure of figures) row.push(figure);
    inserter.endRow();
  }
}

/** NaN is how a column says that no duration was printed. */
function durationOf(name: string, value: number | undefined, nonFinite: NonFinite): number | null {
  return value === undefined || Number.isNaN(value) ? null : nonFinite.take(name, value);
}
