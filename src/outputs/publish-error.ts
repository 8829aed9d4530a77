/** Why an output file could not be written, in words for the user. */

import { dirname } from 'node:path';
import { errnoOf } from '../errors.js';

export type PublishTrouble =
  /** A file is there that the program did not write, or that was changed since. */
  | 'foreign'
  /** A link, a folder or a device has the name of the output. */
  | 'not_a_file'
  | 'disk_full'
  | 'quota'
  | 'read_only'
  | 'permission'
  | 'folder_missing'
  | 'io';

/** The output at `path` could not be written; what was there before is still there. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly path: string;
  readonly trouble: PublishTrouble;
  /** Negative, as in `Error.errno`; null where the system reported no error. */
  readonly errno: number | null;

  constructor(path: string, trouble: PublishTrouble, detail: string, cause?: unknown) {
    super(`cannot write ${path}: ${detail}`, { cause });
    this.path = path;
    this.trouble = trouble;
    this.errno = errnoOf(cause) ?? null;
  }
}

/** What `error`, thrown while `path` was written, means to the user. */
export function publishError(path: string, error: unknown): PublishError {
  if (error instanceof PublishError) return error;
  const [trouble, detail] = explain(path, error);
  return new PublishError(path, trouble, detail, error);
}

/** True for "no such file or folder", also where what should be a folder is none. */
export function isNoEntry(error: unknown): boolean {
  return [-2, -20].includes(errnoOf(error) ?? 0);
}

function explain(path: string, error: unknown): [PublishTrouble, string] {
  const said = error instanceof Error ? error.message : String(error);
  switch (errnoOf(error)) {
    case -28:
      return ['disk_full', `no space left on the disk (${said})`];
    case -122:
      return ['quota', 'your disk quota is used up'];
    case -30:
      return ['read_only', 'the file system is read-only'];
    case -1:
    case -13:
      return ['permission', `you may not write in ${dirname(path)} (${said})`];
    case -17:
      // Of a file, never: where one is in the way it is said whose it is.
      return ['folder_missing', `${dirname(path)} is no folder, or lies in what is none`];
    case -2:
    case -20:
      return ['folder_missing', `there is no folder ${dirname(path)}`];
    case -116:
      return ['io', 'the file server lost the file (stale file handle)'];
    default:
      return ['io', said];
  }
}
