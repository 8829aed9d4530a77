/**
 * Puts the pieces of a log, each of which belongs to one stream of one rank, together to lines.
 *
 * Only a newline inside a stream ends one of its lines. A line is mostly progress updates that overwrite each
 * other, so by default only its tail is looked at: from the text that was overwritten last.
 */
import { dropHead, hasTwoTexts, RawLine, startOfLastTwo } from './raw-line.js';
import { keep, newStream, reset, type Stream, type StreamKind } from './stream.js';

export type { Stream, StreamKind } from './stream.js';

/** Stands for what was printed between two pieces that were joined. */
const joint = newStream(null, 'launcher');
/** Enough for the last record of a line and the update before it, in nearly every log. */
const tailBytes = 8 * 1024;
/** A line without a carriage return is kept whole up to this size. */
const lineBytes = 1024 * 1024;

export interface UnweaverOptions {
  /** 'last': give lines by their tails; 'all': give all of a line, long ones part by part. */
  readonly updates: 'last' | 'all';
  readonly onLine: (stream: Stream, line: RawLine) => void;
  /** Only with 'all': the beginning of a line that goes on, cut after a carriage return. */
  readonly onPart?: (stream: Stream, line: RawLine) => void;
  readonly onCut?: (stream: Stream) => void;
}

/** What takes the pieces that a launcher's output is split into. */
export type PieceTaker = Pick<Unweaver, 'stream' | 'open' | 'append' | 'isOpen' | 'join' | 'doubt' | 'endLine'>;

export class Unweaver {
  readonly #streams: Stream[] = [];
  /** By rank and kind, since it is asked for at every tag. */
  readonly #byRank: Readonly<Record<StreamKind, Map<number | null, Stream>>> = {
    stdout: new Map(),
    stderr: new Map(),
    launcher: new Map(),
  };
  readonly #options: UnweaverOptions;
  #block: Buffer = Buffer.alloc(0);
  #locate: (position: number) => number = (position) => position;
  #bends: readonly number[] = [];
  #last: Stream | undefined;
  #scratch = Buffer.allocUnsafe(2 * tailBytes);

  constructor(options: UnweaverOptions) {
    this.#options = options;
  }

  /** The stream of that name, made when first asked for. */
  stream(rank: number | null, kind: StreamKind): Stream {
    let stream = this.#byRank[kind].get(rank);
    if (!stream) {
      stream = newStream(rank, kind);
      this.#byRank[kind].set(rank, stream);
      this.#streams.push(stream);
    }
    return stream;
  }

  /** From now on pieces are positions in `block`; `locate` gives a position's byte offset in the log. */
  open(block: Buffer, locate: (position: number) => number): void {
    this.#block = block;
    this.#locate = locate;
  }

  /** Pairs, a position in the blocks to come and its offset: there, offsets do not go on as positions do. */
  bend(pairs: readonly number[]): void {
    this.#bends = pairs;
  }

  /** block[start, end) belongs to the unfinished line of `stream`; it holds no newline. */
  append(stream: Stream, start: number, end: number): void {
    if (end <= start) return;
    const interrupted = this.#last !== stream && this.#last !== undefined ? 1 : 0;
    this.#last = stream;
    if (this.#bends.length === 0) stream.pieces.push(start, end, interrupted);
    else this.#appendBent(stream, start, end, interrupted);
  }

  /** A piece with a part of its own for every place at which offsets bend. */
  #appendBent(stream: Stream, start: number, end: number, interrupted: number): void {
    const bends = this.#bends;
    let low = 0;
    for (let high = bends.length / 2; low < high; ) {
      const middle = (low + high) >> 1;
      if ((bends[2 * middle] as number) <= start) low = middle + 1;
      else high = middle;
    }
    let from = start;
    for (let at = 2 * low; at < bends.length && (bends[at] as number) < end; at += 2) {
      stream.pieces.push(from, bends[at] as number, from === start ? interrupted : 0);
      from = bends[at] as number;
    }
    stream.pieces.push(from, end, from === start ? interrupted : 0);
  }

  /** Whether `stream` has an unfinished line. */
  isOpen(stream: Stream): boolean {
    return stream.pieces.length > 0 || stream.carry.length > 0;
  }

  /** What comes next in the line of `stream` was joined to it, though nobody else printed between. */
  join(stream: Stream): void {
    if (this.#last === stream) this.#last = joint;
  }

  /** The line of `stream` that is unfinished now, or else its next one, cannot be trusted. */
  doubt(stream: Stream, why: string): void {
    stream.doubt ??= why;
  }

  /** A newline of `stream` ends its line. */
  endLine(stream: Stream): void {
    const line = this.#line(stream, true, tailBytes);
    line.doubt = stream.doubt;
    this.#options.onLine(stream, line);
    this.#last = stream;
    reset(stream);
  }

  /** Keeps what unfinished lines need of the current block, whose bytes are about to be overwritten. */
  stash(): void {
    for (const stream of this.#streams) if (stream.pieces.length > 0) this.#stashStream(stream);
  }

  /** Lines that the log leaves unfinished; they stay unfinished, so that the log may still go on. */
  unfinished(visit: (stream: Stream, line: RawLine) => void): void {
    for (const stream of this.#streams) {
      if (!this.isOpen(stream)) continue;
      const line = this.#line(stream, false, tailBytes);
      line.doubt = stream.doubt;
      visit(stream, line);
    }
  }

  /** Forgets all unfinished lines. */
  drop(): void {
    for (const stream of this.#streams) reset(stream);
  }

  #stashStream(stream: Stream): void {
    const { updates, onPart, onCut } = this.#options;
    let line = this.#line(stream, false, updates === 'all' ? lineBytes : tailBytes);
    if (updates === 'all' && onPart) {
      // The last two texts stay: when the line ends, they are its own and the update before.
      const cut = startOfLastTwo(line.bytes) - 1;
      if (cut > 0) {
        onPart(stream, new RawLine(line.block, line.from, line.from + cut, line));
        line = dropHead(line, cut);
      }
    }
    const length = line.to - line.from;
    if (length > lineBytes) {
      if (!stream.isCut) onCut?.(stream);
      stream.isCut = true;
      line = dropHead(line, length - tailBytes);
    }
    keep(stream, line.bytes);
    stream.carryMarks = [...line.marks];
    stream.dropped = line.dropped;
    stream.pieces = [];
  }

  /** The unfinished line of a stream: all of it, or a tail of at least `enough` bytes that begins before its last two texts. */
  #line(stream: Stream, terminated: boolean, enough: number): RawLine {
    const { pieces, carry } = stream;
    if (carry.length === 0 && pieces.length === 3) return this.#single(stream, terminated, enough);
    let total = carry.length;
    for (let i = 0; i < pieces.length; i += 3) total += (pieces[i + 1] as number) - (pieces[i] as number);
    let wanted = this.#options.updates === 'all' ? total : Math.min(total, enough);
    for (;;) {
      const line = this.#tail(stream, total, wanted, terminated);
      if (wanted === total || hasTwoTexts(line.bytes)) return line;
      wanted = Math.min(total, wanted * 8);
    }
  }

  #single(stream: Stream, terminated: boolean, enough: number): RawLine {
    const [start = 0, end = 0, interrupted = 0] = stream.pieces;
    let from = start;
    if (this.#options.updates === 'last' && end - start > enough) {
      from = end - enough;
      while (from > start && !hasTwoTexts(this.#block.subarray(from, end)))
        from = Math.max(start, end - (end - from) * 8);
    }
    const dropped = stream.dropped + (from - start);
    const marks = [0, this.#locate(from), dropped > 0 ? 0 : interrupted];
    return new RawLine(this.#block, from, end, { dropped, terminated, marks });
  }

  #tail(stream: Stream, total: number, wanted: number, terminated: boolean): RawLine {
    if (this.#scratch.length < wanted) this.#scratch = Buffer.allocUnsafe(wanted * 2);
    const { pieces, carry } = stream;
    const scratch = this.#scratch;
    const marks: number[] = [];
    let at = wanted;
    for (let i = pieces.length - 3; i >= 0 && at > 0; i -= 3) {
      const end = pieces[i + 1] as number;
      const start = Math.max(pieces[i] as number, end - at);
      this.#block.copy(scratch, at - (end - start), start, end);
      at -= end - start;
      marks.push(start === pieces[i] ? (pieces[i + 2] as number) : 0, this.#locate(start), at);
    }
    if (at > 0) {
      const from = carry.length - at;
      carry.copy(scratch, 0, from);
      for (let i = stream.carryMarks.length - 3; i >= 0; i -= 3) {
        const position = stream.carryMarks[i] as number;
        const offset = stream.carryMarks[i + 1] as number;
        if (position >= from) marks.push(stream.carryMarks[i + 2] as number, offset, position - from);
        else {
          marks.push(0, offset + from - position, 0);
          break;
        }
      }
    }
    const dropped = stream.dropped + total - wanted;
    return new RawLine(scratch, 0, wanted, { dropped, terminated, marks: marks.reverse() });
  }
}
