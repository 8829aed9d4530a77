/** Lines of streams, put together byte by byte: the reference of what `src/log/unweave.ts` does with pieces. */
import type { StreamKind } from '../../src/log/unweave.js';

/** A line of one stream, all of it. */
export interface StreamLine {
  readonly rank: number | null;
  readonly kind: StreamKind;
  readonly bytes: number[];
  /** Where in the log each byte stands. */
  readonly offsets: number[];
  /** Positions of the bytes in front of which another stream had printed. */
  readonly seams: number[];
  terminated: boolean;
  doubt: string | undefined;
}

/** One stream, with its unfinished line. */
export interface OpenStream {
  line: StreamLine;
}

export class Streams {
  /** In the order in which they ended. */
  readonly lines: StreamLine[] = [];
  /** In the order in which they were first asked for. */
  readonly #all: OpenStream[] = [];
  #last: OpenStream | 'a seam' | undefined;

  of(rank: number | null, kind: StreamKind): OpenStream {
    const known = this.#all.find(({ line }) => line.rank === rank && line.kind === kind);
    if (known) return known;
    const made = { line: emptyLine(rank, kind) };
    this.#all.push(made);
    return made;
  }

  put(stream: OpenStream, byte: number, offset: number): void {
    const { line } = stream;
    if (this.#last !== undefined && this.#last !== stream) line.seams.push(line.bytes.length);
    this.#last = stream;
    line.bytes.push(byte);
    line.offsets.push(offset);
  }

  isOpen({ line }: OpenStream): boolean {
    return line.bytes.length > 0;
  }

  /** What comes next in a line was not printed right behind what came before. */
  join(stream: OpenStream): void {
    if (this.#last === stream) this.#last = 'a seam';
  }

  doubt({ line }: OpenStream, doubt: string): void {
    line.doubt ??= doubt;
  }

  end(stream: OpenStream): void {
    stream.line.terminated = true;
    this.lines.push(stream.line);
    stream.line = emptyLine(stream.line.rank, stream.line.kind);
    this.#last = stream;
  }

  /** Nothing follows: what is unfinished becomes lines too. */
  close(): StreamLine[] {
    for (const { line } of this.#all) if (line.bytes.length > 0) this.lines.push(line);
    return this.lines;
  }
}

function emptyLine(rank: number | null, kind: StreamKind): StreamLine {
  return { rank, kind, bytes: [], offsets: [], seams: [], terminated: false, doubt: undefined };
}
