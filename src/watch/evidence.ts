/** What speaks for a log being finished, and whether it is time to read it. Pure, as finished.ts, whose other half it is. */

import type { FinishSettings, LogLook, WatchedLog } from './finished.js';

export type Evidence = 'end line' | 'end marker' | 'job gone' | 'silence';
export type ReadingWish = { readonly purpose: 'progress' } | { readonly purpose: 'final'; readonly because: Evidence };

/** Looks that silence needs. */
export const enoughLooks = 3;
/** Share of the time that readings of one growing log may take. */
const readingShare = 1 / 100;

/** Whether and how the log should be read now. */
export function readingWish(log: WatchedLog, nowMs: number, settings: FinishSettings): ReadingWish | null {
  if (log.sizeBytes === 0 || log.state === 'parsed' || log.state === 'parsing' || nowMs < log.retryMs) return null;
  const because = evidence(log, settings);
  if (because !== null) return { purpose: 'final', because };
  if (log.read !== null && isSame(log, log.read)) return null;
  // While it grows all the time, now and then; else when it pauses, which may be the end.
  const isDue = isSettled(log, settings) || nowMs - log.unreadMs >= settings.progressMs;
  const restMs = log.read === null ? 0 : Math.max(settings.settleMs, log.read.tookMs / readingShare);
  return isDue && (log.read === null || nowMs - log.read.atMs >= restMs) ? { purpose: 'progress' } : null;
}

/** What says that the log is finished, strongest first; null where nothing does. */
export function evidence(log: WatchedLog, settings: FinishSettings): Evidence | null {
  if (isSettled(log, settings)) {
    const isOld = (sinceMs: number): boolean => log.lookedMs - sinceMs >= settings.settleMs;
    if (log.read?.ended && isSame(log, log.read)) return 'end line';
    if (log.marker !== null && !log.marker.isStale && isOld(log.marker.sinceMs)) return 'end marker';
    if (log.job !== null && !log.job.isRunning && !log.job.isStale && isOld(log.job.sinceMs)) return 'job gone';
  }
  return log.looks >= enoughLooks && log.lookedMs - log.sinceMs >= quietTimeMs(log, settings) ? 'silence' : null;
}

/** How long this log must be silent: three times the longest pause it ever made, longer where more is to come. */
export function quietTimeMs(log: WatchedLog, settings: FinishSettings): number {
  // The scheduler knows better than silence: a running job may pause, and one that is gone is evidence by itself.
  if (log.job !== null && !log.job.isStale) return settings.maxQuietMs;
  const defaultMs = log.read?.expectsMore ? 2 * settings.quietMs : settings.quietMs;
  const epochMs = log.read?.expectsMore ? (log.read.epochMs ?? 0) : 0;
  return Math.min(settings.maxQuietMs, Math.max(defaultMs, 3 * log.longestPauseMs, 3 * epochMs));
}

/** An empty log that stayed so for the quiet time. */
export function isEmptyForLong(log: WatchedLog, settings: FinishSettings): boolean {
  return log.sizeBytes === 0 && log.lookedMs - log.sinceMs >= settings.quietMs;
}

function isSettled(log: WatchedLog, settings: FinishSettings): boolean {
  return log.lookedMs - log.sinceMs >= settings.settleMs;
}

/** Whether both have the same size and mtime. */
export function isSame(a: LogLook, b: LogLook): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs;
}
