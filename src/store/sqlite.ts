/** The only file that knows better-sqlite3. */

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

export type Connection = Database.Database;
export type Statement<Row = unknown> = Database.Statement<unknown[], Row>;

/** What kind of file system the database lies on; unknown counts as `remote`. */
export type FileSystemKind = 'local' | 'remote';

/**
 * Opens a database file without touching it; the file is created (mode 0600, its folder 0700) unless `readonly`. What finds
 * it locked waits for so long before it fails.
 */
export function connect(
  file: string,
  { readonly, timeoutMs = 5000 }: { readonly readonly: boolean; readonly timeoutMs?: number },
): Connection {
  if (!readonly) createPrivately(file);
  const connection = readonly ? openReadonly(file, timeoutMs) : new Database(file, { timeout: timeoutMs });
  connection.pragma('trusted_schema = OFF');
  connection.pragma('foreign_keys = ON');
  return connection;
}

/** What a killed program left half done must first be rolled back, and for that SQLite has to write. */
function openReadonly(file: string, timeoutMs: number): Connection {
  const options = { fileMustExist: true, timeout: timeoutMs };
  const connection = new Database(file, { ...options, readonly: true });
  try {
    connection.pragma('schema_version');
    return connection;
  } catch (error) {
    connection.close();
    if (!/^SQLITE_READONLY_(ROLLBACK|RECOVERY)$/.test(maybeSqliteCode(error) ?? '')) throw error;
  }
  const writable = new Database(file, options);
  writable.pragma('query_only = ON');
  return writable;
}

/**
 * Sets how commits reach the disk, and how much memory writing may take. WAL needs memory that all its users share, which a network file system has not;
 * and better-sqlite3 would lose committed rows at a power cut unless `synchronous` is set.
 */
export function setDurability(connection: Connection, fileSystem: FileSystemKind): void {
  if (fileSystem === 'local') {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
  } else {
    connection.pragma('journal_mode = TRUNCATE');
    connection.pragma('synchronous = EXTRA');
  }
  // Who writes may do so for months, a little at a time: better-sqlite3's 16 MB would never be given back.
  connection.pragma('cache_size = -2000');
}

/** The number that a pragma such as `user_version` holds. */
export function readPragmaNumber(connection: Connection, name: string): number {
  return Number(connection.pragma(name, { simple: true }));
}

/** SQLite's own version. Throws where the native library cannot be loaded. */
export function readSqliteVersion(): string {
  const connection = new Database(':memory:');
  try {
    return String(connection.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    connection.close();
  }
}

/** The code of an error that SQLite reported, e.g. `SQLITE_FULL`; undefined for every other error. */
export function maybeSqliteCode(error: unknown): string | undefined {
  // By its code: an error that comes from a child process is no `SqliteError` any more.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** True for the errors by which SQLite says that a file is no database, or a damaged one. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(maybeSqliteCode(error) ?? '');
}

function createPrivately(file: string): void {
  makeFolder(dirname(file));
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** As `recursive` would, which says ENOENT whatever the reason: also where the file system is read-only. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, 0o700);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return;
    if (!isErrno(error, 'ENOENT') || folder === dirname(folder)) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, 0o700);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
