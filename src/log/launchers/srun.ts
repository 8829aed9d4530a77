/**
 * `srun --label`: whole lines with the task's number in front, cut after 1,024 bytes (SLURM_IO_MAX_MSG_LEN in slurm
 * src/common/io_hdr.h). With --unbuffered whatever slurmstepd reads at once, at most as much, becomes labelled lines, with a
 * newline added behind the last of them where it has none (src/common/write_labelled_message.c): which newlines are a
 * task's own must be found out.
 */
import type { PieceTaker, Stream } from '../unweave.js';
import { type Block, newline, type Splitter } from './splitter.js';
import {
  carriageReturn,
  cutBytes,
  endsBlock,
  lineShape,
  lineStart,
  numberOf,
  overwrites,
  type SrunManner,
  srunLabel,
} from './srun-manner.js';

const labelBytes = 24;
/** So much of a line is looked at to tell how it goes on. */
const shownBytes = 400;
/** A program that does not flush writes a multiple of this at once; slurmstepd's ring buffer holds a byte less. */
const bufferBytes = 4096;
const cutWord = 'srun --unbuffered may have cut this line in a figure';

/** A task's line whose newline may be srun's own. */
interface Open {
  /** Bytes of its last piece. */
  readonly length: number;
  /** What it shows so far, behind its last carriage return (latin1). */
  readonly text: string;
  /** Its last piece overwrote what stood before. */
  readonly isBar: boolean;
  /** What slurmstepd read at once may have been full with this piece. */
  readonly isBlockEnd: boolean;
}

export function srunSplitter({ isUnbuffered, isWordwise }: SrunManner): (unweaver: PieceTaker) => Splitter {
  const pattern = new RegExp(srunLabel.source, 'y');
  return (unweaver) => {
    const launcher = unweaver.stream(null, 'launcher');
    const open = new Map<Stream, Open>();
    /** What lines of tasks begin with, and what whole ones look like. */
    const starts = new Set<string>();
    const shapes = new Set<string>();
    /** Tasks whose next piece surely begins a line. */
    const fresh = new Map<Stream, boolean>();
    /** Bytes that tasks wrote so far, as far as can be known. */
    const totals = new Map<Stream, number>();
    /** Lengths of the lines that the present task printed since another one did, each with its newline. */
    let lengths: number[] = [];
    let present: Stream = launcher;

    const split = ({ bytes, from, to, final, locate }: Block): number => {
      unweaver.open(bytes, locate);
      let position = from;
      for (;;) {
        const at = bytes.indexOf(newline, position);
        const isEnded = at >= 0 && at < to;
        if (!isEnded && (!final || position >= to)) break;
        const end = isEnded ? at : to;
        pattern.lastIndex = 0;
        const match = pattern.exec(bytes.toString('latin1', position, Math.min(end, position + labelBytes)));
        if (match) takePiece(bytes, position + match[0].length, end, numberOf(match[0]), isEnded);
        else takeOther(position, end, isEnded);
        position = isEnded ? end + 1 : end;
      }
      // Behind the last piece of a task, unless it was a full one, nothing more is to come.
      if (final) for (const [stream, { length }] of open) if (length !== cutBytes) unweaver.endLine(stream);
      return position;
    };

    const takeOther = (from: number, to: number, isEnded: boolean): void => {
      unweaver.append(launcher, from, to);
      if (isEnded) unweaver.endLine(launcher);
      present = launcher;
      lengths = [];
    };

    const takePiece = (bytes: Buffer, from: number, to: number, rank: number, isEnded: boolean): void => {
      const stream = unweaver.stream(rank, 'stdout');
      if (stream !== present) lengths = [];
      present = stream;
      const before = open.get(stream);
      if (!isUnbuffered && before && isOther(before, bytes.toString('latin1', from, Math.min(to, from + cutBytes)))) {
        // A task's two streams have one label.
        const other = unweaver.stream(rank, 'stderr');
        unweaver.append(other, from, to);
        unweaver.endLine(other);
        return;
      }
      open.delete(stream);
      const piece = isUnbuffered ? bytes.toString('latin1', from, Math.min(to, from + shownBytes)) : '';
      const isJoined = before !== undefined && goesOn(stream, before, piece);
      const length = to - from;
      const total = (totals.get(stream) ?? 0) + length + (isJoined || !before ? 0 : 1);
      if (before && !isJoined) unweaver.endLine(stream);
      else if (before && before.length !== cutBytes) unweaver.join(stream);
      else if (isUnbuffered && !before && fresh.get(stream) !== false) starts.add(lineStart(piece));
      unweaver.append(stream, from, to);
      fresh.set(stream, from === to);
      totals.set(stream, total);
      if (!isEnded) return;
      if (length === cutBytes || (isUnbuffered && length > 0)) {
        const tail = bytes.toString('latin1', Math.max(from, to - shownBytes), to);
        const shown = isJoined && !tail.includes('\r') ? (before.text + tail).slice(-shownBytes) : tail;
        const text = shown.slice(shown.lastIndexOf('\r') + 1);
        open.set(stream, {
          length,
          text,
          isBar: tail.includes('\r'),
          isBlockEnd: endsBlock(lengths, length) || endsBuffer(total),
        });
      } else if (length > 0 || isJoined || !before) {
        unweaver.endLine(stream);
        totals.set(stream, total + 1);
      }
      // No block has more lines than bytes.
      if (lengths.length >= 2 * cutBytes) lengths = lengths.slice(-cutBytes);
      lengths.push(length + 1);
    };

    /** Whether the open line of a task goes on in its next piece. */
    const goesOn = (stream: Stream, before: Open, piece: string): boolean => {
      if (before.length === cutBytes || before.text.endsWith('\b')) return true;
      if (piece.startsWith('\b')) return overwrites(piece, before.text);
      if (piece.charCodeAt(0) === carriageReturn) return false;
      const words = stream.rank !== null && isWordwise(stream.rank);
      const shape = lineShape(before.text);
      const start = lineStart(piece);
      if (piece === '' || (starts.has(start) && /[A-Za-z]|\S.{3}|.\S../.test(start))) {
        shapes.add(shape);
        return false;
      }
      const isWhole = shapes.has(shape);
      if (before.isBlockEnd && /\w$/.test(before.text) && /^\w/.test(piece)) {
        if (isWhole) unweaver.doubt(stream, cutWord);
        return true;
      }
      // Lines seldom end, or begin, with such characters.
      const isCut =
        /(?:^|[\t,:=([{|/<] ?)$/.test(before.text) ||
        // Bars are filled up with blanks.
        (words && / $/.test(before.text) && !(/ - .* {2}$/.test(before.text) && /^[A-Z]/.test(piece))) ||
        /^[,;:)\]}|/%=.]/.test(piece) ||
        // A bar's figures; with verbose=2 some generations of Keras begin a line so, behind the header.
        (piece.startsWith(' - ') && !/^Epoch \d+\/\d+$/.test(before.text));
      if (!isWhole && (isCut || before.isBlockEnd || (words && piece.startsWith(' ')))) return true;
      starts.add(start);
      return false;
    };

    return { split };
  };
}

/**
 * Whether a line cannot be the rest of one that was cut: not the rest of the character in which it was cut, or, behind a bar,
 * a logger's line.
 */
function isOther({ text, length, isBar }: Open, line: string): boolean {
  if (length !== cutBytes || line.length >= cutBytes) return false;
  const isInCharacter = /(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$/.test(text);
  return (isInCharacter && !/^[\x80-\xbf]/.test(line)) || (isBar && /^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/.test(line));
}

function endsBuffer(total: number): boolean {
  return total % bufferBytes === 0 || total % (bufferBytes - 1) === 0;
}
