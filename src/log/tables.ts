/** Rows of a rank → columns. */
import { type EpochTable, epochFlags, type MetricColumn, type StepTable } from '../experiment.js';
import type { Figures } from './event.js';
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
  const local = withLocal ? rows.map((row) => row.local ?? new Map<string, number>()) : [];
  return { length, ...numbers, ...places, ...times, metrics: columns(figures, names), local: columns(local, names) };
}

/** Columns of the points within epochs. */
export function stepTable(points: readonly StepPoint[], names: ReadonlyMap<string, string>): StepTable {
  return {
    length: points.length,
    segment: Int32Array.from(points, (point) => point.segment),
    epoch: Int32Array.from(points, (point) => point.epoch),
    step: Int32Array.from(points, (point) => point.step),
    metrics: columns(
      points.map((point) => point.figures),
      names,
    ),
  };
}

/** By loops over the rows: a long log has thousands of them for each rank. */
function columns(rows: readonly Figures[], names: ReadonlyMap<string, string>): Map<string, MetricColumn> {
  const result = new Map<string, MetricColumn>();
  for (const [printed, canonical] of names) {
    let column: MetricColumn | undefined;
    for (let i = 0; i < rows.length; i += 1) {
      const value = rows[i]?.get(printed);
      if (value === undefined) continue;
      column ??= { values: new Float64Array(rows.length), present: new Uint8Array(rows.length) };
      column.values[i] = value;
      column.present[i] = 1;
    }
    if (column) result.set(canonical, column);
  }
  return result;
}
