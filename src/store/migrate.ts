/** Brings a database up to the program's schema: numbered .sql files, each applied once, in a transaction with its record. */

import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, program } from '../package.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Connection, readPragmaNumber } from './sqlite.js';

/** At byte 68 of the file, where they read `TLW1` and `TLWR`: tell our databases, and copies of them, from others. */
export const applicationIds = { database: 0x544c5731, results: 0x544c5752 } as const;

/** The file is no database that this program can use; it has not been touched. `newer` and `foreign` are for the user to settle. */
export class SchemaError extends UserError {
  override readonly name = 'SchemaError';
  constructor(
    readonly reason: 'newer' | 'older' | 'foreign',
    message: string,
  ) {
    super(message, exitCodes.config);
  }
}

const shippedFolder = join(packageRoot, 'migrations');

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly file: string;
}

export interface MigrateOptions {
  /** Where the database lies, for messages and for the copy that is made before an existing one is changed. */
  readonly file: string;
  readonly now: () => number;
  /** Folder with `NNNN-name.sql`. */
  readonly folder?: string;
}

/** Applies what is missing, and tells whether anything was; a copy `FILE.before-N` of an existing database is made first. */
export function migrate(connection: Connection, { file, now, folder = shippedFolder }: MigrateOptions): boolean {
  const version = readPragmaNumber(connection, 'user_version');
  const missing = listMigrations(folder).filter((migration) => migration.version > version);
  const last = missing.at(-1);
  if (last === undefined) return false;
  if (version > 0) copyDatabase(connection, `${file}.before-${last.version}`);
  for (const migration of missing) applyMigration(connection, migration, now);
  return true;
}

/** Throws a `SchemaError` unless the database is ours (or new) and of a schema that the program knows. */
export function checkVersion(
  connection: Connection,
  { file, isReadOnly, folder = shippedFolder }: { file: string; isReadOnly: boolean; folder?: string },
): void {
  const version = readPragmaNumber(connection, 'user_version');
  const id = readPragmaNumber(connection, 'application_id');
  const isEmpty = id === 0 && version === 0 && readPragmaNumber(connection, 'schema_version') === 0;
  const newest = listMigrations(folder).at(-1)?.version ?? 0;
  const expected = `${file}: expected a database of ${program.name} up to schema ${newest}`;
  const isOurs = id === applicationIds.database || (id === applicationIds.results && isReadOnly);
  if (!isEmpty && !isOurs) throw new SchemaError('foreign', `${expected}, got one of another program`);
  if (version > newest) throw new SchemaError('newer', `${expected}, got schema ${version}: a newer program wrote it`);
  if (version < newest && isReadOnly) {
    throw new SchemaError(
      'older',
      `${expected}, got schema ${version}: an older program wrote it; tlw watch brings it up to date`,
    );
  }
}

function listMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, file: join(folder, name) }));
}

function applyMigration(connection: Connection, { version, name, file }: Migration, now: () => number): void {
  const sql = readFileSync(file, 'utf8');
  connection
    .transaction(() => {
      // Another process may have been faster between our look and our lock.
      if (readPragmaNumber(connection, 'user_version') >= version) return;
      connection.exec(
        'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, program TEXT NOT NULL, applied_ms REAL NOT NULL) STRICT',
      );
      connection.exec(sql);
      connection.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?)').run(version, name, program.version, now());
      connection.pragma(`application_id = ${applicationIds.database}`);
      connection.pragma(`user_version = ${version}`);
    })
    .immediate();
}

function copyDatabase(connection: Connection, target: string): void {
  const temporary = `${target}.tmp`;
  rmSync(temporary, { force: true });
  connection.prepare('VACUUM INTO ?').run(temporary);
  renameSync(temporary, target);
}
