/** What the watcher knows of a root: its folders, its logs, and what is still open. No I/O; the `see-…` files change it. */

import { type Agenda, createAgenda } from './agenda.js';
import type { WatchedLog } from './finished.js';
import type { Look } from './look.js';
import type { WatchSettings } from './settings.js';

/** The clocks that watching needs. */
export interface WatchClock {
  /** Monotonic, ms. */
  nowMs(): number;
  /** ms since 1970, UTC; only for what must outlive the process. */
  wallMs(): number;
  /** From 0 to 1. */
  random(): number;
}

export interface KnownFolder {
  readonly path: string;
  /** mtime at a listing that can be trusted to be complete; null where the next look must list. */
  mtimeMs: number | null;
  /** The mtime last seen, and when it was first seen. */
  seenMtimeMs: number | null;
  seenMs: number;
  /** About when it last changed; before `seenMs` for what was old when it was found. */
  activeMs: number;
  lookedMs: number | null;
  listedMs: number;
  /** Names in it at the last listing, of whatever kind; -1 before the first. */
  entries: number;
  /** The next three are one shared empty set until something is added: most folders need only the first. */
  logs: ReadonlySet<KnownLog>;
  /** Names of known folders in it. */
  folders: ReadonlySet<string>;
  /** Names that could have been folders and are none. */
  files: ReadonlySet<string>;
  /** Only some of its names were tried so far, to see whether any is a folder. */
  isPartial: boolean;
  /** When its end marker was made, or first seen; null without one. */
  markerMs: number | null;
  /** Experiments lie in folders below it. */
  holdsExperiments: boolean;
  failures: number;
  /** Why it could not be looked at; null where it could. */
  reason: string | null;
}

export interface Problem {
  readonly status: 'empty' | 'unreadable' | 'ignored' | 'gone';
  readonly reason: string;
}

export interface KnownLog {
  path: string;
  /** What to call its experiment. */
  name: string;
  watch: WatchedLog;
  ino: number;
  /** The size under which it stands in `bySize`. */
  indexedBytes: number | null;
  /** Where the path is a link: what it leads to, relative to the root. */
  target: string | null;
  /** The reading that is under way. */
  reading: { readonly purpose: 'progress' | 'final'; readonly startedMs: number } | null;
  problem: Problem | null;
  /** Since when it cannot be found; null where it can. */
  missingMs: number | null;
  /** When it was last parsed and when last verified, ms since 1970. */
  parsedWallMs: number | null;
  verifiedWallMs: number | null;
  /** It was written so shortly before it was read that a later write could hide behind the same mtime. */
  isRacy: boolean;
  /** The scheduler's job that writes it, and whether the scheduler was seen to know it. */
  job: { readonly id: string; readonly wasSeen: boolean } | null;
  /** Another experiment that had the same content when this one was found. */
  copyOf: string | null;
}

export type HealthFlag = 'ROOT_MISSING' | 'ROOT_STALLED' | 'WATCH_LIMITED';

/** A new log that may be a known one under another name. */
export interface Question {
  readonly look: NewLook;
  /** Known logs that it may be, and the sizes at which their fingerprints are known. */
  readonly candidates: readonly { readonly path: string; readonly sizeBytes: number; readonly fingerprint: string }[];
  /** The one whose content it has, once that is clear and only its whereabouts are not. */
  equals: string | null;
}

export interface NewLook {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ageMs?: number;
  readonly ino: number;
  readonly target?: string;
}

export interface RootKnowledge {
  isThere: boolean;
  /** Absolute, links resolved; null until it was looked at. */
  realPath: string | null;
  /** When it was last found to be there. */
  lookedMs: number;
  /** Nothing may be marked as gone. */
  isOutage: boolean;
  marker: 'present' | 'missing' | 'never made';
  /** The user says that what is missing was deleted. */
  acceptsDeletions: boolean;
}

export interface Known {
  /** Those of a network file system until the root's is known. */
  settings: WatchSettings;
  readonly clock: WatchClock;
  readonly root: RootKnowledge;
  readonly agenda: Agenda;
  readonly folders: Map<string, KnownFolder>;
  readonly logs: Map<string, KnownLog>;
  /** By the path of the new log. */
  readonly questions: Map<string, Question>;
  /** Logs that cannot be found and are not yet gone. */
  readonly missing: Set<KnownLog>;
  /** How many logs are gone. */
  gone: number;
  /** Logs that wait for a reading. */
  readonly wishes: Set<KnownLog>;
  /** Logs by the size at their last reading, and by inode: where to look for the former self of a new one. */
  readonly bySize: Map<number, ReadonlySet<KnownLog>>;
  readonly byIno: Map<number, KnownLog>;
  /** Links, by what they lead to. */
  readonly byTarget: Map<string, KnownLog>;
  /** Logs that were renamed while they were read, by the path that the reader knows. */
  readonly movedWhileRead: Map<string, KnownLog>;
  /** Keys of names that a listing found and that were not looked at yet, by folder. */
  readonly awaited: Map<string, Set<string>>;
  /** Outputs in folders whose names were read since this was last asked for, by folder. */
  readonly listed: Map<string, readonly string[]>;
  readonly changed: {
    readonly logs: Set<KnownLog>;
    readonly folders: Set<KnownFolder>;
    readonly droppedFolders: Set<string>;
    readonly renamed: { readonly from: string; readonly to: string }[];
    readonly health: Map<HealthFlag, string | null>;
  };
}

/** Knows nothing yet, but to look at the root; and, with `hadMarker`, that this had its marker. */
export function createKnown(settings: WatchSettings, clock: WatchClock, hadMarker = false): Known {
  const known: Known = {
    settings,
    clock,
    root: {
      isThere: false,
      realPath: null,
      lookedMs: Number.NEGATIVE_INFINITY,
      isOutage: false,
      marker: hadMarker ? 'missing' : 'never made',
      acceptsDeletions: false,
    },
    agenda: createAgenda(),
    folders: new Map(),
    logs: new Map(),
    questions: new Map(),
    missing: new Set(),
    gone: 0,
    wishes: new Set(),
    bySize: new Map(),
    byIno: new Map(),
    byTarget: new Map(),
    movedWhileRead: new Map(),
    awaited: new Map(),
    listed: new Map(),
    changed: { logs: new Set(), folders: new Set(), droppedFolders: new Set(), renamed: [], health: new Map() },
  };
  known.agenda.set(agendaKey('root'), Number.NEGATIVE_INFINITY, 'now');
  return known;
}

/** The key in the agenda of a log or a folder, of the look whether the root is there, or of that for the doorbell. */
export function agendaKey(kind: Exclude<Look['kind'], 'fingerprints'>, path = ''): string {
  // A log's is its path: there are many, and a text of its own for each would cost memory.
  if (kind === 'log') return path;
  return kind === 'folder' ? `${path}/` : `/${kind}`;
}

const nothing: ReadonlySet<never> = new Set();

/** A set with one more value: the same set, unless it was empty. */
export function withValue<Value>(set: ReadonlySet<Value>, value: Value): ReadonlySet<Value> {
  return set instanceof Set && set.size > 0 ? set.add(value) : new Set([value]);
}

/** A set without a value. */
export function withoutValue<Value>(set: ReadonlySet<Value>, value: Value): ReadonlySet<Value> {
  if (set instanceof Set) set.delete(value);
  return set;
}

/** The folder, made known where it was not. */
export function folderOf(known: Known, path: string): KnownFolder {
  let folder = known.folders.get(path);
  if (folder === undefined) {
    folder = {
      path,
      mtimeMs: null,
      seenMtimeMs: null,
      seenMs: 0,
      activeMs: 0,
      lookedMs: null,
      listedMs: Number.NEGATIVE_INFINITY,
      entries: -1,
      logs: nothing,
      folders: nothing,
      files: nothing,
      isPartial: false,
      markerMs: null,
      holdsExperiments: false,
      failures: 0,
      reason: null,
    };
    known.folders.set(path, folder);
  }
  return folder;
}
