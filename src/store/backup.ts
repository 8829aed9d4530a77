/** Copies of the database that were found sound: `backup-N.db` beside it, the highest N the newest. */

import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applicationIds } from './migrate.js';
import { connect, isDamage, readPragmaNumber } from './sqlite.js';

const namePattern = /^backup-(\d+)\.db$/;

export interface Backup {
  readonly file: string;
  /** When it was made, ms since 1970, UTC. */
  readonly madeMs: number;
}

/** Copies the database in `file` while others may use it, and keeps the newest `keep` copies; throws where it is damaged. */
export function makeBackup(file: string, { keep = 3 }: { readonly keep?: number } = {}): Backup {
  const folder = dirname(file);
  const numbers = listNumbers(folder);
  const target = join(folder, `backup-${(numbers[0] ?? 0) + 1}.db`);
  const temporary = `${target}.tmp`;
  rmSync(temporary, { force: true });
  try {
    copyInto(file, temporary);
    if (!isSound(temporary)) throw new Error(`${temporary}: expected a sound copy of ${file}, got a damaged one`);
    syncFile(temporary);
    renameSync(temporary, target);
    syncFile(folder);
  } finally {
    rmSync(temporary, { force: true });
  }
  for (const number of numbers.slice(keep - 1)) rmSync(join(folder, `backup-${number}.db`), { force: true });
  return toBackup(target);
}

/** The copies beside the database in `file`, newest first. */
export function listBackups(file: string): Backup[] {
  const folder = dirname(file);
  return listNumbers(folder).map((number) => toBackup(join(folder, `backup-${number}.db`)));
}

/** True for a database of ours in which SQLite's quick check finds nothing wrong. */
export function isSound(file: string): boolean {
  try {
    const connection = connect(file, { readonly: true });
    try {
      const isOurs = readPragmaNumber(connection, 'application_id') === applicationIds.database;
      return isOurs && connection.pragma('quick_check(1)', { simple: true }) === 'ok';
    } finally {
      connection.close();
    }
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** Written anew page by page, so that the copy is as small as can be, and without WAL, so that it is one file. */
function copyInto(file: string, target: string): void {
  const connection = connect(file, { readonly: true });
  try {
    closeSync(openSync(target, 'wx', 0o600));
    connection.prepare('VACUUM INTO ?').run(target);
  } finally {
    connection.close();
  }
}

function listNumbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

function toBackup(file: string): Backup {
  return { file, madeMs: statSync(file).mtimeMs };
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
