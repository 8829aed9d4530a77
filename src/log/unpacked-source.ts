/** The text inside a packed file, unpacked piece by piece as it is read: never all of it is in memory, nothing goes to disk. */
import { UnreadableLog } from '../errors.js';
import type { LogSource, Packing } from './source.js';

/** Takes the next bytes of the file, gives what they hold; `null` says that there are no more. Throws `UnreadableLog`. */
export type Unpack = (packed: Buffer | null) => readonly Uint8Array[];

/** So little at a time, since it can hold a thousand times as much. */
const pieceBytes = 16 * 1024;
/** Text behind the last one read that is kept: who reads may look this far back without beginning anew. */
const keptBytes = 32 * 1024 * 1024;

/** A source of what `begin`'s unpackers give of another one. What lies far behind is had again by unpacking from the start. */
export function unpackedSource(packed: LogSource, packing: Packing, begin: () => Unpack): LogSource {
  const mostBytes = packing.mostBytes(packed.sizeBytes());
  let unpack = begin();
  let packedOffset = 0;
  /** The text from `start` to `end`, in pieces. */
  let pieces: Uint8Array[] = [];
  let start = 0;
  let end = 0;

  const restart = (): void => {
    [unpack, packedOffset, pieces, start, end] = [begin(), 0, [], 0, 0];
  };

  /** Unpacks one piece more; returns whether there was one. A file that grows may have more behind what was its end. */
  const pump = (): boolean => {
    const piece = Buffer.alloc(pieceBytes);
    const count = packed.read(piece, 0, pieceBytes, packedOffset);
    packedOffset += count;
    for (const text of unpack(count === 0 ? null : piece.subarray(0, count))) {
      pieces.push(text);
      end += text.length;
    }
    if (end > mostBytes)
      throw new UnreadableLog(`it holds more than ${mostBytes} bytes of text, too many for its size: a bomb`);
    while (end - start - (pieces[0]?.length ?? 0) > keptBytes) start += pieces.shift()?.length ?? 0;
    return count > 0;
  };

  return {
    note: packing.note,
    sizeBytes: () => Number.POSITIVE_INFINITY,
    read(bytes, at, length, position) {
      if (position < start) restart();
      while (end < position + length && pump());
      let filled = 0;
      let from = start;
      for (const piece of pieces) {
        const wanted = position + filled - from;
        if (wanted < piece.length) {
          const part = piece.subarray(wanted, wanted + length - filled);
          bytes.set(part, at + filled);
          filled += part.length;
        }
        if (filled === length) break;
        from += piece.length;
      }
      return filled;
    },
    close: () => packed.close(),
  };
}
