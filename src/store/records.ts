/** Small notes that the program keeps for itself: JSON by kind and key. What they mean is the business of who keeps them. */

import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  all: connection.prepare<[string], { readonly key: string; readonly json: string }>(
    'SELECT key, json FROM records WHERE kind = ? ORDER BY key',
  ),
  one: connection.prepare<[string, string], { readonly json: string }>(
    'SELECT json FROM records WHERE kind = ? AND key = ?',
  ),
  page: connection.prepare<[string, string, string, number, number], { readonly key: string; readonly json: string }>(
    `SELECT key, json FROM records WHERE kind = ? AND key >= ? AND key < ? AND instr(substr(key, ?), '/') = 0
     ORDER BY key LIMIT ?`,
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

/**
 * All records of a kind by key, up to `most` at a time: those of the next keys each. With `folder` only those whose keys are
 * paths of files in it, not below; '' is the root.
 */
export function* readRecordPages(
  store: Store,
  kind: string,
  most: number,
  folder?: string,
): Generator<ReadonlyMap<string, unknown>> {
  const prefix = folder ? `${folder}/` : '';
  // The least text that does not begin with it.
  const to = prefix === '' ? lastKey : `${folder}0`;
  const nameAt = folder === undefined ? Number.MAX_SAFE_INTEGER : [...prefix].length + 1;
  for (let next = prefix; ; ) {
    const rows = statements(store).page.all(kind, next, to, nameAt, most);
    if (rows.length > 0) yield new Map(rows.map(({ key, json }): [string, unknown] => [key, JSON.parse(json)]));
    const last = rows.at(most - 1);
    if (last === undefined) return;
    // The least key that is greater.
    next = `${last.key}\0`;
  }
}

/** No key is greater. */
const lastKey = '\u{10FFFF}';

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
