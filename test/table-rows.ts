/** Everything that a database holds, to compare two of them. */

import { closeStore, openStore } from '../src/store/open.js';
import type { Store } from '../src/store/store.js';

/** The rows of every table by its name, but what the program remembers for itself and when migrations were applied. */
export function tableRows({ connection }: Store, without: readonly string[] = []): Record<string, unknown[]> {
  const left = new Set(['migrations', 'records', 'state', ...without]);
  const tables = connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  return Object.fromEntries(
    tables.filter((name) => !left.has(name)).map((name) => [name, connection.prepare(`SELECT * FROM ${name}`).all()]),
  );
}

/** The rows of a database file; without the times of logs and of savings, and by key instead of by number. */
export function storedRows(file: string): Record<string, string[]> {
  const store = openStore(file, { fileSystem: 'local', readonly: true });
  const keys = new Map(
    store.connection
      .prepare<[], { id: number; key: string }>('SELECT id, key FROM experiments')
      .all()
      .map(({ id, key }) => [id, key]),
  );
  const rows = Object.entries(tableRows(store, ['known_names'])).map(([table, all]) => [
    table,
    all
      .map((row) => {
        const {
          id,
          experiment,
          changed_ms: _,
          first_seen_ms: __,
          log_mtime_ms: ___,
          digest: ____,
          ...rest
        } = Object(row);
        return JSON.stringify({ ...rest, experiment: keys.get(experiment ?? id) });
      })
      .sort(),
  ]);
  closeStore(store);
  return Object.fromEntries(rows);
}
