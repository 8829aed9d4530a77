/** When to look next at what. Pure; times are those of one monotonic clock, ms. */

import { type FinishSettings, quietTimeMs, type WatchedLog } from './finished.js';

/** When to look next at a log that is not parsed: sooner the shorter ago it grew, and exactly when a verdict may fall. */
export function nextLookMs(log: WatchedLog, settings: FinishSettings): number {
  if (log.state === 'parse_failed') return Math.max(log.retryMs, log.lookedMs + settings.hotMinMs);
  const stillMs = log.lookedMs - log.sinceMs;
  const usualMs = log.lookedMs + Math.min(settings.hotMaxMs, Math.max(settings.hotMinMs, stillMs / 4));
  const verdicts = [
    log.sinceMs + settings.settleMs,
    log.sinceMs + quietTimeMs(log, settings),
    (log.marker?.sinceMs ?? Number.NEGATIVE_INFINITY) + settings.settleMs,
    (log.job?.sinceMs ?? Number.NEGATIVE_INFINITY) + settings.settleMs,
  ];
  return Math.min(usualMs, ...verdicts.filter((atMs) => atMs > log.lookedMs));
}
