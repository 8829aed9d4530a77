/** What each rank of an experiment comes down to in its last segment. Pure. */

import type { Rank, RankEnd, Run } from '../experiment.js';
import { medianOf } from './figures.js';
import { completeRows, lastSegmentNumber, maybeFigure } from './last-segment.js';

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

/** One row for each rank of the run, in its order. */
export function rankRowsOf(run: Run): RankRow[] {
  const segment = lastSegmentNumber(run);
  return run.ranks.map((rank) => rankRowOf(rank, segment));
}

function rankRowOf(rank: Rank, segment: number): RankRow {
  const { epochs } = rank;
  const rows = completeRows(epochs, segment);
  const last = rows.at(-1);
  const metrics = new Map<string, number>();
  for (const name of last === undefined ? [] : epochs.metrics.keys()) {
    const figure = maybeFigure(epochs, name, last ?? 0);
    if (figure !== undefined) metrics.set(name, figure);
  }
  const times = rows.flatMap((row) => epochs.secondsPerStep[row] ?? []).filter(Number.isFinite);
  return {
    rank: rank.rank,
    host: rank.host,
    status: rank.end?.status ?? null,
    reason: rank.end?.reason ?? null,
    lastEpoch: last === undefined ? null : (epochs.epoch[last] ?? null),
    plannedEpochs: rank.plannedEpochs,
    earlyStopEpoch: rank.earlyStopEpoch,
    totalTrainingTime: rank.totalTrainingTime,
    secondsPerStep: medianOf(times),
    metrics,
  };
}
