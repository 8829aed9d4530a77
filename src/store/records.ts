/** Small notes that the program keeps for itself: JSON by kind and key. What they mean is the business of who keeps them. */

import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  all: connection.prepare<[string], { readonly key: string; readonly json: string }>(
    'SELECT key, json FROM records WHERE kind = ? ORDER BY key',
  ),
  put: connection.prepare('INSERT OR REPLACE INTO records (kind, key, json) VALUES (?, ?, ?)'),
  remove: connection.prepare('DELETE FROM records WHERE kind = ? AND key = ?'),
}));

/** All records of a kind, by key, as parsed JSON. */
export function readRecords(store: Store, kind: string): Map<string, unknown> {
  return new Map(
    statements(store)
      .all.all(kind)
      .map(({ key, json }): [string, unknown] => [key, JSON.parse(json)]),
  );
}

/** Keeps a record in place of the one of that kind and key. */
export function putRecord(store: Store, kind: string, key: string, value: unknown): void {
  statements(store).put.run(kind, key, JSON.stringify(value));
}

/** Forgets a record, if there is one. */
export function removeRecord(store: Store, kind: string, key: string): void {
  statements(store).remove.run(kind, key);
}

/** Does all that `change` does in one transaction: all of it is kept, or nothing. */
export function inTransaction(store: Store, change: () => void): void {
  store.connection.transaction(change).immediate();
}
