/**
 * Tells a tag that stands inside a line, because a launcher read a rank's chunk up to there, from a program's own `[1] `.
 * Three witnesses: the words before it, what other lines begin with, and how the interrupted line goes on.
 */
import type { PieceTaker, Stream } from '../unweave.js';

const doubtful = 'what stands in this line may be a tag or a text';

/** What looks like a tag inside a line. */
export interface Candidate {
  /** Whose line it stands in, and whose piece it would begin. */
  readonly current: Stream;
  readonly other: Stream;
  /** What the piece at hand has before it, at most 40 bytes, and a few bytes behind it. */
  readonly before: string;
  readonly behind: string;
  /** The piece at hand is the first of its line. */
  readonly isFirstPiece: boolean;
  /** The piece at hand takes back what stood in the line, as a progress bar does. */
  readonly isOverwriting: boolean;
}

export interface InsideTags {
  /** A tag begins a piece of `stream` with `behind`; `begins`: at the start of a line of the log. */
  piece(stream: Stream, behind: string, begins: boolean): void;
  /** What stood here names no rank that there is: the words before it never stand before a tag. */
  text(before: string): void;
  /** Whether a candidate that names a rank is a tag. */
  isTag(candidate: Candidate): boolean;
  /** The line of `stream` ended. */
  ended(stream: Stream): void;
}

/** Remembers what a log's lines begin with. */
export function insideTags(unweaver: PieceTaker): InsideTags {
  const words = new Set<string>();
  /** What lines of ranks begin with. */
  const starts = new Set<string>();
  /** Streams whose line a candidate interrupted that was taken for a tag, and whose piece it became. */
  const interrupted = new Map<Stream, Stream>();
  /** The stream whose next line is doubtful, too. */
  let shaken: Stream | undefined;

  const isStart = (start: string): boolean => starts.has(start) && /^[^\b\r]*(?:[A-Za-z]{2}|0-0-)/.test(start);

  const doubtBoth = (stream: Stream, other: Stream): void => {
    unweaver.doubt(stream, doubtful);
    // A line of its own may be what was taken for text.
    unweaver.doubt(other, doubtful);
  };

  const doubt = (current: Stream, other: Stream): void => {
    doubtBoth(current, other);
    shaken = current;
  };

  return {
    piece(stream, behind, begins) {
      const start = startOf(behind);
      const other = interrupted.get(stream);
      interrupted.delete(stream);
      if (other && isStart(start) && unweaver.isOpen(stream)) {
        // The interrupted line does not go on: what interrupted it was its own text.
        doubtBoth(stream, other);
        unweaver.endLine(stream);
      }
      if (begins && !unweaver.isOpen(stream)) starts.add(start);
    },
    text(before) {
      words.add(wordOf(before));
    },
    isTag({ current, other, before, behind, isFirstPiece, isOverwriting }) {
      if (behind.startsWith('NCCL ') || words.has(wordOf(before))) return false;
      if (figureEnd.test(before) || (isOverwriting && barEnd.test(before))) return true;
      const isLabelled = isFirstPiece && explains.test(before);
      // With a tag, the label's own bracket comes behind it.
      if (current === other) return !isLabelled || !/^\s*\[/.test(behind) || /^ ?\[ *\d+\] ?\[/.test(behind);
      const goesOn = isStart(startOf(behind)) || unweaver.isOpen(other);
      if (isLabelled && !goesOn && /^\s*\[/.test(behind)) {
        // Before another tag it may be one itself, of a chunk of blanks.
        if (/^ ?\[\d+\] /.test(behind)) doubt(current, other);
        return false;
      }
      if (goesOn || !/[:=([,]\s*$/.test(before)) {
        interrupted.set(current, other);
        return true;
      }
      doubt(current, other);
      return false;
    },
    ended(stream) {
      if (shaken === stream) unweaver.doubt(stream, doubtful);
      shaken = undefined;
    },
  };
}

/** `Epoch: [0] [ 10/50]` at the start of a line: a word explains the bracket, and another one follows. */
const explains = /^\s*[A-Za-z][\w ]{0,30}: ?$/;

/** A decimal figure, right behind which no program writes a bracket of its own: the launcher read a chunk up to there. */
const figureEnd = /[ :=]-?\d+\.\d+(?:e[-+]\d\d)?$/;

/** The end of a bar of Keras, filled up with blanks, or of tqdm. */
const barEnd = /\d\.\d+(?:e[-+]\d\d)? +$|(?:it\/s|s\/it)(?:, [^\]]*)?\]$/;

function wordOf(before: string): string {
  return before.slice(-8).replace(/\d+/g, '0');
}

/** The beginning of a line, whatever its numbers are. */
function startOf(behind: string): string {
  return behind
    .replace(/[\n[][\s\S]*$/, '')
    .replace(/\d+/g, '0')
    .slice(0, 4);
}
