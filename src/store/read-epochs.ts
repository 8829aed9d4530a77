/** Reads the epochs and steps of an experiment back into columns. */

import { type EpochTable, epochFlags, type MetricColumn, type StepTable } from '../experiment.js';
import { parseFigures } from './json.js';
import { type MetricPlace, readMetricPlaces } from './metric-places.js';
import { parseNonFinite } from './non-finite.js';
import { perStore, type Store } from './store.js';

interface EpochRow {
  readonly [column: string]: number | string | null;
}

interface StepRow {
  readonly segment: number;
  readonly epoch: number;
  readonly step: number;
  readonly metrics: string;
  readonly non_finite: string | null;
}

const statements = perStore((connection) => ({
  steps: connection.prepare<[number, number], StepRow>(
    'SELECT segment, epoch, step, metrics, non_finite FROM steps WHERE experiment = ? AND position = ? ORDER BY row',
  ),
}));

/** Names of the metrics that a rank's table has, in order; `position` is the rank's place among the ranks. */
export interface RankNames {
  readonly position: number;
  readonly metrics: readonly string[];
  readonly local: readonly string[];
}

/** One table of epochs for each rank of an experiment. */
export function readEpochTables(store: Store, experiment: number, ranks: readonly RankNames[]): EpochTable[] {
  const places = readMetricPlaces(store);
  // Table epochs grows columns, so that its rows can't be read by a statement that was prepared before.
  const rows = store.connection.prepare<[number, number], EpochRow>(
    'SELECT * FROM epochs WHERE experiment = ? AND position = ? ORDER BY segment, epoch',
  );
  return ranks.map(({ position, metrics, local }) => {
    const found = rows.all(experiment, position);
    return toEpochTable(found, placesOf(places, metrics, false), placesOf(places, local, true));
  });
}

/** The points within epochs of the rank at `position`. */
export function readStepTable(
  store: Store,
  experiment: number,
  position: number,
  metrics: readonly string[],
): StepTable {
  const rows = statements(store).steps.all(experiment, position);
  const figures = rows.map((row) => ({ json: parseFigures(row.metrics), nonFinite: parseNonFinite(row.non_finite) }));
  return {
    length: rows.length,
    segment: Int32Array.from(rows, (row) => row.segment),
    epoch: Int32Array.from(rows, (row) => row.epoch),
    step: Int32Array.from(rows, (row) => row.step),
    metrics: new Map(
      metrics.map((name) => [
        name,
        toColumn(figures, (row) => (row.json.has(name) ? (row.json.get(name) ?? row.nonFinite.get(name)) : undefined)),
      ]),
    ),
  };
}

function placesOf(places: readonly MetricPlace[], names: readonly string[], local: boolean): MetricPlace[] {
  return names.map((name) => {
    const place = places.find(({ metric, local: isLocal }) => metric === name && isLocal === local);
    if (place === undefined) throw new Error(`metric ${name} has no column`);
    return place;
  });
}

function toEpochTable(
  rows: readonly EpochRow[],
  metrics: readonly MetricPlace[],
  local: readonly MetricPlace[],
): EpochTable {
  const parsed = rows.map((row) => ({
    row,
    more: typeof row.more === 'string' ? parseFigures(row.more) : undefined,
    nonFinite: parseNonFinite(typeof row.non_finite === 'string' ? row.non_finite : null),
  }));
  const columnOf = ({ label, isColumn }: MetricPlace): MetricColumn =>
    toColumn(
      parsed,
      ({ row, more, nonFinite }) => maybeNumber(isColumn ? row[label] : more?.get(label)) ?? nonFinite.get(label),
    );
  const duration = (name: string): Float64Array =>
    Float64Array.from(parsed, ({ row, nonFinite }) => maybeNumber(row[name]) ?? nonFinite.get(name) ?? Number.NaN);
  return {
    length: rows.length,
    epoch: Int32Array.from(rows, (row) => Number(row.epoch)),
    segment: Int32Array.from(rows, (row) => Number(row.segment)),
    offset: Float64Array.from(rows, (row) => Number(row.offset)),
    flags: Uint8Array.from(
      rows,
      (row) => (row.partial ? epochFlags.partial : 0) | (row.repaired ? epochFlags.repaired : 0),
    ),
    seconds: duration('seconds'),
    secondsPerStep: duration('seconds_per_step'),
    metrics: new Map(metrics.map((place) => [place.metric, columnOf(place)])),
    local: new Map(local.map((place) => [place.metric, columnOf(place)])),
  };
}

function maybeNumber(value: number | string | null | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function toColumn<Row>(rows: readonly Row[], figure: (row: Row) => number | undefined): MetricColumn {
  const column = { values: new Float64Array(rows.length), present: new Uint8Array(rows.length) };
  for (const [i, row] of rows.entries()) {
    const value = figure(row);
    if (value === undefined) continue;
    column.values[i] = value;
    column.present[i] = 1;
  }
  return column;
}
