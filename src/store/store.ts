/** The handle that every function of the store takes. */

import type { Connection } from './sqlite.js';

/** An open database; all reads and writes of the program go through one. */
export interface Store {
  readonly file: string;
  /** Of the file that is open. */
  readonly ino: number;
  /** Of its write-ahead log, where there is one that this program writes: what was saved last is only in there. */
  readonly walIno: number | null;
  /** Another one after `reopenStore`. */
  connection: Connection;
  /** ms since 1970, UTC. */
  readonly now: () => number;
}

/** Closes the database; with WAL, its last user also merges the log into the file. */
export function closeStore(store: Store): void {
  store.connection.close();
}

/** Prepares statements (or anything else) once a store: `const inserts = perStore((connection) => …)`, then `inserts(store)`. */
export function perStore<T>(prepare: (connection: Connection) => T): (store: Store) => T {
  const prepared = new WeakMap<Connection, T>();
  return ({ connection }) => {
    const known = prepared.get(connection);
    if (known !== undefined) return known;
    const made = prepare(connection);
    prepared.set(connection, made);
    return made;
  };
}
