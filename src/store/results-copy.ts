/** Copies a table or view of the attached database `live` as a plain table. */

import { quoteName } from './sql-names.js';
import type { Connection } from './sqlite.js';

export interface TypedColumn {
  readonly name: string;
  readonly type: 'INTEGER' | 'REAL' | 'TEXT';
}

export interface CopyOptions {
  readonly name: string;
  /** Types of a view's columns by their names; a table knows its own. */
  readonly typeOf?: (column: string) => string;
  readonly withRows?: boolean;
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  /** Place in the primary key, from 1; 0 where it is no part of it. */
  readonly pk: number;
}

/** Makes the table and, unless `withRows` is false, fills it. */
export function copyTable(connection: Connection, { name, typeOf, withRows = true }: CopyOptions): void {
  const columns = connection
    .prepare<[string], ColumnInfo>("SELECT name, type, pk FROM pragma_table_xinfo(?, 'live')")
    .all(name);
  const definitions = columns.map((column) => `${quoteName(column.name)} ${typeOf?.(column.name) ?? column.type}`);
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  if (key.length > 0) definitions.push(`PRIMARY KEY (${key.map((column) => quoteName(column.name)).join(', ')})`);
  // The rowid of a table whose key is one integer is that integer; elsewhere it would be a second key.
  const suffix = key.length > 1 ? ' WITHOUT ROWID' : '';
  connection.exec(`CREATE TABLE ${quoteName(name)} (${definitions.join(', ')})${suffix}`);
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  if (withRows) {
    connection.exec(`INSERT INTO main.${quoteName(name)} (${names}) SELECT ${names} FROM live.${quoteName(name)}`);
  }
}
