/** A database, opened and brought up to date. */

import { checkVersion, migrate } from './migrate.js';
import { connect, type FileSystemKind, setDurability } from './sqlite.js';
import type { Store } from './store.js';
import { refreshViews } from './views.js';

export interface StoreOptions {
  readonly fileSystem: FileSystemKind;
  /** Reads an existing database without ever writing to it. */
  readonly readonly?: boolean;
  readonly now?: () => number;
}

/**
 * Opens the database in `file`, creates it where there is none, and migrates it where it is older.
 * Throws `SchemaError`, and leaves the file as it is, where it can't be used.
 */
export function openStore(file: string, { fileSystem, readonly = false, now = Date.now }: StoreOptions): Store {
  const connection = connect(file, { readonly });
  const store = { file, connection, now };
  try {
    checkVersion(connection, { file, isReadOnly: readonly });
    if (!readonly) {
      setDurability(connection, fileSystem);
      if (migrate(connection, { file, now })) connection.transaction(() => refreshViews(store)).immediate();
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  return store;
}

/** Closes the database; with WAL, its last user also merges the log into the file. */
export function closeStore(store: Store): void {
  store.connection.close();
}
