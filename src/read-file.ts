/** Files whose place is known, but not what somebody put there: nothing is waited for, and nothing endless is read. */

import { constants as bufferConstants } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** No text in JavaScript is longer. */
export const mostTextBytes = bufferConstants.MAX_STRING_LENGTH;

const blockBytes = 64 * 1024;

/** More than any config, list or record of the program's has; bytes. */
const usualMost = 16 * 1024 * 1024;

/** What is there is no file, or none that can be meant; `message` says what was expected, and what came. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
}

export interface ReadFileOptions {
  /** Bytes; one with more is an `UnfitFile`. */
  readonly mostBytes?: number;
  /** See open(2); added to what is needed not to wait. */
  readonly flags?: number;
}

export interface ReadFile {
  readonly bytes: Buffer;
  /** Of the opened file: by its name another could be there by now. */
  readonly stats: Stats;
}

/**
 * The whole of a file, or of /dev/null. Throws an `UnfitFile`, or what `openSync` and `readSync` throw. A pipe, which might never
 * be written to, is not waited for.
 */
export function readWholeFile(
  path: string | Buffer,
  { mostBytes = usualMost, flags = 0 }: ReadFileOptions = {},
): ReadFile {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isCharacterDevice()) throw new UnfitFile(`expected a file, got ${kindOf(stats)}`);
    if (stats.size > mostBytes) throw tooLarge(mostBytes);
    const pieces: Buffer[] = [];
    for (let filled = 0; ; ) {
      const piece = Buffer.alloc(Math.min(Math.max(stats.size - filled, blockBytes), mostBytes + 1 - filled));
      const count = readSync(file, piece, 0, piece.length, null);
      if (count === 0) return { bytes: Buffer.concat(pieces), stats };
      pieces.push(piece.subarray(0, count));
      filled += count;
      if (filled > mostBytes) throw tooLarge(mostBytes);
    }
  } finally {
    closeSync(file);
  }
}

/** Its text, as UTF-8. */
export function readText(path: string | Buffer, options?: ReadFileOptions): string {
  return readWholeFile(path, options).bytes.toString('utf8');
}

function tooLarge(mostBytes: number): UnfitFile {
  return new UnfitFile(`expected a file of at most ${mostBytes} bytes, got a larger one`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isBlockDevice() ? 'a disk' : 'a socket';
}
