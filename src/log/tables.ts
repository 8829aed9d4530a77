/** Rows of a rank → columns. */
import { type EpochTable, epochFlags, type MetricColumn, type StepTable } from '../experiment.js';
import type { Figures } from './event.js';
import type { Row } from './rank-fold.js';
import type { StepPoint } from './thin-steps.js';

/** Columns of one rank's rows; `names` maps printed metric names to canonical ones, in their order. */
export function epochTable(rows: readonly Row[], names: ReadonlyMap<string, string>, withLocal: boolean): EpochTable {
  return {
    length: rows.length,
    epoch: Int32Array.from(rows, (row) => row.epoch),
    segment: Int32Array.from(rows, (row) => row.segment),
    offset: Float64Array.from(rows, (row) => row.offset),
    flags: Uint8Array.from(
      rows,
      (row) => (row.final ? 0 : epochFlags.partial) | (row.repaired ? epochFlags.repaired : 0),
    ),
    seconds: Float64Array.from(rows, (row) => row.seconds ?? Number.NaN),
    secondsPerStep: Float64Array.from(rows, (row) => row.secondsPerStep ?? Number.NaN),
    metrics: columns(
      rows.map((row) => row.figures),
      names,
    ),
    local: withLocal
      ? columns(
          rows.map((row) => row.local ?? new Map()),
          names,
        )
      : new Map(),
  };
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

function columns(rows: readonly Figures[], names: ReadonlyMap<string, string>): Map<string, MetricColumn> {
  const result = new Map<string, MetricColumn>();
  for (const [printed, canonical] of names) {
    if (!rows.some((figures) => figures.has(printed))) continue;
    const column = { values: new Float64Array(rows.length), present: new Uint8Array(rows.length) };
    for (const [i, figures] of rows.entries()) {
      const value = figures.get(printed);
      if (value === undefined) continue;
      column.values[i] = value;
      column.present[i] = 1;
    }
    result.set(canonical, column);
  }
  return result;
}
