/** What a line of bytes would show on a terminal. Bytes first, characters last: a launcher may cut a character in two. */
import { isSpliced, offsetOf, type RawLine, separators, skipSeparators } from './raw-line.js';
import { decodeText, isBadUtf8 } from './text-bytes.js';

/** A text of a line, between two carriage returns or runs of backspaces. */
export interface Text {
  readonly text: string;
  /** Byte offset in the log. */
  readonly offset: number;
  readonly spliced: boolean;
}

export interface Repairs {
  /** Texts that were no UTF-8. */
  badUtf8: number;
}

/** The last text of a line that is not blank, and the one that it overwrote; both may be missing. */
export function lastTexts(line: RawLine, repairs: Repairs): { last: Text | undefined; before: Text | undefined } {
  const plain = maybePlain(line);
  if (plain !== undefined) return { last: plain || undefined, before: undefined };
  const { bytes } = line;
  const separatorBefore = separators(bytes);
  let last: Text | undefined;
  for (let end = skipSeparators(bytes, bytes.length); end > 0; ) {
    const start = separatorBefore(end) + 1;
    // What stands before the first separator of a tail may lack its beginning.
    if (start === 0 && line.dropped > 0) break;
    const text = makeText(line, start, end, repairs);
    if (text) {
      if (last) return { last, before: text };
      last = text;
    }
    end = skipSeparators(bytes, start);
  }
  return { last, before: undefined };
}

/** Every text of a line that is not blank, in order. */
export function allTexts(line: RawLine, repairs: Repairs): Text[] {
  const plain = maybePlain(line);
  if (plain !== undefined) return plain ? [plain] : [];
  const { bytes } = line;
  const separatorBefore = separators(bytes);
  const texts: Text[] = [];
  for (let end = skipSeparators(bytes, bytes.length); end > 0; ) {
    const start = separatorBefore(end) + 1;
    const text = makeText(line, start, end, repairs);
    if (text) texts.push(text);
    end = skipSeparators(bytes, start);
  }
  return texts.reverse();
}

const plainBytes = 200;

/** The one text of a short line of printable ASCII, the commonest by far; null where it is blank, undefined for any other line. */
function maybePlain(line: RawLine): Text | null | undefined {
  const { block, from } = line;
  const length = line.to - from;
  if (length > plainBytes || line.dropped > 0) return undefined;
  let to = 0;
  for (let i = 0; i < length; i += 1) {
    const byte = block[from + i] as number;
    if (byte > 126 || (byte < 32 && byte !== 9)) return undefined;
    if (byte > 32) to = i + 1;
  }
  if (to === 0) return null;
  const text = block.toString('latin1', from, from + to);
  return { text, offset: line.marks[1] as number, spliced: line.marks.length > 3 && isSpliced(line, 0, length) };
}

function makeText(line: RawLine, start: number, end: number, repairs: Repairs): Text | undefined {
  if (end <= start) return undefined;
  const bytes = line.block.subarray(line.from + start, line.from + end);
  const text = decodeText(bytes);
  // Blanks at the end are gone already.
  if (text === '') return undefined;
  if (isBadUtf8(bytes, text)) repairs.badUtf8 += 1;
  return { text, offset: offsetOf(line, start), spliced: isSpliced(line, start, end) };
}
