/** How far each rank is from the others, robustly: docs/report.md has the rule in words. */

import type { Rank } from '../../experiment.js';
import { figuresAt, type MetricCurves } from './curves.js';
import { median, scaledMad } from './statistics.js';

/** Iglewicz and Hoaglin's limit for a robust z-score. */
export const oddScore = 3.5;
/** With fewer ranks nobody can tell which of them is the odd one. */
export const fewestRanksToCompare = 4;
/** A rank that went astray so late that its later half does not show it is odd once so many epochs in a row do. */
const fewestLast = 5;
/** Ranks that differ by less than this share of the median are alike, however close the others are to one another. */
const leastSpread = 0.01;

export interface Deviation {
  readonly rank: Rank;
  /** Robust z-score, signed: median over the later half of the rank's epochs, or over its last ones where only these are all beyond the limit. */
  readonly score: number;
  /** Medians over the same epochs: of the rank, and of all ranks. */
  readonly figure: number;
  readonly typical: number;
  /** Robust z-score in each column; NaN where there is none, and empty where it is one count that is compared. */
  readonly scores: Float64Array;
}

/** The deviation of each rank; none where there are too few ranks, or all have the same figures. */
export function deviationsOf(curves: MetricCurves | undefined): Deviation[] {
  if (!curves || curves.isShared || curves.byRank.length < fewestRanksToCompare) return [];
  const columns = curves.mean.length;
  const centers = new Float64Array(columns).fill(Number.NaN);
  const spreads = new Float64Array(columns).fill(Number.NaN);
  for (let column = 0; column < columns; column++) {
    const figures = figuresAt(curves, column);
    if (figures.length < fewestRanksToCompare) continue;
    const center = median(figures);
    centers[column] = center;
    const spread = Math.max(scaledMad(figures, center), leastSpread * Math.abs(center), Number.MIN_VALUE);
    spreads[column] = spread * allowance(figures.length);
  }
  return curves.byRank.flatMap(({ rank, y }) => deviationOf(rank, y, centers, spreads) ?? []);
}

/** The deviation of one count each, e.g. of epochs. */
export function outliersOf(ranks: readonly Rank[], counts: readonly number[]): Deviation[] {
  const typical = median(counts);
  const spread = Math.max(scaledMad(counts, typical), 0.05 * Math.abs(typical), 1) * allowance(counts.length);
  return ranks.map((rank, index) => {
    const figure = counts[index] ?? 0;
    return { rank, score: (figure - typical) / spread, figure, typical, scores: new Float64Array() };
  });
}

/**
 * The column, not before `from`, from which on a rank is beyond the limit on the side where it ended: the one that fewest columns
 * contradict, by being beyond it earlier or within it later, and the first of such. null where more contradict than agree.
 */
export function firstApart({ score, scores }: Deviation, from: number): number | null {
  const columns = Array.from(scores.keys()).filter((column) => column >= from && Number.isFinite(scores[column]));
  const isApart = (column: number): boolean => (scores[column] ?? 0) * Math.sign(score) > oddScore;
  let first: number | null = null;
  // Of never having left, against which every column counts that is beyond the limit.
  let least = columns.filter(isApart).length;
  let contradicting = columns.length - least;
  for (const column of columns) {
    if (!isApart(column)) contradicting -= 1;
    else {
      if (contradicting < least) [first, least] = [column, contradicting];
      contradicting += 1;
    }
  }
  return first;
}

/**
 * The fewer ranks, the more often the others are close to one another by chance: with this, of normal figures 1 to 4 % of
 * all comparisons name a rank (without: 9 to 21 %).
 */
function allowance(ranks: number): number {
  return 1 + 8 / ranks;
}

function deviationOf(rank: Rank, y: Float64Array, centers: Float64Array, spreads: Float64Array): Deviation | undefined {
  const columns = Array.from(y.keys()).filter(
    (column) => Number.isFinite(y[column]) && Number.isFinite(centers[column]),
  );
  if (columns.length === 0) return undefined;
  const scores = y.map((value, column) => (value - (centers[column] ?? 0)) / (spreads[column] ?? 1));
  const medianOver = (some: readonly number[]) => (values: Float64Array) =>
    median(some.map((column) => values[column] ?? Number.NaN));
  const laterHalf = medianOver(columns.slice(Math.floor(columns.length / 2)));
  const last = columns.slice(-fewestLast);
  const isOddAtLast = last.length === fewestLast && areAllBeyond(last.map((column) => scores[column] ?? 0));
  const at = isOddAtLast && Math.abs(laterHalf(scores)) <= oddScore ? medianOver(last) : laterHalf;
  return { rank, score: at(scores), figure: at(y), typical: at(centers), scores };
}

/** On one side. */
function areAllBeyond(scores: readonly number[]): boolean {
  return scores.every((score) => score > oddScore) || scores.every((score) => score < -oddScore);
}
