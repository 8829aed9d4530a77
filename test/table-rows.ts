/** Everything that a database holds, to compare two of them. */

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
