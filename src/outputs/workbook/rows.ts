/** What the sheets Ranks and Epochs show, as plain data: made from an experiment here, or read from a database. */

import {
  type EpochTable,
  type Experiment,
  epochFlags,
  type MetricColumn,
  type Rank,
  type RankEnd,
} from '../../experiment.js';

/** One rank of an experiment, in its last segment. */
export interface RankRow {
  readonly rank: number | null;
  readonly host: string | null;
  readonly status: RankEnd['status'] | null;
  readonly reason: string | null;
  /** Last epoch that it completed. */
  readonly lastEpoch: number | null;
  readonly plannedEpochs: number | null;
  readonly earlyStopEpoch: number | null;
  /** s. */
  readonly totalTrainingTime: number | null;
  /** Median over its complete epochs, s. */
  readonly secondsPerStep: number | null;
  /** At its last complete epoch, by canonical name. */
  readonly metrics: ReadonlyMap<string, number>;
}

/** One epoch of an experiment: means over the ranks that completed it. */
export interface EpochMeanRow {
  readonly segment: number;
  readonly epoch: number;
  /** Ranks that completed it. */
  readonly ranks: number;
  /** s. */
  readonly seconds: number | null;
  readonly metrics: ReadonlyMap<string, number>;
}

/** The ranks of an experiment. */
export function rankRowsOf({ run }: Experiment): RankRow[] {
  const segment = Math.max(1, ...run.ranks.map(({ epochs }) => epochs.segment.at(-1) ?? 1));
  return run.ranks.map((rank) => rankRow(rank, segment));
}

/** The epochs of an experiment, by segment and epoch; partial ones do not count. */
export function epochMeansOf({ run }: Experiment): EpochMeanRow[] {
  const epochs = new Map<string, { segment: number; epoch: number; at: { table: EpochTable; row: number }[] }>();
  for (const { epochs: table } of run.ranks) {
    for (const row of completeRows(table)) {
      const [segment = 1, epoch = 0] = [table.segment[row], table.epoch[row]];
      const known = epochs.get(`${segment} ${epoch}`);
      if (known) known.at.push({ table, row });
      else epochs.set(`${segment} ${epoch}`, { segment, epoch, at: [{ table, row }] });
    }
  }
  return [...epochs.values()]
    .sort((a, b) => a.segment - b.segment || a.epoch - b.epoch)
    .map(({ segment, epoch, at }) => {
      const seconds = at.map(({ table, row }) => table.seconds[row]).filter((value) => !Number.isNaN(value));
      const names = new Set(at.flatMap(({ table }) => [...table.metrics.keys()]));
      const metrics = new Map<string, number>();
      for (const name of names) {
        const values = at.flatMap(({ table, row }) => maybeFigure(table.metrics.get(name), row) ?? []);
        if (values.length > 0) metrics.set(name, mean(values));
      }
      return { segment, epoch, ranks: at.length, seconds: seconds.length > 0 ? mean(seconds) : null, metrics };
    });
}

function rankRow(rank: Rank, segment: number): RankRow {
  const { epochs } = rank;
  const rows = completeRows(epochs).filter((row) => epochs.segment[row] === segment);
  const last = rows.at(-1);
  const metrics = new Map<string, number>();
  if (last !== undefined) {
    for (const [name, column] of epochs.metrics) {
      const value = maybeFigure(column, last);
      if (value !== undefined) metrics.set(name, value);
    }
  }
  const times = rows.map((row) => epochs.secondsPerStep[row] ?? Number.NaN).filter((time) => !Number.isNaN(time));
  return {
    rank: rank.rank,
    host: rank.host,
    status: rank.end?.status ?? null,
    reason: rank.end?.reason ?? null,
    lastEpoch: last === undefined ? null : (epochs.epoch[last] ?? null),
    plannedEpochs: rank.plannedEpochs,
    earlyStopEpoch: rank.earlyStopEpoch,
    totalTrainingTime: rank.totalTrainingTime,
    secondsPerStep: times.length > 0 ? median(times) : null,
    metrics,
  };
}

function completeRows({ length, flags }: EpochTable): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) if (((flags[row] ?? 0) & epochFlags.partial) === 0) rows.push(row);
  return rows;
}

function maybeFigure(column: MetricColumn | undefined, row: number): number | undefined {
  return column?.present[row] ? column.values[row] : undefined;
}

/** Exactly the common value where all are equal. */
function mean(values: readonly (number | undefined)[]): number {
  const [first = Number.NaN] = values;
  if (values.every((value) => Object.is(value, first))) return first;
  return values.reduce((sum: number, value) => sum + (value ?? 0), 0) / values.length;
}

/** The middle of `values`, which are not empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
