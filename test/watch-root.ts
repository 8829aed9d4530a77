/** A root folder for tests of the watcher: real files, and a clock that only the test moves. */

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { bytesOfPath } from '../src/path-text.js';
import { fileSystemOf } from '../src/watch/file-system.js';
import { identify } from '../src/watch/identity.js';
import { createKnown, type Known } from '../src/watch/known.js';
import type { Look } from '../src/watch/look.js';
import { observe } from '../src/watch/observe.js';
import { finishReading, type ReadOrder, type ReadOutcome, takeReading } from '../src/watch/readings.js';
import { type FolderRecord, type LogRecord, revive, takeChanges, type WatchChanges } from '../src/watch/records.js';
import { createScanner, type FileCalls, realCalls, type Scanner } from '../src/watch/scanner.js';
import { defaultSettings, type WatchSettings } from '../src/watch/settings.js';
import { putBack, takeLooks, wakeMs } from '../src/watch/take-looks.js';
import { troubleOf } from '../src/watch/trouble.js';

export const minute = 60_000;
export const hour = 60 * minute;

export interface TestRootOptions {
  readonly settings?: Partial<WatchSettings>;
  /** Settings of a network file system. */
  readonly isRemote?: boolean;
  readonly calls?: Partial<FileCalls>;
  /** Looks that the scanning process was given, and died before. */
  readonly isLost?: (look: Look) => boolean;
  /** What a reading of an open file finds; by default a log has ended where its last line is `end`. */
  readonly read?: (file: string, order: ReadOrder) => ReadOutcome;
}

export type TestRoot = ReturnType<typeof createTestRoot>;

/** Makes an empty root, removed after the test. */
export function createTestRoot(t: ExecutionContext, options: TestRootOptions = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tlw-watch-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return openTestRoot(folder, options);
}

/** A root in a folder that is there. */
export function openTestRoot(folder: string, options: TestRootOptions = {}) {
  const settings: WatchSettings = {
    ...defaultSettings(fileSystemOf(options.isRemote ? 0x6969 : 0xef53)),
    markRoot: false,
    ...options.settings,
  };
  const time = { nowMs: 1000, wallMs: Date.now() };
  const clock = { nowMs: () => time.nowMs, wallMs: () => time.wallMs, random: () => 0.5 };
  const read = options.read ?? readByLastLine;
  const stored = { logs: new Map<string, LogRecord>(), folders: new Map<string, FolderRecord>(), hadMarker: false };
  const root = {
    folder,
    settings,
    time,
    stored,
    ops: 0,
    /** What was handed out to be read, e.g. `final a/a.log (silence)`. */
    orders: [] as string[],
    changes: [] as WatchChanges[],
    known: knownAgain(),
    /** Lets time pass, with all looks and readings that are due in it. */
    pass(ms: number): void {
      const endMs = time.nowMs + ms;
      for (work(); ; work()) {
        const nextMs = Math.max(time.nowMs + 1, wakeMs(root.known));
        if (nextMs > endMs) break;
        advance(nextMs - time.nowMs);
      }
      advance(endMs - time.nowMs);
    },
    /** Stops the watcher; starts it again with what was stored. */
    restart(downMs = 1000): void {
      advance(downMs);
      scan = newScanner();
      root.known = knownAgain();
    },
    /** Kills the watcher (as by kill -9) when it has looked and read, and before what came of it is stored; starts it again. */
    kill(): void {
      lookAndRead();
      root.restart(0);
    },
    write(path: string, text: string): void {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      stamp(path);
    },
    append(path: string, text: string): void {
      appendFileSync(join(folder, path), text);
      stamp(path);
    },
    /** Gives a file the mtime of the test's clock. */
    stamp,
    /** e.g. `parsed 1` with the revision, or `gone: why`. */
    state(path: string): string {
      const log = root.known.logs.get(path);
      if (log === undefined) return 'unknown';
      return log.problem ? `${log.problem.status}: ${log.problem.reason}` : `${log.watch.state} ${log.watch.revision}`;
    },
  };
  let scan = newScanner();
  return root;

  function newScanner(): Scanner {
    return createScanner(
      { ...settings, root: folder },
      { calls: { ...realCalls, ...options.calls }, nowMs: clock.nowMs },
    );
  }

  function knownAgain(): Known {
    const { logs, folders, hadMarker } = stored;
    const known = createKnown(settings, clock, hadMarker);
    revive(known, logs.values(), folders.values());
    return known;
  }

  function work(): void {
    lookAndRead();
    const changes = takeChanges(root.known);
    if (changes !== undefined) store(changes);
  }

  function lookAndRead(): void {
    lookAll(takeLooks(root.known, Number.POSITIVE_INFINITY));
    for (let order = takeReading(root.known); order !== undefined; order = takeReading(root.known)) {
      root.orders.push(`${order.purpose} ${order.path}${order.because === null ? '' : ` (${order.because})`}`);
      finishReading(root.known, order.path, read(join(folder, order.file), order));
    }
  }

  function lookAll(looks: readonly Look[]): void {
    for (const look of looks) {
      if (options.isLost?.(look)) {
        putBack(root.known, [look]);
        continue;
      }
      const answer = scan(look);
      root.ops += answer.ops;
      lookAll(observe(root.known, look, answer));
    }
  }

  function store(changes: WatchChanges): void {
    root.changes.push(changes);
    for (const { from, to } of changes.renamed) {
      const record = stored.logs.get(from);
      stored.logs.delete(from);
      if (record !== undefined) stored.logs.set(to, record);
    }
    // As through a database.
    for (const log of changes.logs) stored.logs.set(log.path, structuredClone(log));
    for (const path of changes.droppedFolders) stored.folders.delete(path);
    for (const record of changes.folders) stored.folders.set(record.path, structuredClone(record));
    stored.hadMarker = changes.hasMarker;
  }

  function advance(ms: number): void {
    time.nowMs += ms;
    time.wallMs += ms;
  }

  function stamp(path: string): void {
    utimesSync(join(folder, path), time.wallMs / 1000, time.wallMs / 1000);
  }
}

/** Reads a real file as the program does: who it is, before and after, and whether its last line is `end`. */
export function readByLastLine(file: string): ReadOutcome {
  try {
    const { uid, ...log } = identify(file);
    const ended = readFileSync(bytesOfPath(file), 'latin1').endsWith('end\n');
    const changedMeanwhile = identify(file).sizeBytes !== log.sizeBytes;
    return { ...log, changedMeanwhile, ended, expectsMore: false, epochMs: null, jobId: null, tookMs: 0 };
  } catch (error) {
    const { kind, reason } = troubleOf(error);
    const isProblem = kind === 'unreadable' || kind === 'ignored';
    return { problem: isProblem ? { status: kind, reason } : null, isHopeless: false };
  }
}
