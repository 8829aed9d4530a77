/** The last training in a log, as a summary sees it: the complete epochs of each rank, and those that all ranks share. */

import { type EpochTable, epochFlags, type Rank, type Run } from '../experiment.js';

/** A rank that completed an epoch in the last segment. */
export interface RankRows {
  readonly rank: Rank;
  readonly epochs: EpochTable;
  /** Rows of its complete epochs, by epoch; at least one. */
  readonly rows: readonly number[];
  /** Its rows of `LastSegment.shared`, in that order. */
  readonly shared: readonly number[];
}

export interface LastSegment {
  readonly segment: number;
  readonly ranks: readonly RankRows[];
  /** The epochs that all of `ranks` completed, ascending. */
  readonly shared: readonly number[];
}

/** The last segment, rank by rank. */
export function lastSegmentOf(run: Run): LastSegment {
  const segment = lastSegmentNumber(run);
  const printing = run.ranks
    .map((rank) => ({ rank, epochs: rank.epochs, rows: completeRows(rank.epochs, segment) }))
    .filter(({ rows }) => rows.length > 0);
  const [first] = printing;
  if (first === undefined) return { segment, ranks: [], shared: [] };
  if (printing.every((rank) => hasSameEpochs(rank, first))) {
    return { segment, ranks: printing.map((rank) => ({ ...rank, shared: rank.rows })), shared: epochsOf(first) };
  }
  const indices = printing.map((rank) => new Map(epochsOf(rank).map((epoch, i) => [epoch, rank.rows[i] ?? 0])));
  const shared = epochsOf(first).filter((epoch) => indices.every((index) => index.has(epoch)));
  return {
    segment,
    ranks: printing.map((rank, i) => ({ ...rank, shared: shared.map((epoch) => indices[i]?.get(epoch) ?? 0) })),
    shared,
  };
}

/** The last segment that any rank began; 0 where none did. */
export function lastSegmentNumber({ ranks }: Run): number {
  return ranks.reduce((last, { epochs }) => Math.max(last, lastSegmentIn(epochs)), 0);
}

/** The figure of a metric in a row; undefined where it is missing. */
export function maybeFigure(epochs: EpochTable, metric: string, row: number): number | undefined {
  const column = epochs.metrics.get(metric);
  return column === undefined || column.present[row] === 0 ? undefined : column.values[row];
}

function lastSegmentIn({ segment, length }: EpochTable): number {
  return segment.subarray(0, length).reduce((last, value) => Math.max(last, value), 0);
}

/** Rows of the complete epochs of a segment. */
export function completeRows(epochs: EpochTable, segment: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < epochs.length; row++) {
    const isPartial = ((epochs.flags[row] ?? 0) & epochFlags.partial) !== 0;
    if (epochs.segment[row] === segment && !isPartial) rows.push(row);
  }
  return rows;
}

function epochsOf({ epochs, rows }: Pick<RankRows, 'epochs' | 'rows'>): number[] {
  return rows.map((row) => epochs.epoch[row] ?? 0);
}

function hasSameEpochs(one: Pick<RankRows, 'epochs' | 'rows'>, other: Pick<RankRows, 'epochs' | 'rows'>): boolean {
  return (
    one.rows.length === other.rows.length &&
    one.rows.every((row, i) => one.epochs.epoch[row] === other.epochs.epoch[other.rows[i] ?? 0])
  );
}
