/** Closed lists of the domain, read back from text columns. */

/** `word` as one of `words`; throws where it is none of them. */
export function oneOf<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word);
  if (found === undefined) throw new Error(`expected one of ${words.join(', ')}, got ${word}`);
  return found;
}

/** How a rank may have ended: `RankEnd['status']`. */
export const rankEnds = ['completed', 'early_stopped', 'diverged', 'failed', 'killed'] as const;
