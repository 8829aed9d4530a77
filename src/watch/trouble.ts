/** What an error of the file system means for a log: gone, not ours to read, or merely out of sight. */

import { errnoOf, UnreadableLog } from '../errors.js';

/** Something with the name of a log that is none; `message` says what it is. */
export class NotALog extends Error {
  override readonly name = 'NotALog';
}

export interface Trouble {
  readonly kind: /** It is not there. */
    | 'missing'
    /** It is there and may not be read. */
    | 'unreadable'
    /** It is no log, and will not be one. */
    | 'ignored'
    /** Nobody can tell: an error of the disk, the server or our own limits. */
    | 'unobservable';
  /** In words, e.g. `permission denied (EACCES)`. */
  readonly reason: string;
}

/** What an error thrown by `fs`, or by `withLog`, says. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof NotALog) return { kind: 'ignored', reason: error.message };
  if (error instanceof UnreadableLog) return { kind: 'unreadable', reason: error.message };
  const errno = errnoOf(error);
  const known = errno === undefined ? undefined : troubles.get(errno);
  if (known !== undefined) return known;
  return { kind: 'unobservable', reason: error instanceof Error ? error.message : String(error) };
}

const troubles: ReadonlyMap<number, Trouble> = new Map([
  [-2, { kind: 'missing', reason: 'not there (ENOENT)' }],
  [-20, { kind: 'missing', reason: 'not there (ENOTDIR)' }],
  [-1, { kind: 'unreadable', reason: 'not permitted (EPERM)' }],
  [-13, { kind: 'unreadable', reason: 'permission denied (EACCES)' }],
  [-40, { kind: 'ignored', reason: 'a link in a circle, or where none is allowed (ELOOP)' }],
  [-36, { kind: 'ignored', reason: 'path too long (ENAMETOOLONG)' }],
  [-6, { kind: 'ignored', reason: 'not a regular file' }],
  [-5, { kind: 'unobservable', reason: 'the disk or server reports an error (EIO)' }],
  [-24, { kind: 'unobservable', reason: 'too many open files (EMFILE)' }],
  [-23, { kind: 'unobservable', reason: 'too many open files on this host (ENFILE)' }],
  [-107, { kind: 'unobservable', reason: 'the file system is not connected (ENOTCONN)' }],
  [-116, { kind: 'unobservable', reason: 'the server lost the file (ESTALE)' }],
]);
