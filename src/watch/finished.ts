/**
 * When is a log finished? A pure state machine for one log: what was seen of it goes in, whether to read it comes out.
 *
 * A log is read for good (`final`) once there is evidence of its end and it then stood still for the settle time, or once it
 * was silent for its quiet time; while it grows it is read now and then (`progress`). Every verdict can be taken back: a
 * parsed log that changes is growing again, and its next final reading is a new revision.
 *
 * Times are those of one monotonic clock, ms; a file's mtime is only compared with earlier ones of the same file.
 */

import type { LogState } from '../experiment.js';
import { enoughLooks, evidence, isSame, type ReadingWish } from './evidence.js';
import type { WatchSettings } from './settings.js';

/** What one look at a file saw. */
export interface LogLook {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** How long ago the log was last written, by the file server's clock; undefined where that is not known. */
  readonly ageMs?: number | undefined;
}

/** What a reading found out about the log. */
export interface LogReading extends LogLook {
  /** fstat after the reading gave something else than before it. */
  readonly changedMeanwhile: boolean;
  readonly fingerprint: string;
  /** The log says that its run has ended. */
  readonly ended: boolean;
  /** More is to come, for all that the log says: it does not end, and not all planned epochs are there, or their number is not known. */
  readonly expectsMore: boolean;
  /** Typical time from one epoch to the next, where known. */
  readonly epochMs: number | null;
}

export interface WatchedLog {
  readonly state: LogState;
  /** Of the last final reading; 0 before the first. */
  readonly revision: number;
  /** Of the last final reading. */
  readonly fingerprint: string | null;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** When it first was other than at the last reading. */
  readonly unreadMs: number;
  /** Since when size and mtime are what they are. */
  readonly sinceMs: number;
  /** The last look. */
  readonly lookedMs: number;
  /**
   * Looks that saw the present size and mtime, each further from the one before than attributes may be old; 0 where both
   * are only remembered from before a restart.
   */
  readonly looks: number;
  readonly countedMs: number;
  /** Longest time seen between two growths of one run. */
  readonly longestPauseMs: number;
  /** Since when an end marker is there; null without one. It is stale where the log went on in spite of it. */
  readonly marker: { readonly sinceMs: number; readonly isStale: boolean } | null;
  /** What the scheduler says of the job that writes the log. It is stale where the log went on in spite of the job being gone. */
  readonly job: { readonly isRunning: boolean; readonly sinceMs: number; readonly isStale: boolean } | null;
  /** The last reading that succeeded. */
  readonly read: (LogReading & { readonly atMs: number; readonly tookMs: number }) | null;
  /** Readings in a row that failed, and before when none may be tried. */
  readonly failures: number;
  readonly retryMs: number;
}

export type FinishSettings = Pick<
  WatchSettings,
  'settleMs' | 'quietMs' | 'maxQuietMs' | 'attributeAgeMs' | 'progressMs' | 'hotMinMs' | 'hotMaxMs'
>;

/** A log seen for the first time. Where its age is known it counts as silent for that long. */
export function firstLook(look: LogLook, nowMs: number, settings: FinishSettings): WatchedLog {
  return {
    state: 'new',
    revision: 0,
    fingerprint: null,
    sizeBytes: look.sizeBytes,
    mtimeMs: look.mtimeMs,
    unreadMs: nowMs,
    ...silenceByAge(look, nowMs, settings),
    longestPauseMs: 0,
    marker: null,
    job: null,
    read: null,
    failures: 0,
    retryMs: Number.NEGATIVE_INFINITY,
  };
}

/** The log after one more look. */
export function looked(log: WatchedLog, look: LogLook, nowMs: number, settings: FinishSettings): WatchedLog {
  if (isSame(log, look)) {
    if (log.looks === 0) return { ...log, ...silenceByAge(look, nowMs, settings) };
    const isCounted = nowMs - log.countedMs >= settings.attributeAgeMs;
    return {
      ...log,
      lookedMs: nowMs,
      looks: log.looks + (isCounted ? 1 : 0),
      countedMs: isCounted ? nowMs : log.countedMs,
    };
  }
  return {
    ...log,
    state: 'growing',
    sizeBytes: look.sizeBytes,
    mtimeMs: look.mtimeMs,
    unreadMs: log.read !== null && isSame(log, log.read) ? nowMs : log.unreadMs,
    sinceMs: nowMs,
    lookedMs: nowMs,
    looks: 1,
    countedMs: nowMs,
    longestPauseMs: Math.max(log.longestPauseMs, pauseMs(log, nowMs, settings)),
    marker: log.marker && { ...log.marker, isStale: nowMs - log.marker.sinceMs > settings.settleMs },
    // A job that is said to be gone and still writes is not the one that writes this log.
    job: log.job && { ...log.job, isStale: !log.job.isRunning && nowMs - log.job.sinceMs > settings.settleMs },
    failures: 0,
    retryMs: Number.NEGATIVE_INFINITY,
  };
}

/** The log after a look into its folder, where an end marker lies since `sinceMs`; null without one. */
export function markerSeen(log: WatchedLog, sinceMs: number | null): WatchedLog {
  if (sinceMs === null) return log.marker === null ? log : { ...log, marker: null };
  return log.marker === null ? { ...log, marker: { sinceMs, isStale: false } } : log;
}

/** The log after a word of the scheduler on its job; undefined where it knows of none. */
export function jobSeen(log: WatchedLog, isRunning: boolean | undefined, nowMs: number): WatchedLog {
  if (isRunning === undefined) return log.job === null ? log : { ...log, job: null };
  return log.job?.isRunning === isRunning ? log : { ...log, job: { isRunning, sinceMs: nowMs, isStale: false } };
}

/** The log once a final reading was handed out; after `quiet`, which is the state between the verdict and this. */
export function readingBegun(log: WatchedLog, wish: ReadingWish): WatchedLog {
  return wish.purpose === 'final' ? { ...log, state: 'parsing' } : log;
}

/**
 * The log after a reading that succeeded. It is `parsed` if the log stood still and the reading was for good, or found the
 * end of a log that had settled; else it is growing (again). The revision counts contents, not readings.
 */
export function readingDone(
  log: WatchedLog,
  purpose: ReadingWish['purpose'],
  reading: LogReading,
  times: { readonly startedMs: number; readonly nowMs: number },
  settings: FinishSettings,
): WatchedLog {
  const seen = looked(log, reading, times.nowMs, settings);
  const read = { ...reading, atMs: times.nowMs, tookMs: times.nowMs - times.startedMs };
  const isStill = isSame(log, reading) && !reading.changedMeanwhile;
  const isFinal = isStill && (purpose === 'final' || evidence({ ...seen, read }, settings) !== null);
  if (!isFinal) return { ...seen, read, state: seen.state === 'parsing' ? 'growing' : seen.state };
  const isNewContent = reading.fingerprint !== log.fingerprint;
  return {
    ...seen,
    read,
    state: 'parsed',
    revision: log.revision + (isNewContent ? 1 : 0),
    fingerprint: reading.fingerprint,
    failures: 0,
  };
}

/** The log after a reading that failed: tried again after 1, 5, 15, 60 minutes, then daily; never again where `isHopeless`. */
export function readingFailed(log: WatchedLog, nowMs: number, isHopeless: boolean): WatchedLog {
  const failures = log.failures + 1;
  const retryMs = isHopeless ? Number.POSITIVE_INFINITY : nowMs + retryAfterMs(failures);
  return { ...log, state: 'parse_failed', failures, retryMs };
}

/** Rest after the n-th failure in a row, n from 1. */
export function retryAfterMs(failures: number): number {
  return ([1, 5, 15, 60][failures - 1] ?? 24 * 60) * 60_000;
}

/** The log after a time in which nobody could look (a suspended host, a stopped process): all counting starts anew. */
export function resumed(log: WatchedLog, nowMs: number): WatchedLog {
  return log.state === 'parsed' ? log : { ...log, sinceMs: nowMs, lookedMs: nowMs, countedMs: nowMs, looks: 1 };
}

/** A log whose bytes are no longer the ones that were read, though its size and mtime may be the same. */
export function rewritten(log: WatchedLog, nowMs: number): WatchedLog {
  return { ...log, state: 'growing', sinceMs: nowMs, lookedMs: nowMs, countedMs: nowMs, looks: 1, read: null };
}

function silenceByAge(look: LogLook, nowMs: number, settings: FinishSettings) {
  const ageMs = Math.max(0, look.ageMs ?? 0);
  const looks = ageMs > enoughLooks * settings.attributeAgeMs ? enoughLooks : 1;
  return { sinceMs: nowMs - ageMs, lookedMs: nowMs, countedMs: nowMs, looks };
}

/** The pause that a growth ends; a run after its predecessor's end is not one. */
function pauseMs(log: WatchedLog, nowMs: number, settings: FinishSettings): number {
  const isOneRun = log.state !== 'parsed' || evidence(log, settings) === 'silence';
  const sinceMs = nowMs - log.sinceMs;
  return isOneRun && log.sizeBytes > 0 && sinceMs <= settings.maxQuietMs ? sinceMs : 0;
}
