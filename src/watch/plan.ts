/** When to look next at what. Pure; times are those of one monotonic clock, ms. */

import type { Urgency } from './agenda.js';
import { quietTimeMs } from './evidence.js';
import type { FinishSettings, WatchedLog } from './finished.js';
import type { WatchSettings } from './settings.js';

/** When a look is due, and how much it matters that it is then. */
export interface Due {
  readonly dueMs: number;
  readonly urgency: Urgency;
}

/** Of a folder, as far as it matters for when to look again. */
export interface FolderActivity {
  /** It is the root or holds folders of experiments. */
  readonly isContainer: boolean;
  readonly hasLogs: boolean;
  /** It lies in a folder that has logs, and has none itself: checkpoints and the like. */
  readonly isBeside: boolean;
  readonly lookedMs: number;
  /** How long ago it last changed, as far as known. */
  readonly stillMs: number;
  /** Its names may have changed unnoticed since it was listed, within the grain of its mtime. */
  readonly mustListAgain: boolean;
  /** Looks in a row that failed. */
  readonly failures: number;
}

/** How many folders share the budget of their kind. */
export interface Crowd {
  readonly containers: number;
  readonly warm: number;
}

/** After this long a change of the folder has moved its mtime, whatever the grain of its clock. */
export function listAgainMs(settings: WatchSettings): number {
  return Math.max(2000, settings.attributeAgeMs);
}

/** When to look at a folder again. `random` is from 0 to 1: looks of a sweep are spread. */
export function nextFolderLook(
  folder: FolderActivity,
  crowd: Crowd,
  settings: WatchSettings,
  random: () => number,
): Due {
  const inMs = (waitMs: number, urgency: Urgency): Due => ({ dueMs: folder.lookedMs + waitMs, urgency });
  if (folder.failures > 0) {
    const waitMs = Math.min(settings.coldIntervalMs, settings.hotMinMs * 2 ** folder.failures);
    return inMs(waitMs, 'warm');
  }
  if (folder.mustListAgain) return inMs(listAgainMs(settings), 'warm');
  // However many folders there are of a kind, their looks together cost little.
  const share = (intervalMs: number, count: number, eachMs: number): number => Math.max(intervalMs, count * eachMs);
  if (folder.isContainer)
    return inMs(share(settings.rootIntervalMs, crowd.containers, 2000) * (0.95 + 0.1 * random()), 'soon');
  const sweepMs = settings.coldIntervalMs * (0.75 + 0.5 * random());
  if (folder.isBeside)
    return inMs(clamp(folder.stillMs / 4, settings.warmIntervalMs, 24 * settings.coldIntervalMs), 'verify');
  if (folder.stillMs > settings.warmForMs) return inMs(sweepMs, 'sweep');
  const warmMs =
    Math.min(share(settings.warmIntervalMs, crowd.warm, 1000), settings.coldIntervalMs) * (0.9 + 0.2 * random());
  if (folder.hasLogs) return inMs(warmMs, 'warm');
  // A new folder gets its log soon or never.
  return inMs(clamp(folder.stillMs / 4, settings.hotMinMs, warmMs), 'warm');
}

/** When to look next at a log that is not parsed: sooner the shorter ago it grew, and exactly when a verdict may fall. */
export function nextLookMs(log: WatchedLog, settings: FinishSettings): number {
  if (log.state === 'parse_failed') return Math.max(log.retryMs, log.lookedMs + settings.hotMinMs);
  const stillMs = log.lookedMs - log.sinceMs;
  const usualMs = log.lookedMs + clamp(stillMs / 4, settings.hotMinMs, settings.hotMaxMs);
  const never = Number.NEGATIVE_INFINITY;
  const verdicts = [
    log.sinceMs + settings.settleMs,
    log.sinceMs + quietTimeMs(log, settings),
    (log.marker?.sinceMs ?? never) + settings.settleMs,
    (log.job?.sinceMs ?? never) + settings.settleMs,
  ];
  return Math.min(usualMs, ...verdicts.filter((atMs) => atMs > log.lookedMs));
}

/**
 * How long to wait before a parsed log is looked at to see whether it still is the same: that is done 10 minutes, an hour
 * and a day after it was parsed, then weekly. Negative where it is overdue.
 */
export function nextVerifyMs(sinceParsedMs: number, sinceVerifiedMs: number, random: () => number): number {
  const stage = verifyStagesMs.find((ms) => ms > sinceParsedMs - sinceVerifiedMs);
  if (stage !== undefined) return stage - sinceParsedMs;
  return weekMs * (0.75 + 0.5 * random()) - sinceVerifiedMs;
}

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
const verifyStagesMs = [hourMs / 6, hourMs, 24 * hourMs];

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), Math.max(min, max));
}
