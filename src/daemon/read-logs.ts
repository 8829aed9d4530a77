import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment, Status } from '../experiment.js';
import type { ReadOrder, Verdict } from '../watch/readings.js';
import { ChildError } from './child-error.js';
import { mostSlowReadings } from './jobs.js';
import type { MadeOutputs } from './made-outputs.js';
import type { ReadAnswer } from './read-log.js';
import type { Progress } from './reload.js';
import type { Session } from './session.js';

/** A log that was read; `failure` is one sentence where our own work failed. */
export interface ReadExperiment {
  readonly key: string;
  readonly experiment: Experiment | null;
  readonly failure: string | null;
  /** Its files as a job has written them, where they show just this. */
  readonly made?: MadeOutputs;
}

/** The readings of a session that are not over yet. */
export interface Readings {
  /** When each was begun, by `performance.now()`. */
  readonly begun: Map<Promise<void>, number>;
  /** How many are over that nobody was told of. */
  over: number;
  /** Why one failed that could not be blamed on its log; undefined where none did. */
  fault: { readonly error: unknown } | undefined;
}

/** None. */
export function createReadings(): Readings {
  return { begun: new Map(), over: 0, fault: undefined };
}

/** A log that takes longer, for its size or for a disk that does not answer, no longer keeps the others from being read and saved. */
const slowMs = 5000;
/** What is read when the program is to end is waited for so long: until then its children are ended. */
const endMs = 12_000;

/**
 * Reads up to `most` logs that wait for it, several at a time where there are children for it; gives how many readings are over. Those
 * that take long go on: what they find is taken in when they are over, and a later call counts them.
 */
export async function readLogs(
  session: Session,
  most: number,
  progress: Progress,
  isOver: () => boolean,
): Promise<number> {
  const { watcher, readings } = session;
  const startedMs = performance.now();
  for (let begun = 0; ; ) {
    while (begun < most && !isOver() && beginOne(session, progress, isOver)) begun += 1;
    const patienceMs = isOver() ? startedMs + endMs - performance.now() : untilSlowMs(readings);
    if (readings.fault !== undefined || readings.begun.size === 0 || patienceMs <= 0) break;
    await anyOf(readings.begun.keys(), patienceMs);
  }
  const { over, fault } = readings;
  readings.over = 0;
  readings.fault = undefined;
  session.backlog.read(over, performance.now() - startedMs, watcher.waiting());
  if (fault !== undefined) throw fault.error;
  return over;
}

/** Begins with the log that comes next; false where none waits, or as many are read as may be. */
function beginOne(session: Session, progress: Progress, isOver: () => boolean): boolean {
  const { watcher, jobs, readings, news } = session;
  if (freshOf(readings) >= jobs.size || readings.begun.size >= jobs.size + mostSlowReadings) return false;
  const order = watcher.takeReading();
  if (order === undefined) return false;
  const reading = readAndTake(session, order, progress, isOver)
    .catch((error: unknown) => {
      readings.fault ??= { error };
    })
    .finally(() => {
      readings.begun.delete(reading);
      news.tell();
    });
  readings.begun.set(reading, performance.now());
  return true;
}

/** How many are not known to take long. */
function freshOf({ begun }: Readings): number {
  const nowMs = performance.now();
  return [...begun.values()].filter((beganMs) => nowMs - beganMs < slowMs).length;
}

/** ms until all that run are known to take long. */
function untilSlowMs({ begun }: Readings): number {
  return Math.max(...begun.values()) + slowMs - performance.now();
}

/** Until one of them is over, or the time is. */
async function anyOf(readings: Iterable<Promise<void>>, ms: number): Promise<void> {
  const isOver = new AbortController();
  const timer = sleep(ms, undefined, { signal: isOver.signal }).catch(() => undefined);
  await Promise.race([...readings, timer]);
  isOver.abort();
}

/** What it finds is taken in at one go: that a log was read is never saved before what it says. */
async function readAndTake(
  session: Session,
  order: ReadOrder,
  progress: Progress,
  isOver: () => boolean,
): Promise<void> {
  const { watcher, readings, unsaved } = session;
  const answer = await readOne(session, order);
  session.usage.addBytes('sizeBytes' in answer.outcome ? answer.outcome.sizeBytes : 0);
  // Whoever ends the program ends its children: that says nothing of the log.
  if (answer.failure !== null && isOver()) return;
  const verdict = watcher.finishReading(order.path, answer.outcome);
  readings.over += 1;
  progress.onRead(readings.over, watcher.waiting());
  if (verdict === undefined) return;
  const { experiment, failure, made } = answer;
  const saved = experiment && judged(experiment, verdict, answer);
  const isAsMade = saved?.logState === 'parsed' && saved.run.status === experiment?.run.status;
  unsaved.experiments.push({ key: verdict.path, experiment: saved, failure, ...(made && isAsMade && { made }) });
}

async function readOne({ jobs, root, config }: Session, order: ReadOrder): Promise<ReadAnswer> {
  try {
    return await jobs.read(root, order, config);
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const failure = `the reader gave up: ${error.message}`;
    return { outcome: { problem: null, isHopeless: false }, experiment: null, failure };
  }
}

function judged(experiment: Experiment, verdict: Verdict, { outcome }: ReadAnswer): Experiment {
  const { run } = experiment;
  const isOpen = verdict.logState !== 'parsed' && 'ended' in outcome && !outcome.ended;
  const status: Status = isOpen && run.status !== 'empty' ? 'running' : run.status;
  return {
    ...experiment,
    key: verdict.path,
    log: { ...experiment.log, path: verdict.path },
    logState: verdict.logState,
    revision: Math.max(1, verdict.revision),
    run: {
      ...(status === run.status ? run : { ...run, status, reason: null, reasonRank: null }),
      jobId: run.jobId ?? verdict.jobId,
    },
  };
}
