/** A program of its own, which is told what to look at and answers once: a mount that hangs holds up only this one. */
import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { readText } from '../../read-file.js';
import type { Order } from './ask-root.js';

process.once('message', ({ path, wants }: Order) => {
  process.send?.(wants === 'text' ? maybeText(path) : maybeTime(path), () => process.disconnect());
});

/** null where there is none that can be read. */
function maybeText(file: string): string | null {
  try {
    return readText(file);
  } catch {
    return null;
  }
}

/** When a file or folder was last changed, ms since 1970; null where there is none. */
function maybeTime(path: string): number | null {
  try {
    const { mtimeMs } = statSync(path);
    touch(path);
    return mtimeMs;
  } catch {
    return null;
  }
}

/** What was kept of an earlier look says nothing of the server; an open asks it. */
function touch(path: string): void {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      readSync(fd, Buffer.alloc(1));
    } finally {
      closeSync(fd);
    }
  } catch {
    // It may be a folder, or one that may not be read: who reads it will say so.
  }
}
