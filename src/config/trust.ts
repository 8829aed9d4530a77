/** Whether others than the user and root could have written what a file says. */

import { closeSync, fstatSync, lstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The text of a file, and as what it is not to be trusted: null where it is. Throws what `openSync` and `readFileSync` throw. */
export function readTrusted(path: string): { readonly text: string; readonly distrust: string | null } {
  const file = openSync(path, 'r');
  try {
    // The opened file is judged: by its name another could be there by now.
    const distrust = whyNot(path, fstatSync(file));
    return { text: readFileSync(file, 'utf8'), distrust };
  } finally {
    closeSync(file);
  }
}

function whyNot(path: string, { mode, uid }: Stats): string | null {
  if (isOthers(uid)) return 'a file of another user';
  if ((mode & 0o022) !== 0) return `a file that others may write; chmod go-w ${path}`;
  if (isOthers(lstatSync(path).uid)) return 'a link of another user';
  const open = [dirname(path), dirname(realpathSync(path))].find(isOpenToAll);
  return open === undefined ? null : `a folder in which everybody may put another file; chmod o-w ${open}`;
}

function isOthers(uid: number): boolean {
  return uid !== process.getuid?.() && uid !== 0;
}

/** Everybody may write in it, and also replace what is not theirs: it is not sticky as /tmp is. */
function isOpenToAll(folder: string): boolean {
  return (statSync(folder).mode & 0o1002) === 0o002;
}
