/** What people typed: it belongs to them, and outlives readings, renamings and deleted folders. */

import type { UserNotes } from '../summary.js';
import { noteChange } from './changes.js';
import { parseStrings } from './json.js';
import { perStore, type Store } from './store.js';

interface NotesRow {
  readonly key: string;
  readonly notes: string;
  readonly tags: string;
  readonly keep: string;
}

/** What an experiment has that nobody wrote about. */
export const noNotes: UserNotes = { notes: '', tags: [], keep: '' };

const statements = perStore((connection) => ({
  one: connection.prepare<[string], NotesRow>('SELECT key, notes, tags, keep FROM user_notes WHERE key = ?'),
  all: connection.prepare<[], NotesRow>('SELECT key, notes, tags, keep FROM user_notes ORDER BY key'),
  replace: connection.prepare(
    'INSERT OR REPLACE INTO user_notes (key, notes, tags, keep, changed_ms) VALUES (?, ?, ?, ?, ?)',
  ),
  remove: connection.prepare('DELETE FROM user_notes WHERE key = ?'),
  move: connection.prepare('UPDATE OR REPLACE user_notes SET key = ? WHERE key = ?'),
}));

/** The notes on an experiment; empty ones where there are none. */
export function readUserNotes(store: Store, key: string): UserNotes {
  const row = statements(store).one.get(key);
  return row ? toNotes(row) : noNotes;
}

/** All notes by experiment key, those on experiments that the database does not know included. */
export function readAllUserNotes(store: Store): Map<string, UserNotes> {
  return new Map(
    statements(store)
      .all.all()
      .map((row) => [row.key, toNotes(row)]),
  );
}

/** Replaces the notes on an experiment; true where they were others. */
export function setUserNotes(store: Store, key: string, notes: UserNotes): boolean {
  const before = readUserNotes(store, key);
  if (JSON.stringify(before) === JSON.stringify(notes)) return false;
  store.connection
    .transaction(() => {
      if (JSON.stringify(notes) === JSON.stringify(noNotes)) statements(store).remove.run(key);
      else statements(store).replace.run(key, notes.notes, JSON.stringify(notes.tags), notes.keep, store.now());
      noteChange(store);
    })
    .immediate();
  return true;
}

/** Lets notes follow an experiment that has a new key; call it in the transaction that renames. */
export function moveUserNotes(store: Store, from: string, to: string): void {
  statements(store).move.run(to, from);
}

function toNotes({ notes, tags, keep }: NotesRow): UserNotes {
  return { notes, tags: parseStrings(tags), keep };
}
