/** What of the watcher's knowledge outlives the process: what to store, and how knowledge begins from what was stored. */

import type { LogState } from '../experiment.js';
import { firstLook, type LogReading } from './finished.js';
import {
  agendaKey,
  folderOf,
  type HealthFlag,
  type Known,
  type KnownFolder,
  type KnownLog,
  type Problem,
  withValue,
} from './known.js';
import { parentOf } from './layout.js';
import { fileLog } from './registry.js';
import { scheduleLog } from './schedule.js';

export interface LogRecord {
  /** The experiment's key. */
  readonly path: string;
  /** What to call the experiment. */
  readonly name: string;
  readonly state: LogState;
  readonly revision: number;
  readonly fingerprint: string | null;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly target: string | null;
  readonly longestPauseMs: number;
  readonly failures: number;
  /** When to read it again after failures, ms since 1970; null where only a change of the log can help. */
  readonly retryWallMs: number | null;
  /** A status that does not come from reading the log; null where there is none (any longer). */
  readonly problem: Problem | null;
  /** Since when it cannot be found, ms since 1970; null where it can, or is gone. */
  readonly missingWallMs: number | null;
  readonly parsedWallMs: number | null;
  readonly verifiedWallMs: number | null;
  readonly isRacy: boolean;
  readonly job: KnownLog['job'];
  readonly copyOf: string | null;
  /** The last reading, of any purpose. */
  readonly read: LogReading | null;
}

export interface FolderRecord {
  readonly path: string;
  /** null where the folder must be listed again. */
  readonly mtimeMs: number | null;
  /** About when it last changed, ms since 1970. */
  readonly activeWallMs: number;
}

/** What happened since the changes were last taken. Stored in one transaction, it makes a restart free of rework. */
export interface WatchChanges {
  readonly logs: readonly LogRecord[];
  readonly folders: readonly FolderRecord[];
  readonly droppedFolders: readonly string[];
  /** The same experiment under another path: to be applied before `logs`. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly hasMarker: boolean;
  /** A sentence each, or null where the trouble is over. */
  readonly health: ReadonlyMap<HealthFlag, string | null>;
}

/** Whether anything changed since the changes were last taken. */
export function hasChanges({ changed }: Known): boolean {
  const { logs, folders, droppedFolders, renamed, health } = changed;
  return logs.size + folders.size + droppedFolders.size + renamed.length + health.size > 0;
}

/** Takes changes since the last time, as many as are stored at one go; undefined where there are none (any more). */
export function takeChanges(known: Known): WatchChanges | undefined {
  if (!hasChanges(known)) return undefined;
  const { changed } = known;
  const renamed = changed.renamed.splice(0);
  // What a log is called now is stored together with what is known of it.
  const moved = renamed.flatMap(({ to }) => known.logs.get(to) ?? []).filter((log) => changed.logs.delete(log));
  const changes = {
    renamed,
    logs: [...moved, ...takeSome(changed.logs)].map((log) => logRecord(known, log)),
    // A folder that is stored as listed must not be ahead of the logs in it.
    folders: (changed.logs.size > 0 ? [] : takeSome(changed.folders)).map((folder) => folderRecord(known, folder)),
    droppedFolders: takeSome(changed.droppedFolders),
    hasMarker: known.root.marker !== 'never made',
    health: new Map(changed.health),
  };
  changed.health.clear();
  return changes;
}

/** Takes the names of outputs in folders that were listed since the last time, by folder. */
export function takeListed(known: Known): ReadonlyMap<string, readonly string[]> {
  const listed = new Map(known.listed);
  known.listed.clear();
  return listed;
}

/** Of each kind; storing them takes some 10 ms. */
const mostChanges = 250;

function takeSome<Value>(set: Set<Value>): Value[] {
  const taken: Value[] = [];
  for (const value of set) {
    if (taken.push(value) === mostChanges) break;
  }
  for (const value of taken) set.delete(value);
  return taken;
}

/**
 * Adds what was stored to what is known: finished logs are as they were, all others are looked at anew. To be called before
 * anything is looked at; a part of it at a time will do.
 */
export function revive(known: Known, logs: Iterable<LogRecord>, folders: Iterable<FolderRecord>): void {
  for (const record of folders) reviveFolder(known, record);
  for (const record of logs) reviveLog(known, record);
  for (const part of [known.changed.logs, known.changed.folders]) part.clear();
}

function logRecord(known: Known, log: KnownLog): LogRecord {
  const { watch } = log;
  const waitMs = watch.retryMs - known.clock.nowMs();
  let read: LogReading | null = null;
  if (watch.read !== null) {
    const { atMs, tookMs, ...reading } = watch.read;
    read = reading;
  }
  return {
    path: log.path,
    name: log.name,
    state: watch.state,
    revision: watch.revision,
    fingerprint: watch.fingerprint,
    sizeBytes: watch.sizeBytes,
    mtimeMs: watch.mtimeMs,
    ino: log.ino,
    target: log.target,
    longestPauseMs: watch.longestPauseMs,
    failures: watch.failures,
    retryWallMs: Number.isFinite(waitMs) ? known.clock.wallMs() + waitMs : null,
    problem: log.problem,
    missingWallMs: log.missingMs === null ? null : known.clock.wallMs() - (known.clock.nowMs() - log.missingMs),
    parsedWallMs: log.parsedWallMs,
    verifiedWallMs: log.verifiedWallMs,
    isRacy: log.isRacy,
    job: log.job,
    copyOf: log.copyOf,
    read,
  };
}

function folderRecord(known: Known, folder: KnownFolder): FolderRecord {
  const activeWallMs = known.clock.wallMs() - (known.clock.nowMs() - folder.activeMs);
  const mtimeMs = known.awaited.has(folder.path) ? null : folder.mtimeMs;
  return { path: folder.path, mtimeMs, activeWallMs };
}

function reviveFolder(known: Known, record: FolderRecord): void {
  const nowMs = known.clock.nowMs();
  const folder = folderOf(known, record.path);
  folder.mtimeMs = record.mtimeMs;
  folder.seenMtimeMs = record.mtimeMs;
  folder.seenMs = nowMs;
  folder.activeMs = nowMs - Math.max(0, Math.round(known.clock.wallMs() - record.activeWallMs));
  folder.listedMs = nowMs;
  if (record.path !== '') {
    const parent = folderOf(known, parentOf(record.path));
    parent.folders = withValue(parent.folders, record.path.slice(record.path.lastIndexOf('/') + 1));
  }
  known.agenda.set(agendaKey('folder', record.path), nowMs, record.path === '' ? 'now' : 'sweep');
}

/** Field by field: a copy of an object in two steps takes V8 several times the memory. */
function revivedReading(read: LogReading, nowMs: number): KnownLog['watch']['read'] {
  const { sizeBytes, mtimeMs, changedMeanwhile, fingerprint, ended, expectsMore, epochMs } = read;
  return { sizeBytes, mtimeMs, changedMeanwhile, fingerprint, ended, expectsMore, epochMs, atMs: nowMs, tookMs: 0 };
}

function reviveLog(known: Known, record: LogRecord): void {
  const nowMs = known.clock.nowMs();
  const wasParsed = record.state === 'parsed';
  const hasFailed = record.state === 'parse_failed';
  const retryWaitMs =
    record.retryWallMs === null ? Number.POSITIVE_INFINITY : record.retryWallMs - known.clock.wallMs();
  const log: KnownLog = {
    path: record.path,
    name: record.name,
    watch: {
      ...firstLook({ sizeBytes: record.sizeBytes, mtimeMs: record.mtimeMs }, nowMs, known.settings),
      looks: 0,
      state: wasParsed || hasFailed ? record.state : 'growing',
      revision: record.revision,
      // One string for what is nearly always the same: there are many logs.
      fingerprint: record.fingerprint === record.read?.fingerprint ? record.read.fingerprint : record.fingerprint,
      longestPauseMs: record.longestPauseMs,
      failures: record.failures,
      retryMs: hasFailed ? nowMs + retryWaitMs : Number.NEGATIVE_INFINITY,
      read: record.read && revivedReading(record.read, nowMs),
    },
    ino: record.ino,
    indexedBytes: null,
    target: record.target,
    reading: null,
    problem: record.problem,
    missingMs: record.missingWallMs === null ? null : nowMs - Math.max(0, known.clock.wallMs() - record.missingWallMs),
    parsedWallMs: record.parsedWallMs,
    verifiedWallMs: record.verifiedWallMs,
    isRacy: record.isRacy,
    job: record.job,
    copyOf: record.copyOf,
  };
  known.logs.set(log.path, log);
  if (log.problem?.status === 'gone') known.gone += 1;
  if (log.missingMs !== null) known.missing.add(log);
  fileLog(known, log);
  if (log.missingMs === null && (wasParsed || log.problem !== null)) scheduleLog(known, log);
  else known.agenda.set(agendaKey('log', log.path), nowMs, 'hot');
}
