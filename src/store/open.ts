/** A database, opened and brought up to date. */

import { statSync } from 'node:fs';
import { checkVersion, migrate } from './migrate.js';
import { openToRead } from './open-to-read.js';
import { connect, type FileSystemKind, setDurability } from './sqlite.js';
import type { Store } from './store.js';
import { DatabaseError } from './trouble.js';
import { refreshViews } from './views.js';

export { closeStore } from './store.js';

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
  if (readonly) return openToRead(file, now);
  const connection = connect(file, { readonly });
  try {
    const store = { file, ino: statSync(file).ino, walIno: null, connection, now };
    checkVersion(connection, { file, isReadOnly: readonly });
    setDurability(connection, fileSystem);
    if (migrate(connection, { file, now })) connection.transaction(() => refreshViews(store)).immediate();
    // By now it was asked for something, and the log is there if there is to be one.
    return { ...store, walIno: statSync(`${file}-wal`, { throwIfNoEntry: false })?.ino ?? null };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Opens the database anew after an error of its disk, and checks it: whether what was last written is in it is then known.
 * Where that fails, the store stays as it was.
 */
export function reopenStore(store: Store, fileSystem: FileSystemKind): void {
  const { connection } = openStore(store.file, { fileSystem, now: store.now });
  try {
    if (connection.pragma('quick_check(1)', { simple: true }) !== 'ok')
      throw new DatabaseError({ kind: 'damaged', sentence: `damaged: ${store.file}` });
  } catch (error) {
    connection.close();
    throw error;
  }
  const before = store.connection;
  store.connection = connection;
  before.close();
}
