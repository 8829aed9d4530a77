/** What the watcher is doing, for people. Pure. */

import type { LogState } from '../experiment.js';
import type { FileSystem } from './file-system.js';
import type { Known, Problem } from './known.js';

export interface WatchStatus {
  readonly fileSystem: FileSystem | null;
  readonly folders: number;
  /** Logs by state; those with a problem are counted there instead. */
  readonly logs: Readonly<Record<LogState | Problem['status'], number>>;
  /** Logs that wait for a reading. */
  readonly waiting: number;
  /** Looks that are due and not yet done, as in the first scan, and about how long they take at the steady rate. */
  readonly dueLooks: number;
  readonly dueForMs: number;
  /** Metadata operations of the last hour. */
  readonly opsLastHour: number;
  readonly isOutage: boolean;
  /** Folders that could not be looked at, and why; at most 20. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** Counts what is known. */
export function statusOf(known: Known, fileSystem: FileSystem | null, opsLastHour: number): WatchStatus {
  const dueLooks = known.agenda.countDue(known.clock.nowMs());
  return {
    fileSystem,
    folders: known.folders.size,
    logs: countLogs(known),
    waiting: known.wishes.size,
    dueLooks,
    dueForMs: (dueLooks * 1000) / known.settings.opsPerSecond,
    opsLastHour,
    isOutage: known.root.isOutage,
    unreadable: unreadableFolders(known),
  };
}

function countLogs(known: Known): WatchStatus['logs'] {
  const states = { new: 0, growing: 0, quiet: 0, parsing: 0, parsed: 0, parse_failed: 0 };
  const problems = { empty: 0, unreadable: 0, ignored: 0, gone: 0 };
  for (const { watch, problem } of known.logs.values()) {
    if (problem === null) states[watch.state] += 1;
    else problems[problem.status] += 1;
  }
  return { ...states, ...problems };
}

function unreadableFolders(known: Known): WatchStatus['unreadable'] {
  const unreadable: { path: string; reason: string }[] = [];
  for (const { path, reason } of known.folders.values()) {
    if (reason !== null && unreadable.push({ path, reason }) === 20) break;
  }
  return unreadable;
}
