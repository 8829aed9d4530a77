/** Tries what a database needs of its folder, on a file that is thrown away. */

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect, setDurability } from '../store/sqlite.js';
import type { Jobs } from './jobs.js';

export interface ExaminedDatabase {
  /** A lock that this process holds keeps another process out. */
  readonly areLocksKept: boolean;
  /** Another process reads what was written to a write-ahead log; null where that is not used there. */
  readonly isWalShared: boolean | null;
}

/** Two processes on one throw-away database in a folder. Throws what SQLite says where not even one can use it. */
export async function examineDatabase(
  folder: string,
  isLocal: boolean,
  jobs: Pick<Jobs, 'tryDatabase'>,
): Promise<ExaminedDatabase> {
  const file = join(folder, `probe-${randomBytes(8).toString('hex')}.db`);
  const connection = connect(file, { readonly: false });
  try {
    setDurability(connection, isLocal ? 'local' : 'remote');
    connection.exec('CREATE TABLE probe (x); INSERT INTO probe VALUES (1)');
    const seen = isLocal ? await jobs.tryDatabase(file) : null;
    connection.exec('BEGIN EXCLUSIVE');
    const locked = await jobs.tryDatabase(file);
    return { areLocksKept: !locked.canWrite, isWalShared: seen && seen.rows === 1 };
  } finally {
    connection.close();
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
  }
}

/** The other process: what it sees, and whether it may write. */
export function tryDatabase(file: string): { readonly rows: number | null; readonly canWrite: boolean } {
  const connection = connect(file, { readonly: false, timeoutMs: 0 });
  try {
    const rows = attempt(() => Number(connection.prepare('SELECT count(*) FROM probe').pluck().get()));
    const canWrite = attempt(() => connection.exec('BEGIN IMMEDIATE')) !== null;
    return { rows, canWrite };
  } finally {
    connection.close();
  }
}

function attempt<Value>(action: () => Value): Value | null {
  try {
    return action();
  } catch {
    return null;
  }
}
