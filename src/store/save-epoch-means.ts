/** Writes the rows of table epochs_mean_data. */

import type { EpochMeans } from '../summarise/epoch-means.js';
import { type Figure, storedFigure, storedJson } from './figure-columns.js';
import type { MetricPlace } from './metric-places.js';
import { NonFinite } from './non-finite.js';
import { RowInserter } from './row-inserter.js';
import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  clear: connection.prepare('DELETE FROM epochs_mean_data WHERE experiment = ?'),
}));

const fixedColumns = ['experiment', 'segment', 'epoch', 'ranks', 'more', 'non_finite'];

/** Makes the means of an experiment's epochs these; `places` are those of its metrics. */
export function saveEpochMeans(
  store: Store,
  experiment: number,
  means: EpochMeans,
  places: readonly MetricPlace[],
): void {
  statements(store).clear.run(experiment);
  const shared = places.filter(({ local }) => !local);
  const pick = (isColumn: boolean): Figure[] =>
    shared
      .filter((place) => place.isColumn === isColumn)
      .map(({ metric, label }) => ({ label, column: means.metrics.get(metric) }));
  const columns = [
    { label: 'seconds', column: means.seconds },
    { label: 'seconds_per_step', column: means.secondsPerStep },
    ...pick(true),
  ];
  const more = pick(false);
  const nonFinite = new NonFinite();
  const inserter = new RowInserter(store, 'epochs_mean_data', [...fixedColumns, ...columns.map(({ label }) => label)]);
  for (let i = 0; i < means.length; i++) {
    const row = inserter.row;
    row.push(experiment, means.segment[i] ?? 0, means.epoch[i] ?? 0, means.ranks[i] ?? 0);
    const json = storedJson(more, i, nonFinite);
    const figures = columns.map((figure) => storedFigure(figure, i, nonFinite));
    row.push(json, nonFinite.finishRow());
    for (const figure of figures) row.push(figure);
    inserter.endRow();
  }
  inserter.finish();
}
