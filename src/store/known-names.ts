/** The names that have a column in view experiments_wide. */

import { perStore, type Store } from './store.js';

export type NameKind = 'hyperparameter' | 'metric';

const statements = perStore((connection) => ({
  add: connection.prepare('INSERT OR IGNORE INTO known_names (kind, name) VALUES (?, ?)'),
  list: connection.prepare<[NameKind], string>('SELECT name FROM known_names WHERE kind = ? ORDER BY rowid').pluck(),
}));

/** Remembers names; true where one of them is new. */
export function learnNames(store: Store, kind: NameKind, names: Iterable<string>): boolean {
  let isNew = false;
  for (const name of names) isNew = statements(store).add.run(kind, name).changes > 0 || isNew;
  return isNew;
}

/** All names of a kind, in the order in which they first occurred. */
export function readKnownNames(store: Store, kind: NameKind): string[] {
  return statements(store).list.all(kind);
}
