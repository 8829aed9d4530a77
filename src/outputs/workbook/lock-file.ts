/** The files by which spreadsheet programs say that they have a workbook open; they are never touched here. */

import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isNoEntry } from '../publish-error.js';

/** Who has the workbook open, in words for the user; null where nobody has. */
export async function maybeLock(path: string): Promise<string | null> {
  const name = basename(path);
  for (const [program, lock] of [
    ['Excel', `~$${name}`],
    ['LibreOffice', `.~lock.${name}#`],
  ] as const) {
    if (await isThere(join(dirname(path), lock))) return `${name} is open in ${program} (${lock} is there)`;
  }
  return null;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isNoEntry(error)) return false;
    throw error;
  }
}
