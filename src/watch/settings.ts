/** Every number that watching depends on, with its default for a local and for a network file system. */

import type { FileSystem } from './file-system.js';

export interface WatchSettings {
  /** Globs over a file's name; a file that matches none is never looked at. */
  readonly logPatterns: readonly string[];
  /** Names of files whose presence in a folder says that its log is complete. */
  readonly endMarkers: readonly string[];
  /** Folder levels below the root that are searched for logs. */
  readonly depth: number;
  readonly followExternalLinks: boolean;
  /** Users whose logs are read besides one's own and those of the root's owner; `'*'` is everybody. */
  readonly trustOwners: readonly number[] | '*';
  /** Keep a file `.tlw-root` in the root: tells an unmounted root from a purged one, and the file server's time. */
  readonly markRoot: boolean;

  /** How long the size must not change after evidence of the end. */
  readonly settleMs: number;
  /** How long a log without any evidence of its end must be silent. */
  readonly quietMs: number;
  /** The longest that learned quiet times grow to. */
  readonly maxQuietMs: number;
  /** How old the attributes that a look sees may be. */
  readonly attributeAgeMs: number;
  /** Longest time between two readings of a log that grows. */
  readonly progressMs: number;

  readonly rootIntervalMs: number;
  /** The root is listed this often even if its mtime stands still. */
  readonly rootListMs: number;
  readonly hotMinMs: number;
  readonly hotMaxMs: number;
  readonly warmIntervalMs: number;
  readonly coldIntervalMs: number;
  /** A folder with activity in this time is warm. */
  readonly warmForMs: number;
  readonly doorbellIntervalMs: number;
  /** The scheduler is asked no more often than this. */
  readonly queueIntervalMs: number;

  readonly opsPerSecond: number;
  readonly burstOps: number;
  /** Rate of the first scan ever, of a rescan on demand, and of a single pass. */
  readonly sweepOpsPerSecond: number;
  /** Whether events of the local kernel tell of changes. */
  readonly useEvents: boolean;
  /** After this long without an answer the scanning process is replaced. */
  readonly lookTimeoutMs: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The settings for a root on this file system, where the config says nothing else. */
export function defaultSettings(fileSystem: FileSystem): WatchSettings {
  return { ...common, ...(fileSystem.isLocal ? local : remote) };
}

const common = {
  logPatterns: ['*.log', '*.out', '*.o[0-9]*'],
  endMarkers: ['.done', 'DONE', 'tlw.done'],
  depth: 3,
  followExternalLinks: false,
  trustOwners: [],
  markRoot: true,
  maxQuietMs: 6 * hour,
  rootListMs: 15 * minute,
  warmForMs: 7 * 24 * hour,
  warmIntervalMs: 5 * minute,
  coldIntervalMs: hour,
  doorbellIntervalMs: 5 * second,
  queueIntervalMs: minute,
  lookTimeoutMs: 30 * second,
} as const;

const local = {
  settleMs: 5 * second,
  quietMs: 10 * minute,
  attributeAgeMs: second,
  progressMs: 15 * second,
  rootIntervalMs: 5 * second,
  hotMinMs: second,
  hotMaxMs: minute,
  opsPerSecond: 100,
  burstOps: 1000,
  sweepOpsPerSecond: 5000,
  useEvents: true,
} as const;

const remote = {
  settleMs: 65 * second,
  quietMs: 20 * minute,
  attributeAgeMs: minute,
  progressMs: minute,
  rootIntervalMs: minute,
  hotMinMs: 15 * second,
  hotMaxMs: 10 * minute,
  opsPerSecond: 10,
  burstOps: 50,
  sweepOpsPerSecond: 50,
  useEvents: false,
} as const;
