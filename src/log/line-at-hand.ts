/** What became so far of a line that is being read. */
import type { LogEvent } from './event.js';
import type { RankFold } from './rank-fold.js';
import type { Text } from './terminal.js';

export interface LineAtHand {
  /** Of the rank that printed it; undefined for a launcher's. */
  fold: RankFold | undefined;
  last: Text | undefined;
  before: Text | undefined;
  /** Only kept where somebody wants to see them. */
  events: LogEvent[];
  doubt: string | undefined;
  /** It has the own record of an epoch. */
  isFinal: boolean;
}

export function noLineYet(): LineAtHand {
  return { fold: undefined, last: undefined, before: undefined, events: [], doubt: undefined, isFinal: false };
}
