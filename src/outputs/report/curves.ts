/** An experiment as curves: one column per epoch that any rank has, one row per rank. */

import type { Experiment, MetricColumn, Rank } from '../../experiment.js';
import { median } from './statistics.js';
import { completeRows, type Timeline, timelineOf } from './timeline.js';

/** One rank's figures over the columns of the timeline; NaN where there is none. */
export interface RankCurve {
  readonly rank: Rank;
  readonly y: Float64Array;
  /** Columns in which it printed NaN or Infinity, ascending. */
  readonly nonFinite: readonly number[];
}

/** One metric over all ranks. */
export interface MetricCurves {
  readonly name: string;
  /** Ranks that have a figure, in the order of the log's ranks. */
  readonly byRank: readonly RankCurve[];
  /** Mean over the ranks that have a figure in the column; NaN where none has, or where one is not finite. */
  readonly mean: Float64Array;
  /** As `mean`, but only where all of them have one. */
  readonly common: Float64Array;
  /** Whether all ranks have the same figures throughout. */
  readonly isShared: boolean;
  /** Columns in which a rank printed NaN or Infinity. */
  readonly nonFinite: readonly number[];
}

export interface Curves {
  readonly timeline: Timeline;
  /** Metric names in the order first printed, `val_` forms included. */
  readonly names: readonly string[];
  /** undefined where no rank has a complete epoch with that metric. */
  metric(name: string): MetricCurves | undefined;
  /** What the ranks themselves saw, where `metric` is averaged over them. */
  local(name: string): MetricCurves | undefined;
  /** Duration of each epoch, s. */
  readonly seconds: MetricCurves | undefined;
  /** Time per step, s; where it was not printed, the duration divided by the number of steps. */
  readonly secondsPerStep: MetricCurves | undefined;
}

/** Complete epochs only. */
export function curvesOf(experiment: Experiment): Curves {
  const { ranks } = experiment.run;
  const timeline = timelineOf(ranks.map((rank) => rank.epochs));
  const names = [...new Set(ranks.flatMap((rank) => [...rank.epochs.metrics.keys()]))];
  const read = (name: string, columnOf: (rank: Rank) => MetricColumn | undefined) =>
    metricCurves(name, ranks, timeline, columnOf);
  return {
    timeline,
    names,
    metric: remember((name) => read(name, (rank) => rank.epochs.metrics.get(name))),
    local: remember((name) => read(name, (rank) => rank.epochs.local.get(name))),
    seconds: read('time per epoch', (rank) => timeColumn(rank.epochs.seconds)),
    secondsPerStep: read('time per step', stepTimeColumn),
  };
}

/** The ranks that have a figure in any of `metrics`, by number. */
export function ranksOf(metrics: readonly MetricCurves[]): Rank[] {
  return [...new Set(metrics.flatMap(({ byRank }) => byRank.map(({ rank }) => rank)))].sort(
    (a, b) => (a.rank ?? 0) - (b.rank ?? 0),
  );
}

/** The last column in which all its ranks have a figure, else in which any has one. */
export function lastColumnOf({ common, mean }: MetricCurves): number {
  const last = common.findLastIndex((value) => Number.isFinite(value));
  return last >= 0 ? last : mean.findLastIndex((value) => Number.isFinite(value));
}

/** Times in the unit that suits them: milliseconds below half a second. */
export function inReadableUnit(times: MetricCurves): { readonly curves: MetricCurves; readonly unit: 's' | 'ms' } {
  const typical = median(times.mean.filter((value) => Number.isFinite(value)));
  if (!(typical < 0.5)) return { curves: times, unit: 's' };
  const scale = (values: Float64Array) => values.map((value) => 1000 * value);
  return {
    unit: 'ms',
    curves: {
      ...times,
      mean: scale(times.mean),
      common: scale(times.common),
      byRank: times.byRank.map((curve) => ({ ...curve, y: scale(curve.y) })),
    },
  };
}

/** The figures of `curves` in one column, of the ranks that have one. */
export function figuresAt(curves: MetricCurves, column: number): number[] {
  return curves.byRank.map(({ y }) => y[column] ?? Number.NaN).filter((value) => Number.isFinite(value));
}

function metricCurves(
  name: string,
  ranks: readonly Rank[],
  timeline: Timeline,
  columnOf: (rank: Rank) => MetricColumn | undefined,
): MetricCurves | undefined {
  const length = timeline.x.length;
  const byRank: RankCurve[] = [];
  for (const rank of ranks) {
    const column = columnOf(rank);
    if (!column) continue;
    const y = new Float64Array(length).fill(Number.NaN);
    const nonFinite: number[] = [];
    let count = 0;
    for (const row of completeRows(rank.epochs)) {
      if (column.present[row] !== 1) continue;
      const place = timeline.columnOf(rank.epochs, row);
      const value = column.values[row] ?? Number.NaN;
      y[place] = value;
      if (!Number.isFinite(value)) nonFinite.push(place);
      count++;
    }
    if (count > 0) byRank.push({ rank, y, nonFinite: nonFinite.sort((a, b) => a - b) });
  }
  const first = byRank[0];
  if (!first) return undefined;
  const nonFinite = new Set(byRank.flatMap((curve) => curve.nonFinite));
  const isShared = byRank.every(({ y }) => y.every((value, index) => Object.is(value, first.y[index])));
  const { mean, common } = isShared ? { mean: first.y, common: first.y } : meanOf(byRank, length, nonFinite);
  return { name, byRank, mean, common, isShared, nonFinite: [...nonFinite].sort((a, b) => a - b) };
}

function meanOf(byRank: readonly RankCurve[], length: number, nonFinite: ReadonlySet<number>) {
  const mean = new Float64Array(length).fill(Number.NaN);
  const common = new Float64Array(length).fill(Number.NaN);
  for (let column = 0; column < length; column++) {
    if (nonFinite.has(column)) continue;
    let sum = 0;
    let count = 0;
    for (const { y } of byRank) {
      const value = y[column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    if (count === 0) continue;
    mean[column] = sum / count;
    if (count === byRank.length) common[column] = sum / count;
  }
  return { mean, common };
}

/** A column of times, whose missing figures are NaN. */
function timeColumn(values: Float64Array): MetricColumn {
  return { values, present: Uint8Array.from(values, (value) => (Number.isFinite(value) ? 1 : 0)) };
}

function stepTimeColumn({ epochs, stepsPerEpoch }: Rank): MetricColumn {
  const values = epochs.secondsPerStep.map((value, row) =>
    Number.isFinite(value) || !stepsPerEpoch ? value : (epochs.seconds[row] ?? Number.NaN) / stepsPerEpoch,
  );
  return timeColumn(values);
}

function remember<T>(read: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (name) => {
    const entry = known.get(name) ?? { value: read(name) };
    known.set(name, entry);
    return entry.value;
  };
}
