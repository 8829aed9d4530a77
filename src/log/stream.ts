/** The state of one stream of one rank, between the blocks of a log. */

export type StreamKind = 'stdout' | 'stderr' | 'launcher';

/** The unfinished line of one stream. `rank` is null for what no rank printed. */
export interface Stream {
  readonly rank: number | null;
  readonly kind: StreamKind;
  /** Bytes of the unfinished line that came with earlier blocks (perhaps only its tail), and where they stood. */
  carry: Buffer;
  /** Where `carry` lies. */
  store: Buffer;
  carryMarks: number[];
  /** Bytes of the line before `carry` that were let go. */
  dropped: number;
  /** Whether the line was longer than a line may be, which is told once. */
  isCut: boolean;
  /** Triples in the current block: start, end, 1 when something else was printed since the piece before. */
  pieces: number[];
  /** Why the unfinished line cannot be trusted. */
  doubt: string | undefined;
}

const newlineLess = Buffer.alloc(0);
/** More than this is not kept for lines that do not need it. */
const largeBytes = 64 * 1024;
/** A stream that has printed nothing yet. */
export function newStream(rank: number | null, kind: StreamKind): Stream {
  return {
    rank,
    kind,
    carry: newlineLess,
    store: newlineLess,
    carryMarks: [],
    dropped: 0,
    isCut: false,
    pieces: [],
    doubt: undefined,
  };
}

/** Copies what goes on in the next block to memory of the stream's own, which is used again and again. */
export function keep(stream: Stream, bytes: Buffer): void {
  const { length } = bytes;
  const room = stream.store.length;
  if (room < length || (room > largeBytes && room > 4 * length))
    stream.store = Buffer.allocUnsafe(length + (length >> 2) + 64);
  bytes.copy(stream.store);
  stream.carry = stream.store.subarray(0, length);
}

/** Its line has ended: the next one begins. */
export function reset(stream: Stream): void {
  if (stream.carry.length > 0) stream.carry = newlineLess;
  if (stream.carryMarks.length > 0) stream.carryMarks = [];
  stream.dropped = 0;
  stream.isCut = false;
  stream.pieces = [];
  stream.doubt = undefined;
}
