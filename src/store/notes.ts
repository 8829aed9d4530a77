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
  all: connection.prepare<[], NotesRow>(
    "SELECT key, notes, tags, keep FROM user_notes WHERE notes <> '' OR tags <> '[]' OR keep <> '' ORDER BY key",
  ),
  times: connection.prepare<[], [string, number]>('SELECT key, changed_ms FROM user_notes').raw(),
  // Later than before even where the clock was set back.
  replace: connection.prepare(
    `INSERT INTO user_notes (key, notes, tags, keep, changed_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET notes = excluded.notes, tags = excluded.tags, keep = excluded.keep,
       changed_ms = max(excluded.changed_ms, changed_ms + 1)`,
  ),
  remove: connection.prepare('DELETE FROM user_notes WHERE key = ?'),
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

/** When the notes on each experiment last changed, ms since 1970, UTC, by key; also where they were emptied. */
export function readNoteTimes(store: Store): Map<string, number> {
  return new Map(statements(store).times.all());
}

/** Replaces the notes on an experiment; true where they were others. */
export function setUserNotes(store: Store, key: string, notes: UserNotes): boolean {
  return store.connection
    .transaction(() => {
      const isChanged = replaceNotes(store, key, notes);
      if (isChanged) noteChange(store);
      return isChanged;
    })
    .immediate();
}

/**
 * Lets notes follow an experiment that has a new key; where that key has notes already, both are kept. Call it in the
 * transaction that renames.
 */
export function moveUserNotes(store: Store, from: string, to: string): void {
  const moved = readUserNotes(store, from);
  const there = readUserNotes(store, to);
  replaceNotes(store, to, {
    notes: [...new Set([there.notes, moved.notes])].filter((text) => text !== '').join('\n'),
    tags: [...new Set([...there.tags, ...moved.tags])],
    keep: there.keep || moved.keep,
  });
  statements(store).remove.run(from);
}

function replaceNotes(store: Store, key: string, notes: UserNotes): boolean {
  const before = readUserNotes(store, key);
  const tags = JSON.stringify(notes.tags);
  if (before.notes === notes.notes && before.keep === notes.keep && JSON.stringify(before.tags) === tags) return false;
  statements(store).replace.run(key, notes.notes, tags, notes.keep, store.now());
  return true;
}

function toNotes({ notes, tags, keep }: NotesRow): UserNotes {
  return { notes, tags: parseStrings(tags), keep };
}
