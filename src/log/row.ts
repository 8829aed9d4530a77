/** One epoch of one rank while its log is being read. */
import type { PackedFigures } from './packed-figures.js';
import type { StepPoint } from './thin-steps.js';

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
  figures: PackedFigures;
  local: PackedFigures | undefined;
  /** Points within the epoch, thinned. */
  points: readonly StepPoint[];
}
