/** One epoch of one rank while its log is being read. */
import type { Figures } from './event.js';

/** One epoch as it stands while the log is being read. Metrics by name as printed. */
export interface Row {
  readonly segment: number;
  readonly epoch: number;
  offset: number;
  /** Its own record was seen. */
  final: boolean;
  repaired: boolean;
  seconds: number | undefined;
  secondsPerStep: number | undefined;
  figures: Map<string, number>;
  local: Figures | undefined;
}

/**
 * Whether a last row has no validation figures, where every row of its segment before it has: then it is the bar at its
 * last step, and the epoch's own record never came.
 */
export function lacksValidation(rows: readonly Row[], last: Row): boolean {
  const isValidated = (row: Row): boolean =>
    [...row.figures.keys()].some((name) => /^(?:val|valid|eval|test)[_/]/i.test(name));
  const earlier = rows.filter((row) => row.segment === last.segment && row !== last && row.final);
  return earlier.length > 0 && !isValidated(last) && earlier.every(isValidated);
}
