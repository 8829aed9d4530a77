/** Reads table epochs_mean_data. */

import type { EpochMeanRow } from '../summarise/epoch-means.js';
import { figureReader } from './figure-columns.js';
import { type MetricPlace, readMetricPlaces } from './metric-places.js';
import { parseNonFinite } from './non-finite.js';
import { quoteName } from './sql-names.js';
import type { Statement } from './sqlite.js';
import { perStore, type Store } from './store.js';

type Row = [
  segment: number,
  epoch: number,
  ranks: number,
  seconds: number | null,
  more: string | null,
  nonFinite: string | null,
  ...figures: (number | null)[],
];

const fixedColumns = 'segment, epoch, ranks, seconds, more, non_finite'.split(', ');
const layout = { moreAt: 4, figuresAt: fixedColumns.length };

/** SELECTs by their text. */
const selects = perStore(() => new Map<string, Statement<Row>>());

/** The epochs of the experiment with this key, by segment and epoch, as means over the ranks that completed them. */
export function readEpochMeans(store: Store, key: string): EpochMeanRow[] {
  return readMeans(store, 'experiment = (SELECT id FROM experiments WHERE key = ?) ORDER BY segment, epoch', [key]);
}

/** The means at this epoch of the last segment that has it; undefined where no rank completed it. */
export function maybeReadMeansAt(store: Store, experiment: number, epoch: number): EpochMeanRow | undefined {
  return readMeans(store, 'experiment = ? AND epoch = ? ORDER BY segment DESC LIMIT 1', [experiment, epoch])[0];
}

function readMeans(store: Store, condition: string, parameters: readonly unknown[]): EpochMeanRow[] {
  const places = readMetricPlaces(store).filter(({ local }) => !local);
  const readers = places.map(({ metric }) => ({ metric, read: figureReader(layout, places, metric, false) }));
  return select(store, places, condition)
    .all(...parameters)
    .map((row) => {
      const nonFinite = parseNonFinite(row[5]);
      const metrics = new Map<string, number>();
      for (const { metric, read } of readers) {
        const figure = read(row, nonFinite);
        if (figure !== null) metrics.set(metric, figure);
      }
      const [segment, epoch, ranks, seconds] = row;
      return { segment, epoch, ranks, seconds: seconds ?? nonFinite.get('seconds') ?? null, metrics };
    });
}

function select(store: Store, places: readonly MetricPlace[], condition: string): Statement<Row> {
  const columns = places.filter((place) => place.isColumn).map(({ label }) => quoteName(label));
  const sql = `SELECT ${[...fixedColumns, ...columns].join(', ')} FROM epochs_mean_data WHERE ${condition}`;
  const known = selects(store).get(sql);
  const prepared = known ?? store.connection.prepare<unknown[], Row>(sql).raw();
  selects(store).set(sql, prepared);
  return prepared;
}
