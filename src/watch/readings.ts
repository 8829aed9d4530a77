/** Hands out the logs that wait for a reading, and takes in what readings found. */

import type { LogState } from '../experiment.js';
import { type Evidence, type ReadingWish, readingWish } from './evidence.js';
import { type LogReading, readingBegun, readingDone, readingFailed } from './finished.js';
import { agendaKey, type Known, type KnownLog, type Problem } from './known.js';
import { jobIdInName } from './layout.js';
import { indexSize } from './registry.js';
import { scheduleLog } from './schedule.js';

export interface ReadOrder {
  /** The experiment's key. */
  readonly path: string;
  /** What to open, relative to the root: the path, or what it leads to where it is a link. */
  readonly file: string;
  readonly name: string;
  /** `final`: the run is over, as far as can be told. `progress`: it may well go on. */
  readonly purpose: ReadingWish['purpose'];
  /** What says that the log is finished; null for `progress`. `silence` alone means that the run stalled, unless the log says more. */
  readonly because: Evidence | null;
  /** What the last reading saw: a reading may go on from there where that part of the log is still the same. */
  readonly previous: { readonly sizeBytes: number; readonly fingerprint: string } | null;
}

export type ReadOutcome =
  | (LogReading & {
      readonly ino: number;
      readonly jobId: string | null;
      /** What the reading took, without the start of the child that did it. */
      readonly tookMs: number;
    })
  | {
      /** The log could not be opened, or is none: a status. null where our own work failed. */
      readonly problem: Problem | null;
      /** It is no use to try again before the log changes. */
      readonly isHopeless: boolean;
    };

/** What became of the reading. */
export interface Verdict {
  /** The experiment's key now: it may have been renamed meanwhile. */
  readonly path: string;
  /** `parsed`: the reading is for good; `growing` and the like: a look at something that goes on. */
  readonly logState: LogState;
  readonly revision: number;
  /** The job that writes the log, as far as its name, its text or the queue tells. */
  readonly jobId: string | null;
}

/** The next log to read: finished ones first, newest first. undefined where none waits. */
export function takeReading(known: Known): ReadOrder | undefined {
  let best: { log: KnownLog; wish: ReadingWish } | undefined;
  for (const log of known.wishes) {
    const wish = readingWish(log.watch, known.clock.nowMs(), known.settings);
    if (wish !== null && (best === undefined || comesBefore({ log, wish }, best))) best = { log, wish };
  }
  if (best === undefined) return undefined;
  const { log, wish } = best;
  known.wishes.delete(log);
  log.reading = { purpose: wish.purpose, startedMs: known.clock.nowMs() };
  log.watch = readingBegun(log.watch, wish);
  known.changed.logs.add(log);
  const { read } = log.watch;
  return {
    path: log.path,
    file: log.target ?? log.path,
    name: log.name,
    purpose: wish.purpose,
    because: wish.purpose === 'final' ? wish.because : null,
    previous: read && { sizeBytes: read.sizeBytes, fingerprint: read.fingerprint },
  };
}

/** Takes in what the reading of an order found; undefined where nobody waits for it any more. */
export function finishReading(known: Known, orderPath: string, outcome: ReadOutcome): Verdict | undefined {
  const log = known.movedWhileRead.get(orderPath) ?? known.logs.get(orderPath);
  known.movedWhileRead.delete(orderPath);
  if (log?.reading === null || log === undefined) return undefined;
  const { purpose, startedMs } = log.reading;
  const nowMs = known.clock.nowMs();
  log.reading = null;
  if ('problem' in outcome) {
    log.watch = readingFailed(log.watch, nowMs, outcome.isHopeless);
    log.problem = outcome.problem;
  } else {
    const sinceMs = log.watch.sinceMs;
    log.watch = readingDone(log.watch, purpose, outcome, { startedMs: nowMs - outcome.tookMs, nowMs }, known.settings);
    log.problem = null;
    log.ino = outcome.ino;
    learnJob(log, outcome.jobId);
    indexSize(known, log, outcome.sizeBytes);
    if (log.watch.state === 'parsed') {
      log.parsedWallMs = known.clock.wallMs();
      log.isRacy = startedMs - sinceMs < racyMs;
    }
  }
  known.changed.logs.add(log);
  known.agenda.delete(agendaKey('log', log.path));
  scheduleLog(known, log);
  return { path: log.path, logState: log.watch.state, revision: log.watch.revision, jobId: log.job?.id ?? null };
}

/** The number in a log's text tells its job better than the queue does, and worse than the number in its name. */
function learnJob(log: KnownLog, jobId: string | null): void {
  if (jobId === null || jobId === log.job?.id || jobIdInName(log.path) !== undefined) return;
  log.job = { id: jobId, wasSeen: false };
}

/** Within this time a second write can leave size and mtime as they are. */
const racyMs = 2000;

function comesBefore(a: { log: KnownLog; wish: ReadingWish }, b: { log: KnownLog; wish: ReadingWish }): boolean {
  if (a.wish.purpose !== b.wish.purpose) return a.wish.purpose === 'final';
  return a.log.watch.mtimeMs > b.log.watch.mtimeMs;
}
