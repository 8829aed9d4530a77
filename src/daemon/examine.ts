/** Looks at a folder as a doctor does: in a child process, since a mount that hangs would take the caller with it. */

import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, messageOf } from '../errors.js';
import { type Mount, maybeMountOf } from '../mounts.js';
import { openPaper } from '../outputs/report/canvas.js';
import { probeWrite } from '../probe-write.js';
import { type FileSystem, fileSystemOf, statFileSystem } from '../watch/file-system.js';

export interface ExaminedFolder {
  /** null: it is there. Else why it is not. */
  readonly missing: string | null;
  /** The folder itself, or the nearest one above it that is there. */
  readonly there: string;
  readonly fileSystem: FileSystem;
  readonly mount: Mount | null;
  /** null where it may be listed. */
  readonly unreadable: string | null;
  /** null where a file could be written to disk, or that was not tried. */
  readonly unwritable: string | null;
  /** That is because the disk is full or a quota used up. */
  readonly isFull: boolean;
  /** How far the file server's clock is before ours; null where nothing was written. */
  readonly skewMs: number | null;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  /** 0 where the file system does not count them. */
  readonly totalInodes: number;
  /** Others than its owner and group may write in it. */
  readonly isOpenToAll: boolean;
}

/** A folder that is not there is taken for the nearest one above it that is; only with `mayWrite` is a file tried. */
export function examineFolder({ path, mayWrite }: { path: string; mayWrite: boolean }): ExaminedFolder {
  const missing = whyNoFolder(path);
  const there = nearest(path);
  const { type, bsize, bavail, blocks, files, ffree } = statFileSystem(there);
  const real = realpathSync(there);
  const unwritable = mayWrite ? tryTo(() => probeWrite(there)) : untried;
  const full = fullness.get(unwritable.errno ?? 0);
  return {
    missing,
    there,
    fileSystem: fileSystemOf(type),
    mount: maybeMountOf(real) ?? null,
    unreadable: tryTo(() => accessSync(there, constants.R_OK | constants.X_OK)).error,
    unwritable: full === undefined ? unwritable.error : `no room: ${full}`,
    isFull: full !== undefined,
    skewMs: unwritable.value === null ? null : unwritable.value - Date.now(),
    ...{ freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: ffree, totalInodes: files },
    isOpenToAll: (lstatSync(real).mode & 0o1002) === 0o002,
  };
}

/** Whether a folder that was known by one name is there still, and is what has another one now. */
export function compareFolders({ before, now }: { before: string; now: string }): 'same' | 'other' | 'missing' {
  const [known, present] = [before, now].map((path) => tryTo(() => statSync(path)).value);
  if (!known?.isDirectory()) return 'missing';
  return known.dev === present?.dev && known.ino === present.ino ? 'same' : 'other';
}

const untried = { error: null, errno: undefined, value: null };

/** What a full disk is called by errno; Node has no words for EDQUOT. */
const fullness: ReadonlyMap<number, string> = new Map([
  [-28, 'no space is left (ENOSPC)'],
  [-122, 'your quota is used up (EDQUOT)'],
]);

/** Draws a page as reports do, with the fonts that ship with the program; gives its size. Throws where a library is missing. */
export async function examineDrawing(): Promise<number> {
  const paper = await openPaper();
  paper.context.font = '12px "IBM Plex Sans"';
  paper.context.fillText('λ', 10, 20);
  return paper.finish().length;
}

function whyNoFolder(path: string): string | null {
  const { error, value } = tryTo(() => statSync(path));
  if (value === null) return error;
  return value.isDirectory() ? null : 'it is a file';
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function tryTo<Value>(action: () => Value): {
  readonly error: string | null;
  readonly errno: number | undefined;
  readonly value: Value | null;
} {
  try {
    return { error: null, errno: undefined, value: action() };
  } catch (error) {
    return { error: messageOf(error), errno: errnoOf(error), value: null };
  }
}
