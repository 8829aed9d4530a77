/** What a line writes on a terminal, by a cursor that is moved byte by byte. */
import { isUtf8 } from 'node:buffer';
import type { StreamLine } from './streams.js';

/** What was written between two moves of the cursor to the left, where it is not blank. */
export interface WrittenText {
  readonly text: string;
  readonly offset: number;
  readonly spliced: boolean;
  readonly isBadUtf8: boolean;
}

const backspace = 8;
const carriageReturn = 13;
const escapeCode = 0x1b;

/** All texts of a line, in order. */
export function textsOf(line: StreamLine): WrittenText[] {
  const texts: WrittenText[] = [];
  let start = -1;
  const close = (end: number): void => {
    if (start < 0) return;
    const bytes = Buffer.from(line.bytes.slice(start, end));
    const text = visible(bytes.toString('utf8')).trimEnd();
    if (text.trim() !== '') {
      texts.push({
        text,
        offset: line.offsets[start] as number,
        spliced: line.seams.some((seam) => seam > start && seam < end),
        // What an escape sequence hides does not count.
        isBadUtf8: text.includes('\uFFFD') && !isUtf8(bytes),
      });
    }
    start = -1;
  };
  for (const [at, byte] of line.bytes.entries()) {
    if (byte === backspace || byte === carriageReturn) close(at);
    else if (start < 0) start = at;
  }
  close(line.bytes.length);
  return texts;
}

/** Without NUL and the escape sequences of ECMA-48. */
function visible(text: string): string {
  let seen = '';
  for (let at = 0; at < text.length; at += 1) {
    const length = text.charCodeAt(at) === escapeCode ? escapeLength(text, at) : 0;
    if (length > 0) at += length - 1;
    else if (text[at] !== '\0') seen += text[at];
  }
  return seen;
}

/** Of the escape sequence at `at`; 0 where there is none that is whole. */
function escapeLength(text: string, at: number): number {
  const code = (i: number): number => (i < text.length ? text.charCodeAt(i) : -1);
  const second = code(at + 1);
  if (second === 0x5b) {
    let end = at + 2;
    while (code(end) >= 0x30 && code(end) <= 0x3f) end += 1;
    while (code(end) >= 0x20 && code(end) <= 0x2f) end += 1;
    return code(end) >= 0x40 && code(end) <= 0x7e ? end + 1 - at : 0;
  }
  if (second === 0x5d) {
    let end = at + 2;
    while (code(end) !== -1 && code(end) !== 7 && code(end) !== escapeCode) end += 1;
    if (code(end) === 7) return end + 1 - at;
    return (code(end) === escapeCode && code(end + 1) === 0x5c ? end + 2 : end) - at;
  }
  return second >= 0x40 && second <= 0x5f ? 2 : 0;
}
