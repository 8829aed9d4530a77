/** Reads what is under way, and what has just ended. */

import { readExperiment, type StoredExperiment } from './read-experiment.js';
import type { Store } from './store.js';

/** How many experiments run. */
export function countRunning(store: Store): number {
  const count = store.connection.prepare<[], number>("SELECT count(*) FROM experiments WHERE status = 'running'");
  return count.pluck().get() ?? 0;
}

/** More running experiments than these are not told of: nobody looks at so many at once. */
const mostRunning = 200;

/** The experiments that run, by key, at most so many. */
export function readRunning(store: Store): StoredExperiment[] {
  const keys = store.connection
    .prepare<[number], string>("SELECT key FROM experiments WHERE status = 'running' ORDER BY key LIMIT ?")
    .pluck()
    .all(mostRunning);
  return keys.flatMap((key) => readExperiment(store, key) ?? []);
}

/** An experiment that ended. */
export interface EndedRow {
  readonly name: string;
  readonly status: string;
  readonly changedMs: number;
}

/** Experiments that ended after a moment, ms since 1970, the latest first. */
export function readEnded(store: Store, sinceMs: number, limit: number): EndedRow[] {
  return store.connection
    .prepare<[number, number], EndedRow>(
      `SELECT name, status, log_mtime_ms AS changedMs FROM experiments
       WHERE status <> 'running' AND log_mtime_ms > ? ORDER BY log_mtime_ms DESC LIMIT ?`,
    )
    .all(sinceMs, limit);
}
