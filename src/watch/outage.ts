/** Whether what is no longer there was deleted or is merely out of sight. Pure. */

/** What is known when logs that we know were not found. */
export interface Disappearance {
  /** The file `.tlw-root`: seen now, known before but not there now, or never made (read-only root). */
  readonly rootMarker: 'present' | 'missing' | 'never made';
  /** Logs known and not yet gone. */
  readonly known: number;
  /** Those of them that could not be found, in this sweep and not yet settled. */
  readonly missing: number;
  /** The root has no entries at all, as a mount point without its file system. */
  readonly isRootEmpty: boolean;
}

/** Fewest logs whose sudden loss looks like an outage. */
const fewMissing = 20;
/** Share of the logs whose sudden loss looks like an outage. */
const missingShare = 0.1;
/** A log is gone only when two sweeps at least this far apart did not find it. */
export const goneAfterMs = 60_000;

/**
 * True where the root itself must be taken as not there (unmounted, server away): nothing may be marked as gone then. With
 * the root's marker still there it is a purge, however many logs are missing.
 */
export function isOutage({ rootMarker, known, missing, isRootEmpty }: Disappearance): boolean {
  if (rootMarker === 'present') return false;
  if (rootMarker === 'missing') return missing > 0;
  return missing > 0 && (isRootEmpty || missing > Math.max(fewMissing, known * missingShare));
}

/** Whether a log first missed at `missedMs` is gone, given another sweep now that did not find it (one monotonic clock, ms). */
export function isGone(missedMs: number, nowMs: number): boolean {
  return nowMs - missedMs >= goneAfterMs;
}
