/** One epoch of one rank while its log is being read. */
import type { Figures } from './event.js';
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
  figures: Figures;
  /** `figures`, where nobody else has them, so that they may be changed. */
  own: Map<string, number> | undefined;
  local: Figures | undefined;
  /** Points within the epoch, thinned. */
  points: readonly StepPoint[];
}

/** Whether there is a figure of a validation among these. */
export function isValidated(figures: Figures): boolean {
  for (const name of figures.keys()) if (validation.test(name)) return true;
  return false;
}

const validation = /^(?:val|valid|eval|test)[_/]/i;
