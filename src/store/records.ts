/** Small notes that the program keeps for itself: JSON by kind and key. What they mean is the business of who keeps them. */

import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  all: connection.prepare<[string], { readonly key: string; readonly json: string }>(
    'SELECT key, json FROM records WHERE kind = ? ORDER BY key',
  ),
  one: connection.prepare<[string, string], { readonly json: string }>(
    'SELECT json FROM records WHERE kind = ? AND key = ?',
  ),
  page: connection.prepare<[string, string, number], { readonly key: string; readonly json: string }>(
    'SELECT key, json FROM records WHERE kind = ? AND key >= ? ORDER BY key LIMIT ?',
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

/** A record by its key, as parsed JSON; undefined where there is none. */
export function maybeReadRecord(store: Store, kind: string, key: string): unknown {
  const row = statements(store).one.get(kind, key);
  return row && JSON.parse(row.json);
}

/** All records of a kind, up to `most` at a time: those of the next keys each. */
export function* readRecordPages(store: Store, kind: string, most: number): Generator<readonly unknown[]> {
  for (let from = ''; ; ) {
    const rows = statements(store).page.all(kind, from, most);
    if (rows.length > 0) yield rows.map(({ json }) => JSON.parse(json) as unknown);
    const last = rows.at(most - 1);
    if (last === undefined) return;
    // The least key that is greater.
    from = `${last.key}\0`;
  }
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
