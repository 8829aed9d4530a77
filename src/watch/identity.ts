/** Which log this is: opened so that nothing can go wrong, and told from others by its size and its two ends. */

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { bytesOfPath } from '../path-text.js';
import { NotALog } from './trouble.js';

/** Bytes of each end that are hashed. */
const endBytes = 4096;

export interface LogIdentity {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ino: number;
  /** Owner. */
  readonly uid: number;
  /** `sha256:` + hex over size, first and last 4 KiB. */
  readonly fingerprint: string;
}

/**
 * Calls `use` with an open log and what fstat says of it, and closes it. Links are not followed, and a FIFO or device does
 * not block. Throws `NotALog` for what is no regular file, and the system's error where it cannot be opened.
 */
export function withLog<T>(file: string, use: (fd: number, stats: Stats) => T): T {
  const fd = openSync(bytesOfPath(file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new NotALog('not a regular file');
    return use(fd, stats);
  } finally {
    closeSync(fd);
  }
}

/** What a log is now, by open and fstat, which on NFS asks the server. Errors as `withLog`. */
export function identify(file: string): LogIdentity {
  return withLog(file, (fd, stats) => ({
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    ino: stats.ino,
    uid: stats.uid,
    fingerprint: readFingerprint(fd, stats.size),
  }));
}

/**
 * The fingerprint that an open log had when it was `sizeBytes` long, if it only grew since: equal to the one taken then
 * exactly where those bytes are still the same at both ends.
 */
export function readFingerprint(fd: number, sizeBytes: number): string {
  const hash = createHash('sha256').update(`${sizeBytes}\n`);
  hash.update(readPart(fd, 0, Math.min(sizeBytes, endBytes)));
  if (sizeBytes > endBytes) hash.update(readPart(fd, sizeBytes - endBytes, endBytes));
  return `sha256:${hash.digest('hex')}`;
}

function readPart(fd: number, offset: number, length: number): Buffer {
  const part = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, part, filled, length - filled, offset + filled);
    if (read === 0) break;
    filled += read;
  }
  return part.subarray(0, filled);
}
