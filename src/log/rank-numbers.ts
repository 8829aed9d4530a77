/**
 * Ranks that a log names by two numbers: srun's task and torchrun's local rank, a heterogeneous job's component and task.
 * Readers know such a rank as first × base + second; here it gets the number that people know it by.
 */
import type { Rank, Run } from '../experiment.js';
import { isRankNumber, mostRanks } from './numbers.js';
import { rankRelation } from './verdict.js';

/**
 * Where the number among all ranks is not known, the two numbers stand side by side: task 45, local rank 7 is 45007; with
 * more noughts where a second number needs them.
 */
const leastSide = 1000;
/** No node has so many processes. */
const mostLocalRanks = 1000;

/** The run with its ranks' numbers; unchanged where no rank was named by two. */
export function numberRanks(run: Run, base: number): Run {
  const ids = run.ranks.flatMap(({ rank }) => (rank === null ? [] : [rank]));
  if (ids.every((id) => id < base)) return run;
  const sizes = sizesOf(ids, base);
  let side = leastSide;
  while (ids.some((id) => id % base >= side)) side *= 10;
  const numberOf = (id: number): number => {
    const [first, second] = [Math.floor(id / base), id % base];
    if (!sizes) return first * side + second;
    return sizes.slice(0, first).reduce((sum, size) => sum + size, 0) + second;
  };
  const rename = (rank: number | null): number | null => (rank !== null && ids.includes(rank) ? numberOf(rank) : null);
  const ranks: Rank[] = run.ranks.map((rank) => ({ ...rank, rank: rename(rank.rank) }));
  const worldSize = sizes ? ids.length : null;
  const note = sizes
    ? 'ranks are numbered through all tasks'
    : `how many ranks each task has is not known: a rank's number is its task's × ${side} + its own in the task`;
  return {
    ...run,
    ranks,
    worldSize,
    rankRelation: rankRelation(ranks, worldSize ?? ranks.length),
    reasonRank: rename(run.reasonRank),
    receipt: {
      ...run.receipt,
      findings: run.receipt.findings.map((finding) => ({ ...finding, rank: rename(finding.rank) })),
      notes: [...run.receipt.notes, note],
    },
  };
}

/** How many ranks each task has; undefined where one may be missing. */
function sizesOf(ids: readonly number[], base: number): number[] | undefined {
  const sizes: number[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const [first, second] = [Math.floor(id / base), id % base];
    if (first > sizes.length || second !== (sizes[first] ?? 0)) return undefined;
    sizes[first] = second + 1;
  }
  // torchrun gives every task as many; a last one that seems to have fewer has silent ones.
  return base > localBase || sizes.every((size) => size === sizes[0]) ? sizes : undefined;
}

/** Local ranks of srun's tasks. */
export const localBase = 10_000;

/** What is said of a line whose tag has a number that is no rank's. */
export const noRanksTag = 'the tag of a rank that no run has';

/** Whether what a reader knows a rank as, by one number or, with a base, by two, can be a rank. */
export function canBeRank(id: number, base?: number): boolean {
  if (base === undefined) return isRankNumber(id);
  return isRankNumber(Math.floor(id / base)) && id % base < (base === localBase ? mostLocalRanks : mostRanks);
}
