/** Which ranks are real: those whose tag begins a line, all below them, and those above without a gap. */
import { canBeRank } from '../../src/log/rank-numbers.js';

export interface Ranks {
  /** A tag of this rank began a line, or cannot be anything else. */
  begins(rank: number): void;
  /** Whether a tag inside a line, which ends at `end`, is that of a rank. */
  has(rank: number, end: number): boolean;
}

const stamp = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** `pairBase`: where numbers are pairs. */
export function realRanks(text: string, tag: RegExp, pairBase?: number): Ranks {
  const all = [...text.matchAll(new RegExp(tag.source, 'g'))].map((match) => {
    const { index } = match;
    const before = text.slice(index - 25, index);
    const beginsLine = text[index - 1] === '\n' || (before.startsWith('\n') && stamp.test(before));
    return { at: index, rank: Number(match.groups?.rank), beginsLine };
  });
  let highest = -1;
  const asked = new Set<number>();
  return {
    begins(rank) {
      if (canBeRank(rank, pairBase)) highest = Math.max(highest, rank);
    },
    has(rank, end) {
      if (rank <= highest) return true;
      asked.add(rank);
      const ahead = all.filter(({ at }) => at >= end);
      for (const other of ahead)
        if (other.beginsLine && canBeRank(other.rank, pairBase)) highest = Math.max(highest, other.rank);
      if (rank <= highest) return true;
      const seen = new Set([...asked, ...ahead.map((other) => other.rank)]);
      for (let lower = highest + 1; lower < rank; lower += 1) if (!seen.has(lower)) return false;
      return true;
    },
  };
}
