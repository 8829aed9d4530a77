/** bytes → Run: the only place where reading, unweaving, dialects and folding meet. */
import type { LauncherName, Run } from '../experiment.js';
import { binaryRun } from './binary-run.js';
import type { Dialect } from './event.js';
import type { Splitter } from './launchers/splitter.js';
import { LogFold } from './log-fold.js';
import type { Observe } from './read-line.js';
import { isOther, type Recognised, recognise } from './recognise.js';
import { type LogSource, openSource, readPart, type SourceOptions } from './source.js';
import { Unweaver } from './unweave.js';
import { dropMarks, offsetByMarks, type Unwrapper } from './unwrap.js';

export interface ParseOptions extends SourceOptions {
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
  /** Bytes of text read so far. */
  readonly offset: number;
  /** Reads on to the present end of the file, or `maxBytes` further; returns whether the end was reached. Throws the file system's errors. */
  advance(maxBytes?: number): boolean;
  /** What the log says so far. `final`: the log is finished, so that a last line without a newline counts. */
  run(final: boolean): Run;
  close(): void;
}

const blockBytes = 1024 * 1024;
const smallBytes = 16 * 1024;
/** So far ahead a rank is looked for whose tag first stands inside a line. */
const aheadBytes = 4 * 1024 * 1024;

/** Reads a whole log. Throws the file system's errors (`ENOENT`, `EACCES`, `EIO` …), and `UnreadableLog` where the text is packed and cannot be had; anything in the log is a value of the run. */
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
  const source = openSource(path, options);
  let state: State | undefined;
  /** The same bytes once more, as what several ranks wrote without tags: begun when the log looks so, which more of it may deny. */
  let mixed: State | undefined;
  const look = (): State => {
    if (state?.isSettled) return state;
    const now = recognise(source, options);
    if (state && !isOther(state, now)) {
      state.isSettled = now.isSettled;
      return state;
    }
    // What a short head seemed to be, a longer one may deny: then all is read anew.
    mixed = undefined;
    state = begin(source, options, false, now);
    return state;
  };
  return {
    get offset() {
      return state?.read ?? 0;
    },
    advance(maxBytes = Number.POSITIVE_INFINITY) {
      return readOn(look(), maxBytes);
    },
    run(final) {
      const { isBinary, fold, read } = state ?? look();
      if (isBinary) return binaryRun(read);
      let shown = state as State;
      if (final) readLast(shown);
      if (fold.looksMixed) {
        mixed ??= begin(source, options, true, shown);
        readOn(mixed, read - mixed.read);
        if (final) readLast(mixed);
        shown = mixed;
      }
      return withNote(shown.fold.run(shown.unweaver, shown.read, shown.nulBytes), source.note);
    },
    close() {
      source.close();
    },
  };
}

function withNote(run: Run, note: string | null): Run {
  return note === null ? run : { ...run, receipt: { ...run.receipt, notes: [...run.receipt.notes, note] } };
}

interface State extends Recognised {
  readonly source: LogSource;
  readonly isMixed: boolean;
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
  /** How many of them are NUL. */
  nulBytes: number;
}

function begin(source: LogSource, options: ParseOptions, isMixed: boolean, recognised: Recognised): State {
  const { launcher, dialect, layers } = recognised;
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
    ...recognised,
    source,
    isMixed,
    unweaver,
    splitter: launcher.splitter(unweaver, (offset) => {
      const bytes = readPart(source, offset, aheadBytes);
      const inside = layers ? layers.unwrapper().feed(bytes, offset, true).bytes : bytes;
      return { bytes: inside, isWhole: bytes.length === aheadBytes };
    }),
    fold,
    unwrapper: layers?.unwrapper(),
    marks: [],
    block: Buffer.alloc(0),
    kept: 0,
    read: 0,
    nulBytes: 0,
  };
}

/** Reads at most `maxBytes` further; returns whether the present end of the log was reached. */
function readOn(state: State, maxBytes: number): boolean {
  for (let left = maxBytes; left > 0; ) {
    // Nearly all logs are small; a file system may know less of a file's size than it gives.
    const ahead = state.source.sizeBytes() - state.read;
    const most = Math.min(Math.max(ahead, smallBytes), blockBytes, left);
    makeRoom(state, most);
    const count = state.source.read(state.block, state.kept, most, state.read);
    if (count === 0) return true;
    state.read += count;
    state.nulBytes += countNul(state.block.subarray(state.kept, state.kept + count));
    left -= count;
    split(state, state.unwrapper ? unwrap(state, count, false) : state.kept + count, false);
  }
  return false;
}

function countNul(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at)) {
    // They come in runs.
    for (; bytes[at] === 0; at += 1) count += 1;
  }
  return count;
}

function makeRoom(state: State, bytes: number): void {
  if (state.block.length - state.kept >= bytes) return;
  const block = Buffer.allocUnsafe(state.kept + (state.kept === 0 ? bytes : 2 * bytes));
  state.block.copy(block, 0, 0, state.kept);
  state.block = block;
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
