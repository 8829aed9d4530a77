import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const probeBytes = Buffer.alloc(64 * 1024);

/** Writes a small file into a folder, to disk, and takes it away; gives the time that its server wrote on it, ms since 1970. Throws what the file system says. */
export function probeWrite(folder: string): number {
  const file = join(folder, `.tlw-probe-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      // All of it: a nearly full disk takes a part, and says so only at the next piece.
      for (let at = 0; at < probeBytes.length; ) {
        at += writeSync(handle, probeBytes, at, probeBytes.length - at, at);
      }
      fsyncSync(handle);
      return fstatSync(handle).mtimeMs;
    } finally {
      closeSync(handle);
    }
  } finally {
    rmSync(file, { force: true });
  }
}
