/** A log in the making: what is copied from rank streams, and what launchers add, with where each byte of a stream came to stand. */
import type { StreamName, TrueRank } from './weave-stream.js';

/** One stream of one rank, whole. */
export interface Source {
  readonly rank: number;
  readonly stream: StreamName;
  readonly bytes: Buffer;
  /** Where its writes end, ascending; the last is the length. */
  readonly writeEnds: readonly number[];
}

/** The streams of some ranks; a stream on which nothing was written is left out. */
export function sourcesOf(ranks: readonly TrueRank[]): Source[] {
  return ranks.flatMap(({ rank, writes }) =>
    (['stdout', 'stderr'] as const).flatMap((stream) => {
      const parts = writes.filter((write) => write.stream === stream).map((write) => write.bytes);
      let length = 0;
      const writeEnds = parts.map((part) => {
        length += part.length;
        return length;
      });
      return length === 0 ? [] : [{ rank, stream, bytes: Buffer.concat(parts), writeEnds }];
    }),
  );
}

/** A woven log. */
export interface Woven {
  readonly bytes: Buffer;
  /** Byte offset in the log of a byte of a rank's stream; undefined where it was lost. */
  readonly locate: (rank: number, stream: StreamName, offset: number) => number | undefined;
  /** The byte offset in a rank's standard output of a byte of the log; undefined for another's. */
  readonly trace: (rank: number, offset: number) => number | undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

export class Paper {
  readonly #parts: Buffer[] = [];
  readonly #spans = new Map<string, Span[]>();
  #length = 0;

  /** What no rank printed. */
  add(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** source.bytes[from, to) */
  copy(source: Source, from: number, to: number): void {
    if (to <= from) return;
    const key = `${source.rank} ${source.stream}`;
    const spans = this.#spans.get(key) ?? [];
    spans.push({ from, to, at: this.#length });
    this.#spans.set(key, spans);
    this.#parts.push(source.bytes.subarray(from, to));
    this.#length += to - from;
  }

  woven(): Woven {
    const spans = this.#spans;
    return {
      bytes: Buffer.concat(this.#parts),
      locate: (rank, stream, offset) => {
        const span = spans.get(`${rank} ${stream}`)?.find(({ from, to }) => from <= offset && offset < to);
        return span && span.at + offset - span.from;
      },
      trace: (rank, offset) => {
        const span = spans.get(`${rank} stdout`)?.find(({ from, to, at }) => at <= offset && offset < at + to - from);
        return span && span.from + offset - span.at;
      },
    };
  }
}
