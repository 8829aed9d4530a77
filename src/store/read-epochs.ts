/** Reads the epochs of one experiment into columns. */

import { type EpochTable, epochFlags, type MetricColumn } from '../experiment.js';
import { figureReader } from './figure-columns.js';
import type { MetricPlace } from './metric-places.js';
import { parseNonFinite } from './non-finite.js';
import { quoteName } from './sql-names.js';
import type { Statement } from './sqlite.js';
import { perStore, type Store } from './store.js';

/** The metrics that a rank has, in their order. */
export interface RankMetricNames {
  readonly metrics: readonly string[];
  readonly local: readonly string[];
}

type Row = [
  segment: number,
  epoch: number,
  offset: number,
  partial: number,
  repaired: number,
  seconds: number | null,
  secondsPerStep: number | null,
  more: string | null,
  nonFinite: string | null,
  ...figures: (number | null)[],
];

const fixedColumns = 'segment, epoch, offset, partial, repaired, seconds, seconds_per_step, more, non_finite'.split(
  ', ',
);

const layout = { moreAt: 7, figuresAt: fixedColumns.length };

/** SELECTs by their text. */
const selects = perStore(() => new Map<string, Statement<Row>>());

/** The epochs of the rank at `position` in an experiment's ranks; `places` are `readMetricPlaces()`. */
export function readEpochTable(
  store: Store,
  { experiment, position }: { readonly experiment: number; readonly position: number },
  { metrics, local }: RankMetricNames,
  places: readonly MetricPlace[],
): EpochTable {
  const used = places.filter((place) => (place.local ? local : metrics).includes(place.metric));
  const rows = select(store, used).all(experiment, position);
  const nonFinite = rows.map((row) => parseNonFinite(row[8]));
  const columnsOf = (names: readonly string[], isLocal: boolean) =>
    names.map((name): [string, MetricColumn] => {
      const read = figureReader(layout, used, name, isLocal);
      return [name, toColumn(rows, (row, i) => read(row, nonFinite[i]))];
    });
  return {
    length: rows.length,
    epoch: Int32Array.from(rows, (row) => row[1]),
    segment: Int32Array.from(rows, (row) => row[0]),
    offset: Float64Array.from(rows, (row) => row[2]),
    flags: Uint8Array.from(rows, (row) => (row[3] ? epochFlags.partial : 0) | (row[4] ? epochFlags.repaired : 0)),
    seconds: Float64Array.from(rows, (row, i) => row[5] ?? nonFinite[i]?.get('seconds') ?? Number.NaN),
    secondsPerStep: Float64Array.from(rows, (row, i) => row[6] ?? nonFinite[i]?.get('seconds_per_step') ?? Number.NaN),
    metrics: new Map(columnsOf(metrics, false)),
    local: new Map(columnsOf(local, true)),
  };
}

/** A column of what `figureOf` gives for each row; null is missing, and stands as 0. */
export function toColumn<T>(rows: readonly T[], figureOf: (row: T, i: number) => number | null): MetricColumn {
  const values = new Float64Array(rows.length);
  const present = new Uint8Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const figure = figureOf(row, i);
    if (figure === null) continue;
    values[i] = figure;
    present[i] = 1;
  }
  return { values, present };
}

/** Reads the rows of a rank with the columns of `places`, in their order, after the fixed ones. */
function select(store: Store, places: readonly MetricPlace[]): Statement<Row> {
  const columns = places.filter((place) => place.isColumn).map(({ label }) => quoteName(label));
  const names = [...fixedColumns, ...columns].join(', ');
  const sql = `SELECT ${names} FROM epochs WHERE experiment = ? AND position = ? ORDER BY segment, epoch`;
  const known = selects(store).get(sql);
  const prepared = known ?? store.connection.prepare<unknown[], Row>(sql).raw();
  selects(store).set(sql, prepared);
  return prepared;
}
