/** A summary good enough to draw a report from, for tests of outputs alone. */

import { type Experiment, epochFlags, type Rank } from '../src/experiment.js';
import { directionOf, type MetricSummary, type Objective, type Summary } from '../src/summary.js';

/** Means over ranks of complete epochs in the last segment; objective `val_dsc`, else `val_loss`, else `loss`. */
export function buildSummary(experiment: Experiment): Summary {
  const { ranks } = experiment.run;
  const names = [...new Set(ranks.flatMap((rank) => [...rank.epochs.metrics.keys()]))];
  const metrics = new Map(names.flatMap((name) => summaryOf(ranks, name)));
  const metric = ['val_dsc', 'val_loss', 'loss'].find((name) => metrics.has(name));
  const objective: Objective | null = metric ? { metric, direction: directionOf(metric) } : null;
  const epoch = metric ? (metrics.get(metric)?.bestEpoch ?? null) : null;
  const times = ranks.flatMap(({ totalTrainingTime }) => totalTrainingTime ?? []);
  const stops = ranks.flatMap(({ earlyStopEpoch }) => earlyStopEpoch ?? []);
  const epochs = ranks.flatMap((rank) => completeRows(rank).map((row) => rank.epochs.epoch[row] ?? 0));
  return {
    objective,
    best: epoch === null ? null : { epoch, metrics: new Map(names.map((name) => [name, meanAt(ranks, name, epoch)])) },
    metrics,
    customMetric: metrics.has('val_dsc') ? 'dsc' : null,
    ranks: experiment.run.worldSize ?? ranks.length,
    plannedEpochs: ranks[0]?.plannedEpochs ?? null,
    stepsPerEpoch: ranks[0]?.stepsPerEpoch ?? null,
    totalTrainingTime: times.length > 0 ? Math.max(...times) : null,
    earlyStopEpoch: stops.length > 0 ? Math.max(...stops) : null,
    lastEpoch: epochs.length > 0 ? Math.max(...epochs) : null,
    secondsPerEpoch: null,
    firstNonFiniteEpoch: null,
    differs: [],
  };
}

function summaryOf(ranks: readonly Rank[], name: string): [string, MetricSummary][] {
  const finals = ranks.flatMap((rank) => figure(rank, name, completeRows(rank).at(-1)) ?? []);
  if (finals.length === 0) return [];
  const counts = ranks.map((rank) => completeRows(rank).length);
  const direction = directionOf(name) === 'max' ? 1 : -1;
  const means = Array.from({ length: Math.min(...counts) }, (_, index) => meanAt(ranks, name, index + 1));
  const finite = means.filter((value) => Number.isFinite(value)).map((value) => value * direction);
  const best = finite.length > 0 ? Math.max(...finite) * direction : null;
  return [
    [
      name,
      {
        final: mean(finals),
        min: Math.min(...finals),
        max: Math.max(...finals),
        best,
        bestEpoch: best === null ? null : means.indexOf(best) + 1,
      },
    ],
  ];
}

function meanAt(ranks: readonly Rank[], name: string, epoch: number): number {
  return mean(
    ranks.flatMap(
      (rank) =>
        figure(
          rank,
          name,
          completeRows(rank).find((row) => rank.epochs.epoch[row] === epoch),
        ) ?? [],
    ),
  );
}

function completeRows({ epochs }: Rank): number[] {
  const last = epochs.segment.at(-1);
  return Array.from(epochs.epoch.keys()).filter(
    (row) => epochs.segment[row] === last && ((epochs.flags[row] ?? 0) & epochFlags.partial) === 0,
  );
}

function figure(rank: Rank, name: string, row: number | undefined): number | undefined {
  const column = rank.epochs.metrics.get(name);
  return row === undefined || column?.present[row] !== 1 ? undefined : column.values[row];
}

/** Exactly the common value where all are equal. */
function mean(values: readonly number[]): number {
  const first = values[0] ?? Number.NaN;
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
