/** Rows of a rank → columns. */
import { type EpochTable, epochFlags, type MetricColumn, type StepTable } from '../experiment.js';
import { createPacker, noFigures, type PackedFigures } from './packed-figures.js';
import type { Row } from './row.js';
import type { StepPoint } from './thin-steps.js';

/** Columns of one rank's rows; `names` maps printed metric names to canonical ones, in their order. */
export function epochTable(rows: readonly Row[], names: ReadonlyMap<string, string>, withLocal: boolean): EpochTable {
  const { length } = rows;
  const numbers = { epoch: new Int32Array(length), segment: new Int32Array(length), flags: new Uint8Array(length) };
  const places = { offset: new Float64Array(length) };
  const times = { seconds: new Float64Array(length), secondsPerStep: new Float64Array(length) };
  for (const [i, row] of rows.entries()) {
    numbers.epoch[i] = row.epoch;
    numbers.segment[i] = row.segment;
    numbers.flags[i] = (row.final ? 0 : epochFlags.partial) | (row.repaired ? epochFlags.repaired : 0);
    places.offset[i] = row.offset;
    times.seconds[i] = row.seconds ?? Number.NaN;
    times.secondsPerStep[i] = row.secondsPerStep ?? Number.NaN;
  }
  const figures = rows.map((row) => row.figures);
  const local = withLocal ? rows.map((row) => row.local ?? noFigures) : [];
  return { length, ...numbers, ...places, ...times, metrics: columns(figures, names), local: columns(local, names) };
}

/** Columns of the points within epochs. */
export function stepTable(points: readonly StepPoint[], names: ReadonlyMap<string, string>): StepTable {
  const packed = createPacker();
  return {
    length: points.length,
    segment: Int32Array.from(points, (point) => point.segment),
    epoch: Int32Array.from(points, (point) => point.epoch),
    step: Int32Array.from(points, (point) => point.step),
    metrics: columns(
      points.map((point) => packed(point.figures)),
      names,
    ),
  };
}

/** By loops over the rows: a long log has thousands of them for each rank. */
function columns(rows: readonly PackedFigures[], names: ReadonlyMap<string, string>): Map<string, MetricColumn> {
  /** By printed name. */
  const found = new Map<string, MetricColumn>();
  const { length } = rows;
  /** The columns of the names of the row before. */
  let known: readonly string[] = [];
  let places: (MetricColumn | undefined)[] = [];
  for (let i = 0; i < length; i += 1) {
    const row = rows[i] as PackedFigures;
    if (row.names !== known) {
      known = row.names;
      places = known.map((name) => (names.has(name) ? columnOf(found, name, length) : undefined));
    }
    for (let at = 0; at < places.length; at += 1) {
      const column = places[at];
      if (column === undefined) continue;
      column.values[i] = row.values[at] as number;
      column.present[i] = 1;
    }
  }
  const result = new Map<string, MetricColumn>();
  for (const [printed, canonical] of names) {
    const column = found.get(printed);
    if (column) result.set(canonical, column);
  }
  return result;
}

function columnOf(found: Map<string, MetricColumn>, name: string, length: number): MetricColumn {
  let column = found.get(name);
  if (!column) {
    column = { values: new Float64Array(length), present: new Uint8Array(length) };
    found.set(name, column);
  }
  return column;
}
