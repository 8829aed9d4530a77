/** A line of one stream as bytes, put together from pieces of a log. */

import { isVisible } from './text-bytes.js';

/** One line as it stood in its stream; it is only valid during the call that it is given to. */
export class RawLine {
  /** Why it cannot be trusted: some of it may be lost, or another rank's. */
  doubt: string | undefined = undefined;
  /** Its bytes are block[from, to): most lines are read without a view of their own. */
  readonly block: Buffer;
  readonly from: number;
  readonly to: number;
  /** Bytes of the line before these that were not kept, for want of interest. */
  readonly dropped: number;
  readonly terminated: boolean;
  /** Triples: position in `bytes`, byte offset in the log, 1 when something else was printed just before. */
  readonly marks: readonly number[];

  constructor(
    block: Buffer,
    from: number,
    to: number,
    how: { readonly dropped: number; readonly terminated: boolean; readonly marks: readonly number[] },
  ) {
    this.block = block;
    this.from = from;
    this.to = to;
    this.dropped = how.dropped;
    this.terminated = how.terminated;
    this.marks = how.marks;
  }

  get bytes(): Buffer {
    return this.block.subarray(this.from, this.to);
  }
}

/** The byte offset in the log of the byte at `position` of a raw line. */
export function offsetOf(line: RawLine, position: number): number {
  let at = 0;
  for (let i = 0; i < line.marks.length && (line.marks[i] as number) <= position; i += 3) at = i;
  return (line.marks[at + 1] ?? 0) + position - (line.marks[at] ?? 0);
}

/** Whether something else was printed inside the bytes from `start` (not before them) to `end` of a raw line. */
export function isSpliced(line: RawLine, start: number, end: number): boolean {
  for (let i = line.marks.length - 3; i >= 0 && (line.marks[i] as number) > start; i -= 3) {
    if (line.marks[i + 2] === 1 && (line.marks[i] as number) < end) return true;
  }
  return false;
}

/** Whether two texts that are not blank, the last and the one that it overwrote, lie whole in these bytes. */
export function hasTwoTexts(bytes: Buffer): boolean {
  return startOfLastTwo(bytes) > 0;
}

/** Where the last but one of the texts that are not blank begins, behind a separator; 0 where there are no two behind one. */
export function startOfLastTwo(bytes: Buffer): number {
  const separatorBefore = separators(bytes);
  let end = bytes.length;
  for (let texts = 0; ; ) {
    end = skipSeparators(bytes, end);
    if (end <= 0) return 0;
    const at = separatorBefore(end);
    if (at < 0) return 0;
    if (isVisible(bytes, at + 1, end)) texts += 1;
    if (texts === 2) return at + 1;
    end = at;
  }
}

/** Steps back over the carriage returns and backspaces that end at `end`. */
export function skipSeparators(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && (bytes[at - 1] === carriageReturn || bytes[at - 1] === backspace)) at -= 1;
  return at;
}

/**
 * Finds the last carriage return or backspace before an end, -1 where there is none. Ends must not grow from call to call: the
 * nearest of each kind is remembered, so that a line with one kind only is not searched to its start for the other every time.
 */
export function separators(bytes: Buffer): (end: number) => number {
  let ofReturn = bytes.length;
  let ofBackspace = bytes.length;
  return (end) => {
    if (end <= 0) return -1;
    if (ofReturn >= end) ofReturn = bytes.lastIndexOf(carriageReturn, end - 1);
    if (ofBackspace >= end) ofBackspace = bytes.lastIndexOf(backspace, end - 1);
    return Math.max(ofReturn, ofBackspace);
  };
}

const carriageReturn = 13;
const backspace = 8;

/** A line without its first bytes. */
export function dropHead(line: RawLine, count: number): RawLine {
  const marks: number[] = [];
  for (let i = 0; i < line.marks.length; i += 3) {
    const position = line.marks[i] as number;
    if (position > count) marks.push(position - count, line.marks[i + 1] as number, line.marks[i + 2] as number);
  }
  if (marks[0] !== 0) marks.unshift(0, offsetOf(line, count), 0);
  const { block, from, to, terminated } = line;
  return new RawLine(block, from + count, to, { dropped: line.dropped + count, terminated, marks });
}
