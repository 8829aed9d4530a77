/** What an experiment comes down to: its final and best figures over ranks, and its totals. Pure. */

import type { MetricColumn, Run } from './experiment.js';
import { largestOf, meanOf, medianOf, RunningMeans, rangeOf } from './summarise/figures.js';
import { type LastSegment, lastSegmentOf, maybeFigure, type RankRows } from './summarise/last-segment.js';
import { directionOf, type MetricSummary, type Objective, type Summary } from './summary.js';

/** Summarises a run; `objective` decides which epoch is best (null: none does). */
export function summarise(run: Run, objective: Objective | null): Summary {
  const last = lastSegmentOf(run);
  const names = [...run.metricNames.keys()].filter((name) => last.ranks.some(({ epochs }) => epochs.metrics.has(name)));
  return {
    objective: objective && { metric: objective.metric, direction: objective.direction },
    best: objective && maybeBest(objective, names, last),
    metrics: new Map(names.flatMap((name) => metricEntry(name, last))),
    customMetric: customMetric(run.metricNames.keys()),
    ranks: Math.max(run.worldSize ?? 0, run.ranks.length),
    plannedEpochs: largestOf(run.ranks.map((rank) => rank.plannedEpochs)),
    stepsPerEpoch: largestOf(run.ranks.map((rank) => rank.stepsPerEpoch)),
    totalTrainingTime: largestOf(run.ranks.map((rank) => rank.totalTrainingTime)),
    earlyStopEpoch: largestOf(run.ranks.map((rank) => rank.earlyStopEpoch)),
    lastEpoch: largestOf(last.ranks.map(lastEpochOf)),
    secondsPerEpoch: medianOf(meanSecondsByEpoch(last)),
    firstNonFiniteEpoch: firstNonFiniteEpoch(run, last.segment),
    differs: differingFigures(last),
  };
}

/** Name, without `val_`, of the first metric that is neither loss, accuracy nor learning rate; null where there is none. */
export function customMetric(names: Iterable<string>): string | null {
  for (const name of names) {
    const plain = name.replace(/^val_/, '');
    if (!['loss', 'accuracy', 'learning_rate'].includes(plain)) return plain;
  }
  return null;
}

/** The epoch at which the objective is best, and the mean of every metric over the ranks that have it there. */
function maybeBest({ metric, direction }: Objective, names: readonly string[], last: LastSegment): Summary['best'] {
  const best = bestOf(metric, direction, last);
  if (best === undefined) return null;
  const means = names.flatMap((name): [string, number][] => {
    const figures = last.ranks.flatMap(
      ({ epochs, shared }) => maybeFigure(epochs, name, shared[best.index] ?? 0) ?? [],
    );
    return figures.length === 0 ? [] : [[name, meanOf(figures)]];
  });
  return { epoch: best.epoch, metrics: new Map(means) };
}

function metricEntry(name: string, last: LastSegment): [string, MetricSummary][] {
  const finals = finalFigures(name, last);
  if (finals.length === 0) return [];
  const best = bestOf(name, directionOf(name), last);
  const entry = { final: meanOf(finals), ...rangeOf(finals), best: best?.mean ?? null, bestEpoch: best?.epoch ?? null };
  return [[name, entry]];
}

/**
 * What each rank says at its last complete epoch. Where no rank has the metric there (validation every fifth epoch, say),
 * the last epoch counts in which the rank has it.
 */
function finalFigures(name: string, { ranks }: LastSegment): number[] {
  const finals = ranks.flatMap(({ epochs, rows }) => maybeFigure(epochs, name, rows.at(-1) ?? 0) ?? []);
  if (finals.length > 0) return finals;
  return ranks.flatMap(({ epochs, rows }) => {
    const row = rows.findLast((each) => maybeFigure(epochs, name, each) !== undefined);
    return row === undefined ? [] : (maybeFigure(epochs, name, row) ?? []);
  });
}

interface Best {
  /** In `LastSegment.shared`. */
  readonly index: number;
  readonly epoch: number;
  readonly mean: number;
}

/**
 * The shared epoch at which the mean over the ranks that print this metric is best; the earliest of equals, and never one
 * where a rank's figure is missing or not finite.
 */
function bestOf(name: string, direction: 'max' | 'min', { ranks, shared }: LastSegment): Best | undefined {
  const means = new RunningMeans(shared.length);
  const columns = ranks.flatMap((rank) => maybeColumn(name, rank) ?? []);
  for (const { column, shared: rows } of columns) means.add(column, rows);
  let best: Best | undefined;
  for (let index = 0; index < shared.length; index++) {
    const mean = means.countAt(index) === columns.length ? means.meanAt(index) : Number.NaN;
    const isBetter = best === undefined || (direction === 'max' ? mean > best.mean : mean < best.mean);
    if (isBetter && Number.isFinite(mean)) best = { index, epoch: shared[index] ?? 0, mean };
  }
  return best;
}

/** The metric's column, of a rank that printed it at all. */
function maybeColumn(
  name: string,
  { epochs, rows, shared }: RankRows,
): { readonly column: MetricColumn; readonly shared: readonly number[] } | undefined {
  const column = epochs.metrics.get(name);
  return column !== undefined && rows.some((row) => column.present[row] !== 0) ? { column, shared } : undefined;
}

function lastEpochOf({ epochs, rows }: RankRows): number | null {
  return epochs.epoch[rows.at(-1) ?? 0] ?? null;
}

/** For each epoch, the mean over the ranks that printed how long it took, s. */
function meanSecondsByEpoch({ ranks }: LastSegment): number[] {
  const durations = new Map<number, number[]>();
  for (const { epochs, rows } of ranks) {
    for (const row of rows) {
      const seconds = epochs.seconds[row] ?? Number.NaN;
      if (!Number.isFinite(seconds)) continue;
      const epoch = epochs.epoch[row] ?? 0;
      const others = durations.get(epoch);
      if (others === undefined) durations.set(epoch, [seconds]);
      else others.push(seconds);
    }
  }
  return Array.from(durations.values(), meanOf);
}

/** A partial epoch counts too: a run that diverged often ends in one. */
function firstNonFiniteEpoch({ ranks }: Run, segment: number): number | null {
  let first: number | null = null;
  for (const { epochs } of ranks) {
    for (const { values, present } of epochs.metrics.values()) {
      for (let row = 0; row < epochs.length; row++) {
        if (present[row] === 0 || Number.isFinite(values[row]) || epochs.segment[row] !== segment) continue;
        const epoch = epochs.epoch[row] ?? 0;
        if (first === null || epoch < first) first = epoch;
      }
    }
  }
  return first;
}

function differingFigures({ ranks }: LastSegment): string[] {
  const figures: readonly [string, readonly (number | null)[]][] = [
    ['planned_epochs', ranks.map(({ rank }) => rank.plannedEpochs)],
    ['steps_per_epoch', ranks.map(({ rank }) => rank.stepsPerEpoch)],
    ['total_training_time', ranks.map(({ rank }) => rank.totalTrainingTime)],
    ['early_stop_epoch', ranks.map(({ rank }) => rank.earlyStopEpoch)],
    ['last_epoch', ranks.map(lastEpochOf)],
  ];
  return figures.filter(([, values]) => new Set(values).size > 1).map(([name]) => name);
}
