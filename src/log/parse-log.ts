/** bytes → Run: the only place where reading, unweaving, dialects and folding meet. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { LauncherName, Run } from '../experiment.js';
import { detectDialect, isBinary } from './detect.js';
import { dialects } from './dialects/index.js';
import { shippedDialects } from './dialects/shipped.js';
import type { Dialect } from './event.js';
import { binaryRun } from './finish.js';
import { customLauncher, detectLauncher, type Launcher, launcherNamed } from './launchers/index.js';
import type { Splitter } from './launchers/splitter.js';
import { LogFold, type Observe } from './log-fold.js';
import { Unweaver } from './unweave.js';
import { detectWrapper, dropMarks, offsetByMarks, type Unwrapper } from './unwrap.js';

export interface ParseOptions {
  /** Forces the launcher instead of detecting it. */
  readonly launcher?: LauncherName;
  /** Prefix of a program's own at the start of a line, as a regular expression in RE2's syntax with a group `rank`. */
  readonly rankPrefix?: string;
  /** Whose log this is when it has no tags; 0 where absent. */
  readonly rank?: number;
  /** Dialects of the user's, tried before the built-in ones. */
  readonly dialects?: readonly Dialect[];
  /** Keep at most this many points within each epoch of each rank; absent: none. */
  readonly maxPoints?: number;
  /** Is told of every line, how it was read; see explain.ts. */
  readonly observe?: Observe;
}

/** A log that is being read, and may be read on when it has grown. */
export interface LogReading {
  /** Bytes read so far. */
  readonly offset: number;
  /** Reads on to the present end of the file, or `maxBytes` further; returns whether the end was reached. Throws the file system's errors. */
  advance(maxBytes?: number): boolean;
  /** What the log says so far. `final`: the log is finished, so that a last line without a newline counts. */
  run(final: boolean): Run;
  close(): void;
}

const blockBytes = 1024 * 1024;
/** The launcher and the dialect are told from this much of the log, or from the first part of this size that tells. */
const headBytes = 256 * 1024;
/** So far ahead a rank is looked for whose tag first stands inside a line. */
const aheadBytes = 4 * 1024 * 1024;

/** Reads a whole log. Throws the file system's errors (`ENOENT`, `EACCES`, `EIO` …); anything in the log is a value of the run. */
export function parseLog(path: string | Buffer, options: ParseOptions = {}): Run {
  const reading = openLog(path, options);
  try {
    reading.advance();
    return reading.run(true);
  } finally {
    reading.close();
  }
}

/** Opens a log for reading, now and again as it grows. */
export function openLog(path: string | Buffer, options: ParseOptions = {}): LogReading {
  const fd = openSync(path, 'r');
  let state = begin(fd, options, false);
  return {
    get offset() {
      return state.read;
    },
    advance(maxBytes = Number.POSITIVE_INFINITY) {
      if (!state.isSettled) {
        // What a short head seemed to be, a longer one may deny: then all is read anew.
        const again = begin(fd, options, state.isMixed);
        const isSame = again.launcher.name === state.launcher.name && again.launcher.manner === state.launcher.manner;
        if (!isSame || again.dialect !== state.dialect) state = again;
        else state.isSettled = again.isSettled;
      }
      return readOn(state, maxBytes);
    },
    run(final) {
      if (state.isBinary) return binaryRun(state.read);
      if (final) readLast(state);
      if (state.fold.looksMixed && !state.isMixed) {
        const { read } = state;
        state = begin(fd, options, true);
        readOn(state, read);
        if (final) readLast(state);
      }
      return state.fold.run(state.unweaver, state.read);
    },
    close() {
      closeSync(fd);
    },
  };
}

interface State {
  readonly fd: number;
  readonly launcher: Launcher;
  readonly dialect: Dialect | undefined;
  readonly isMixed: boolean;
  readonly isBinary: boolean;
  /** More bytes will not change what launcher and dialect are. */
  isSettled: boolean;
  readonly unweaver: Unweaver;
  readonly splitter: Splitter;
  readonly fold: LogFold;
  /** Present where the log has a layer around it; then `marks` are pairs: position in the block, byte offset in the log. */
  readonly unwrapper: Unwrapper | undefined;
  marks: number[];
  block: Buffer;
  /** block[0, kept) is read, but not yet split. */
  kept: number;
  /** Bytes of the log read. */
  read: number;
}

function begin(fd: number, options: ParseOptions, isMixed: boolean): State {
  const head = readPart(fd, 0, headBytes);
  const wrapper = detectWrapper(head.toString('latin1'));
  const inside = wrapper ? wrapper().feed(head, 0, true).bytes : head;
  const text = inside.toString('latin1');
  const launcher = options.rankPrefix
    ? customLauncher(options.rankPrefix)
    : options.launcher
      ? launcherNamed(options.launcher, text, options.rank)
      : detectLauncher(text, options.rank);
  const candidates = [...(options.dialects ?? []), ...dialects, ...shippedDialects()];
  // A tag may stand in the midst of what tells a dialect.
  const untagged = launcher.anywhere ? text.replace(launcher.anywhere, '') : text;
  const { dialect, isWhole } = findDialect(fd, untagged, head.length === headBytes, candidates);
  const fold = new LogFold({
    launcher,
    dialect,
    isMixed,
    maxPoints: options.maxPoints ?? null,
    ...(options.observe ? { observe: options.observe } : {}),
  });
  const unweaver = new Unweaver({
    updates: options.maxPoints === undefined ? (dialect?.updates ?? 'last') : 'all',
    onLine: (stream, line) => fold.line(stream, line),
    onPart: (stream, line) => fold.part(stream, line),
    onCut: () => fold.cut(),
  });
  return {
    fd,
    launcher,
    dialect,
    isMixed,
    isBinary: isBinary(head),
    isSettled: isWhole && head.length === headBytes,
    unweaver,
    splitter: launcher.splitter(unweaver, (offset) => {
      const bytes = readPart(fd, offset, aheadBytes);
      const inside = wrapper ? wrapper().feed(bytes, offset, true).bytes : bytes;
      return { bytes: inside, isWhole: bytes.length === aheadBytes };
    }),
    fold,
    unwrapper: wrapper?.(),
    marks: [],
    block: Buffer.allocUnsafe(2 * blockBytes),
    kept: 0,
    read: 0,
  };
}

/** The dialect of the first part of the log that shows one; `isWhole`: that part will not change any more. */
function findDialect(
  fd: number,
  head: string,
  isHeadWhole: boolean,
  candidates: readonly Dialect[],
): { dialect: Dialect | undefined; isWhole: boolean } {
  let part = head;
  let isWhole = isHeadWhole;
  for (let at = 0; ; ) {
    const dialect = detectDialect(part, candidates);
    if (dialect || !isWhole) return { dialect, isWhole };
    at += headBytes;
    part = readPart(fd, at, headBytes).toString('latin1');
    isWhole = part.length === headBytes;
  }
}

/** Reads at most `maxBytes` further; returns whether the present end of the log was reached. */
function readOn(state: State, maxBytes: number): boolean {
  for (let left = maxBytes; left > 0; ) {
    makeRoom(state, blockBytes);
    const count = readSync(state.fd, state.block, state.kept, Math.min(blockBytes, left), state.read);
    if (count === 0) return true;
    state.read += count;
    left -= count;
    split(state, state.unwrapper ? unwrap(state, count, false) : state.kept + count, false);
  }
  return false;
}

function makeRoom(state: State, bytes: number): void {
  if (state.block.length - state.kept >= bytes) return;
  state.block = Buffer.concat([state.block.subarray(0, state.kept)], state.kept + 2 * bytes);
}

/** Puts what the last `count` bytes read hold in their place; returns the block's new end. */
function unwrap(state: State, count: number, final: boolean): number {
  const raw = state.block.subarray(state.kept, state.kept + count);
  const inside = state.unwrapper?.feed(raw, state.read - count, final) ?? { bytes: raw, marks: [] };
  makeRoom(state, inside.bytes.length);
  inside.bytes.copy(state.block, state.kept);
  for (let i = 0; i < inside.marks.length; i += 2)
    state.marks.push(state.kept + (inside.marks[i] as number), inside.marks[i + 1] as number);
  return state.kept + inside.bytes.length;
}

function split(state: State, to: number, final: boolean): void {
  if (state.isBinary) return;
  const { block, splitter, unweaver, marks } = state;
  const base = state.read - to;
  const locate = state.unwrapper
    ? (position: number) => offsetByMarks(marks, position)
    : (position: number) => base + position;
  if (state.unwrapper) unweaver.bend(marks);
  const done = splitter.split({ bytes: block, from: 0, to, locate, final });
  unweaver.stash();
  block.copyWithin(0, done, to);
  state.kept = to - done;
  state.marks = dropMarks(marks, done);
}

/** Splits what was kept back, and ends the lines that the log leaves open. */
function readLast(state: State): void {
  split(state, state.unwrapper ? unwrap(state, 0, true) : state.kept, true);
  state.unweaver.unfinished((stream, line) => state.fold.line(stream, line));
  state.unweaver.drop();
}

function readPart(fd: number, offset: number, length: number): Buffer {
  const part = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, part, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return part.subarray(0, filled);
}
