/** Where an epoch stands on the x axis: epochs of a later segment (a new training in the same log) follow those of the one before. */

import { type EpochTable, epochFlags } from '../../experiment.js';
import { type Axis, niceStep, type Tick } from '../chart-axis.js';

export interface Timeline {
  /** x of each column, ascending; one column per (segment, epoch) that any rank completed, and an empty one at each restart, where curves break. */
  readonly x: Float64Array;
  /** The column of a row of one of the tables. */
  columnOf(epochs: EpochTable, row: number): number;
  /** x of an epoch of the last segment, whether or not a rank has it. */
  xOfEpoch(epoch: number): number;
  /** x of the place before each segment but the first. */
  readonly restarts: readonly number[];
  axis(maxTicks: number): Axis;
}

/** Rows of complete epochs: a partial one's figures belong to no epoch. */
export function completeRows({ length, flags }: EpochTable): number[] {
  return Array.from({ length }, (_, row) => row).filter((row) => ((flags[row] ?? 0) & epochFlags.partial) === 0);
}

interface Segment {
  readonly segment: number;
  /** x of its epoch 0. */
  readonly shift: number;
  readonly first: number;
  readonly last: number;
}

/** The timeline of all `tables`. */
export function timelineOf(tables: readonly EpochTable[]): Timeline {
  const segments = segmentsOf(tables);
  const shifts = new Map(segments.map(({ segment, shift }) => [segment, shift]));
  const xOf = (epochs: EpochTable, row: number) =>
    (shifts.get(epochs.segment[row] ?? 0) ?? 0) + (epochs.epoch[row] ?? 0);
  const seen = new Set<number>();
  for (const table of tables) for (const row of completeRows(table)) seen.add(xOf(table, row));
  const restarts = segments.slice(1).map(({ shift, first }) => shift + first - 1);
  const x = Float64Array.from([...seen, ...restarts]).sort();
  const columns = new Map(Array.from(x, (value, column) => [value, column]));
  const lastShift = segments.at(-1)?.shift ?? 0;
  return {
    x,
    columnOf: (epochs, row) => columns.get(xOf(epochs, row)) ?? 0,
    xOfEpoch: (epoch) => lastShift + epoch,
    restarts,
    axis: (maxTicks) => epochAxis(segments, x, maxTicks),
  };
}

/** Segments one behind the other, in order, with a place free between them. */
function segmentsOf(tables: readonly EpochTable[]): Segment[] {
  const bounds = new Map<number, { first: number; last: number }>();
  for (const table of tables) {
    const { epoch, segment } = table;
    for (const row of completeRows(table)) {
      const value = epoch[row] ?? 0;
      const known = bounds.get(segment[row] ?? 0);
      if (!known) bounds.set(segment[row] ?? 0, { first: value, last: value });
      else {
        known.first = Math.min(known.first, value);
        known.last = Math.max(known.last, value);
      }
    }
  }
  let end = 0;
  return [...bounds]
    .sort(([a], [b]) => a - b)
    .map(([segment, { first, last }], index) => {
      const shift = index === 0 ? 0 : end + 2 - first;
      end = shift + last;
      return { segment, shift, first, last };
    });
}

function epochAxis(segments: readonly Segment[], x: Float64Array, maxTicks: number): Axis {
  const first = x[0] ?? 0;
  const last = x.at(-1) ?? 1;
  const padding = last > first ? (last - first) * 0.015 : 0.5;
  const step = Math.max(1, niceStep(Math.max(1, last - first), maxTicks));
  const ticks: Tick[] = segments.flatMap(({ shift, first: from, last: to }, index) => {
    const epochs = [from];
    // The first label of the next segment needs its place.
    const end = index < segments.length - 1 ? to - step * 0.5 : to;
    for (let epoch = Math.ceil((from + step * 0.6) / step) * step; epoch <= end; epoch += step) epochs.push(epoch);
    return epochs.map((epoch) => ({ value: shift + epoch, label: String(epoch) }));
  });
  return { min: first - padding, max: last + padding, isLog: false, ticks: apart(ticks, step * 0.4) };
}

/** Without those that are too near the one before, as where a log has many short segments. */
function apart(ticks: readonly Tick[], distance: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    if (tick.value - (kept.at(-1)?.value ?? Number.NEGATIVE_INFINITY) >= distance) kept.push(tick);
  }
  return kept;
}
