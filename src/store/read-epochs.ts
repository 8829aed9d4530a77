/** Reads the epochs of one experiment into columns. */

import { type EpochTable, epochFlags, type MetricColumn } from '../experiment.js';
import { parseNumbers } from './json.js';
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
  const rows = select(store, used, 'position = ? ORDER BY segment, epoch').all(experiment, position);
  const nonFinite = rows.map((row) => parseNonFinite(row[8]));
  const columnsOf = (names: readonly string[], isLocal: boolean) =>
    names.map((name): [string, MetricColumn] => {
      const read = figureReader(used, name, isLocal);
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

/** What a rank says in one epoch. */
export interface EpochFigures {
  readonly segment: number;
  readonly epoch: number;
  /** s; null where it was not printed. */
  readonly seconds: number | null;
  readonly metrics: ReadonlyMap<string, number>;
}

/** The complete epochs of all ranks, by segment, epoch and the ranks' order. */
export function readCompleteEpochs(
  store: Store,
  experiment: number,
  places: readonly MetricPlace[],
): IterableIterator<EpochFigures> {
  return readFigures(store, places, 'NOT partial ORDER BY segment, epoch, position', [experiment]);
}

/** What each rank that completed this epoch of the last segment has there, rank after rank. */
export function readFiguresAt(
  store: Store,
  experiment: number,
  epoch: number,
  places: readonly MetricPlace[],
): IterableIterator<EpochFigures> {
  const lastSegment = '(SELECT max(segment) FROM epochs WHERE experiment = ?)';
  const condition = `segment = ${lastSegment} AND epoch = ? AND NOT partial ORDER BY position`;
  return readFigures(store, places, condition, [experiment, experiment, epoch]);
}

function* readFigures(
  store: Store,
  places: readonly MetricPlace[],
  condition: string,
  parameters: readonly number[],
): IterableIterator<EpochFigures> {
  const used = places.filter((place) => !place.local);
  const readers = used.map(({ metric }) => ({ metric, read: figureReader(used, metric, false) }));
  for (const row of select(store, used, condition).all(...parameters)) {
    const nonFinite = parseNonFinite(row[8]);
    const metrics = new Map<string, number>();
    for (const { metric, read } of readers) {
      const figure = read(row, nonFinite);
      if (figure !== null) metrics.set(metric, figure);
    }
    yield { segment: row[0], epoch: row[1], seconds: row[5] ?? nonFinite.get('seconds') ?? null, metrics };
  }
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

/** Reads rows of table epochs with the columns of `places`, in their order, after the fixed ones. */
function select(store: Store, places: readonly MetricPlace[], condition: string): Statement<Row> {
  const columns = places.filter((place) => place.isColumn).map(({ label }) => quoteName(label));
  const names = [...fixedColumns, ...columns].join(', ');
  const sql = `SELECT ${names} FROM epochs WHERE experiment = ? AND ${condition}`;
  const known = selects(store).get(sql);
  const prepared = known ?? store.connection.prepare<unknown[], Row>(sql).raw();
  selects(store).set(sql, prepared);
  return prepared;
}

/** Takes a metric's figure from a row that `select` read with the same places; null where it is missing. */
function figureReader(
  places: readonly MetricPlace[],
  metric: string,
  local: boolean,
): (row: Row, nonFinite: ReadonlyMap<string, number> | undefined) => number | null {
  const place = places.find((other) => other.metric === metric && other.local === local);
  if (place === undefined) throw new Error(`metric ${metric} has no place in table epochs`);
  const { label, isColumn } = place;
  if (!isColumn) {
    return (row, nonFinite) =>
      row[7] === null ? null : (parseNumbers(row[7]).get(label) ?? nonFinite?.get(label) ?? null);
  }
  const index = fixedColumns.length + places.filter((other) => other.isColumn).indexOf(place);
  return (row, nonFinite) => {
    const stored = row[index];
    return typeof stored === 'number' ? stored : (nonFinite?.get(label) ?? null);
  };
}
