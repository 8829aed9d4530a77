/** Where the text of a log comes from: the file as it is, or what is packed in it (gzip) or written otherwise (UTF-16). */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { UnreadableLog } from '../errors.js';
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

export interface SourceOptions {
  /** Whether the log may be a link; true where absent. */
  readonly mayBeLink?: boolean;
  /** Called before each piece of the file is read, a MiB at most: what it throws ends the reading. */
  readonly onPiece?: () => void;
}

/** Opens a log. Throws the file system's errors, and `UnreadableLog` where it is no file or its packing is damaged. */
export function openSource(path: string | Buffer, { mayBeLink = true, onPiece }: SourceOptions = {}): LogSource {
  // A pipe is not waited for: whoever was to write into it may be gone.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (mayBeLink ? 0 : constants.O_NOFOLLOW);
  const fd = openSync(path, flags);
  const file: LogSource = {
    note: null,
    sizeBytes: () => fstatSync(fd).size,
    read: (bytes, at, length, position) => {
      onPiece?.();
      return readSync(fd, bytes, at, length, position);
    },
    close: () => closeSync(fd),
  };
  try {
    const stats = fstatSync(fd);
    // Of a folder, reading says what it is.
    if (!stats.isFile() && !stats.isDirectory()) throw new UnreadableLog('not a regular file');
    refusePacked(file);
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

/** How files begin, in hexadecimal, that were packed by what is not unpacked here. */
const otherPackings: readonly (readonly [string, RegExp])[] = [
  ['xz', /^fd377a585a00/],
  ['zstd', /^28b52ffd/],
  ['bzip2', /^425a683[1-9]314159265359/],
  ['lz4', /^04224d18/],
  ['zip', /^504b0304/],
];

function refusePacked(file: LogSource): void {
  const head = Buffer.alloc(10);
  const begin = head.toString('hex', 0, file.read(head, 0, head.length, 0));
  const packing = otherPackings.find(([, pattern]) => pattern.test(begin))?.[0];
  if (packing !== undefined)
    throw new UnreadableLog(`packed with ${packing}, which is not read: unpack it, or pack it with gzip`);
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
