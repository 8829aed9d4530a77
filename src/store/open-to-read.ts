import { statSync } from 'node:fs';
import { checkVersion } from './migrate.js';
import { connect } from './sqlite.js';
import type { Store } from './store.js';

/** Opens an existing database without ever writing to it. Throws `SchemaError` where it can't be used. */
export function openToRead(file: string, now: () => number = Date.now): Store {
  const connection = connect(file, { readonly: true });
  try {
    checkVersion(connection, { file, isReadOnly: true });
    return { file, ino: statSync(file).ino, walIno: null, connection, now };
  } catch (error) {
    connection.close();
    throw error;
  }
}
