/**
 * Which ranks a log has, to tell a tag that stands inside a line from a program's own words: a rank whose tag begins a line
 * somewhere is one, and so is every rank below it.
 */
import { canBeRank } from '../rank-numbers.js';
import type { LookAhead } from './splitter.js';

export interface Census {
  /** A tag of this rank began a line. */
  readonly begins: (rank: number) => void;
  /** Whether a rank whose tag was found inside a line, at `offset` of the log, is one; undefined where the log may still grow to say so. */
  readonly has: (rank: number, offset: number, final: boolean) => boolean | undefined;
}

export interface CensusTag {
  /** A tag, with a group `rank`. */
  readonly tag: RegExp;
  /** Nobody but the launcher prints such a tag, so that ranks without a gap are taken for real wherever their tags stand. */
  readonly isUnmistakable: boolean;
  /** As the launcher's. */
  readonly pairBase?: number | undefined;
}

/** What `--timestamp-output` puts in front of a tag. */
export const ctime = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;
export const ctimeBytes = 24;

export function census({ tag, isUnmistakable, pairBase }: CensusTag, lookAhead: LookAhead): Census {
  const pattern = new RegExp(tag.source, 'g');
  const told = new Map<number, boolean>();
  const seen = new Set<number>();
  let highest = -1;
  /** Every rank up to this one is known or was seen. */
  let through = -1;

  const begins = (rank: number): void => {
    if (rank > highest && canBeRank(rank, pairBase)) highest = rank;
  };

  const look = (offset: number): boolean => {
    const { bytes, isWhole } = lookAhead(offset);
    const text = bytes.toString('latin1');
    for (const match of text.matchAll(pattern)) {
      const rank = Number(match.groups?.rank);
      seen.add(rank);
      if (beginsLine(text, match.index)) begins(rank);
    }
    return isWhole;
  };

  const isKnown = (rank: number): boolean => {
    if (rank <= highest) return true;
    if (!isUnmistakable) return false;
    through = Math.max(through, highest);
    while (seen.has(through + 1)) through += 1;
    return rank <= through + 1;
  };

  return {
    begins,
    has(rank, offset, final) {
      if (rank <= highest) return true;
      const before = told.get(rank);
      if (before !== undefined) return before;
      seen.add(rank);
      // What lies ahead is only asked where what was seen of it does not tell: it is much.
      const isWhole = isKnown(rank) || look(offset);
      const found = isKnown(rank) || (isWhole || final ? false : undefined);
      if (found !== undefined) told.set(rank, found);
      return found;
    },
  };
}

/** Whether what stands at `at` begins its line, a time stamp in front perhaps. */
function beginsLine(text: string, at: number): boolean {
  if (text[at - 1] === '\n') return true;
  const stamp = at - ctimeBytes;
  return text[stamp - 1] === '\n' && ctime.test(text.slice(stamp, at));
}
