/** A counter that every change of what outputs show raises: who remembers it knows whether there is anything new. */

import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  read: connection.prepare<[], string>("SELECT value FROM state WHERE name = 'changes'").pluck(),
  raise: connection.prepare(
    `INSERT INTO state (name, value) VALUES ('changes', '1')
     ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`,
  ),
}));

/** How often experiments, summaries or notes have changed since the database was made. */
export function readChanges(store: Store): number {
  return Number(statements(store).read.get() ?? 0);
}

/** Raises the counter; call it in the transaction that changes something. */
export function noteChange(store: Store): void {
  statements(store).raise.run();
}
