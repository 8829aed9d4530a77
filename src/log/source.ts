/** Where the text of a log comes from: the file as it is, or what is packed in it (gzip) or written otherwise (UTF-16). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzip } from './gunzip.js';
import { type Unpack, unpackedSource } from './unpacked-source.js';
import { utf16 } from './utf16.js';

/** Positions and counts are bytes of the text, which is UTF-8 where it had to be decoded. */
export interface LogSource {
  /** What a person must know to find an offset again; null where offsets are those of the file. */
  readonly note: string | null;
  /** Bytes that are there now; Infinity where only reading tells. */
  sizeBytes(): number;
  /** Reads up to `length` bytes from `position` on into `bytes`, at `at`; returns how many, 0 at the end. Throws the file system's errors and `UnreadableLog`. */
  read(bytes: Buffer, at: number, length: number, position: number): number;
  close(): void;
}

/** Opens a log. Throws the file system's errors, and `UnreadableLog` where its packing is damaged. */
export function openSource(path: string | Buffer): LogSource {
  const fd = openSync(path, 'r');
  const file: LogSource = {
    note: null,
    sizeBytes: () => fstatSync(fd).size,
    read: (bytes, at, length, position) => readSync(fd, bytes, at, length, position),
    close: () => closeSync(fd),
  };
  try {
    // Inside gzip there may be UTF-16.
    return [gunzip, utf16].reduce(unpackIfSo, file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A way in which text is packed, told from its first bytes. */
export interface Packing {
  readonly note: string;
  /** Most bytes of text that are taken from a file of this size; Infinity where there can be no more than a few times as many. */
  mostBytes(fileBytes: number): number;
  /** A new unpacker, where the first two bytes are this packing's. */
  maybeUnpack(head: Buffer): Unpack | undefined;
}

function unpackIfSo(source: LogSource, packing: Packing): LogSource {
  const head = Buffer.alloc(2);
  const count = source.read(head, 0, head.length, 0);
  if (count < head.length || packing.maybeUnpack(head) === undefined) return source;
  return unpackedSource(source, packing, () => packing.maybeUnpack(head) as Unpack);
}

/** Up to `length` bytes of the text from `offset` on; fewer where it ends. */
export function readPart(source: LogSource, offset: number, length: number): Buffer {
  const part = Buffer.allocUnsafe(Math.min(length, Math.max(0, source.sizeBytes() - offset)));
  let filled = 0;
  while (filled < part.length) {
    const count = source.read(part, filled, part.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return part.subarray(0, filled);
}
