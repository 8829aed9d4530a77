/** What an experiment comes down to: its final and best figures over ranks, and its totals. Pure. */

import { type EpochTable, epochFlags, type Rank, type Run } from './experiment.js';
import { directionOf, type MetricSummary, type Objective, type Summary } from './summary.js';

/** Epoch → metric → its mean over the ranks, for the epochs that all printing ranks completed and had it in. */
type Means = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** Summarises a run; `objective` decides which epoch is best (null: none does). */
export function summarise(run: Run, objective: Objective | null): Summary {
  const segment = Math.max(0, ...run.ranks.flatMap(({ epochs }) => [...epochs.segment.subarray(0, epochs.length)]));
  const tables = run.ranks.map((rank) => ({ rank, rows: completeRows(rank.epochs, segment) }));
  const printing = tables.filter(({ rows }) => rows.length > 0);
  const names = [...run.metricNames.keys()].filter((name) =>
    printing.some(({ rank }) => rank.epochs.metrics.has(name)),
  );
  const means = meansByEpoch(printing, names);
  const metrics = new Map(names.flatMap((name) => metricEntry(name, printing, means)));
  const best = objective && bestOf(objective.metric, objective.direction, means);
  const last = printing.map(({ rank, rows }) => rank.epochs.epoch[rows.at(-1) ?? 0] ?? 0);
  return {
    objective: objective && { metric: objective.metric, direction: objective.direction },
    best: best ? { epoch: best.epoch, metrics: means.get(best.epoch) ?? new Map() } : null,
    metrics,
    customMetric: customMetric(run.metricNames.keys()),
    ranks: Math.max(run.worldSize ?? 0, run.ranks.length),
    plannedEpochs: largest(run.ranks.map((rank) => rank.plannedEpochs)),
    stepsPerEpoch: largest(run.ranks.map((rank) => rank.stepsPerEpoch)),
    totalTrainingTime: largest(run.ranks.map((rank) => rank.totalTrainingTime)),
    earlyStopEpoch: largest(run.ranks.map((rank) => rank.earlyStopEpoch)),
    lastEpoch: largest(last),
    secondsPerEpoch: median([...secondsByEpoch(printing).values()]),
    firstNonFiniteEpoch: firstNonFinite(printing),
    differs: differing(printing.map(({ rank }, i) => ({ rank, last: last[i] ?? null }))),
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

interface RankRows {
  readonly rank: Rank;
  /** Indices of the rank's complete epochs in the last segment, by epoch. */
  readonly rows: readonly number[];
}

function completeRows(epochs: EpochTable, segment: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < epochs.length; i++) {
    const isPartial = ((epochs.flags[i] ?? 0) & epochFlags.partial) !== 0;
    if (epochs.segment[i] === segment && !isPartial) rows.push(i);
  }
  return rows;
}

function maybeFigure({ epochs }: Rank, name: string, row: number): number | undefined {
  const column = epochs.metrics.get(name);
  return column?.present[row] ? column.values[row] : undefined;
}

function meansByEpoch(ranks: readonly RankRows[], names: readonly string[]): Means {
  const rowsOf = ranks.map(({ rank, rows }) => ({
    rank,
    byEpoch: new Map(rows.map((row) => [rank.epochs.epoch[row] ?? 0, row])),
  }));
  const shared = [...(rowsOf[0]?.byEpoch.keys() ?? [])].filter((epoch) =>
    rowsOf.every(({ byEpoch }) => byEpoch.has(epoch)),
  );
  const means = new Map<number, Map<string, number>>();
  for (const epoch of shared) {
    const figures = new Map<string, number>();
    for (const name of names) {
      const values = rowsOf.map(({ rank, byEpoch }) => maybeFigure(rank, name, byEpoch.get(epoch) ?? 0));
      if (isFull(values)) figures.set(name, mean(values));
    }
    means.set(epoch, figures);
  }
  return means;
}

function isFull(values: readonly (number | undefined)[]): values is readonly number[] {
  return values.length > 0 && !values.includes(undefined);
}

function metricEntry(name: string, ranks: readonly RankRows[], means: Means): [string, MetricSummary][] {
  const finals = ranks.flatMap(({ rank, rows }) => maybeFigure(rank, name, rows.at(-1) ?? 0) ?? []);
  if (finals.length === 0) return [];
  const best = bestOf(name, directionOf(name), means);
  return [
    [
      name,
      {
        final: mean(finals),
        min: Math.min(...finals),
        max: Math.max(...finals),
        best: best?.value ?? null,
        bestEpoch: best?.epoch ?? null,
      },
    ],
  ];
}

/** The epoch at which a metric's mean is best; the earliest of equals, and never one that is not finite. */
function bestOf(name: string, direction: 'max' | 'min', means: Means): { epoch: number; value: number } | undefined {
  let best: { epoch: number; value: number } | undefined;
  for (const [epoch, figures] of means) {
    const value = figures.get(name);
    if (value === undefined || !Number.isFinite(value)) continue;
    if (!best || (direction === 'max' ? value > best.value : value < best.value)) best = { epoch, value };
  }
  return best;
}

/** Equal values give exactly that value, which a sum and a division need not. */
function mean(values: readonly number[]): number {
  const [first = Number.NaN] = values;
  if (values.every((value) => Object.is(value, first))) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largest(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (value !== null && (most === null || value > most) ? value : most), null);
}

/** Epoch → mean over the ranks that printed a duration, s. */
function secondsByEpoch(ranks: readonly RankRows[]): Map<number, number> {
  const durations = new Map<number, number[]>();
  for (const { rank, rows } of ranks) {
    for (const row of rows) {
      const seconds = rank.epochs.seconds[row] ?? Number.NaN;
      const epoch = rank.epochs.epoch[row] ?? 0;
      if (Number.isFinite(seconds)) durations.set(epoch, [...(durations.get(epoch) ?? []), seconds]);
    }
  }
  return new Map([...durations].map(([epoch, seconds]) => [epoch, mean(seconds)]));
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return null;
  return ((sorted[Math.ceil(middle - 1)] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function firstNonFinite(ranks: readonly RankRows[]): number | null {
  let first: number | null = null;
  for (const { rank, rows } of ranks) {
    for (const row of rows) {
      const epoch = rank.epochs.epoch[row] ?? 0;
      const isStrange = [...rank.epochs.metrics.values()].some(
        ({ values, present }) => present[row] && !Number.isFinite(values[row]),
      );
      if (isStrange && (first === null || epoch < first)) first = epoch;
    }
  }
  return first;
}

function differing(ranks: readonly { readonly rank: Rank; readonly last: number | null }[]): string[] {
  const figures: readonly [string, readonly (number | null)[]][] = [
    ['planned_epochs', ranks.map(({ rank }) => rank.plannedEpochs)],
    ['steps_per_epoch', ranks.map(({ rank }) => rank.stepsPerEpoch)],
    ['total_training_time', ranks.map(({ rank }) => rank.totalTrainingTime)],
    ['early_stop_epoch', ranks.map(({ rank }) => rank.earlyStopEpoch)],
    ['last_epoch', ranks.map(({ last }) => last)],
  ];
  return figures.filter(([, values]) => new Set(values).size > 1).map(([name]) => name);
}
