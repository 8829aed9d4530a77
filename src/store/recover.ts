/** Opens a database even where its file is damaged: the logs are the truth, so that nothing but notes can be lost. */

import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { isSound, listBackups } from './backup.js';
import { noteChange } from './changes.js';
import { closeStore, openStore, type StoreOptions } from './open.js';
import { connect, isDamage, maybeSqliteCode } from './sqlite.js';
import type { Store } from './store.js';

export interface Recovery {
  /** Where the damaged file lies now; it is never deleted. */
  readonly asideFile: string;
  /** The copy that took its place; null: there was none that is sound, and the database is new. */
  readonly backupFile: string | null;
  /** When that copy was made, ms since 1970, UTC. */
  readonly backupMs: number | null;
  /** Experiments that came from the copy; all others come from their logs. */
  readonly experiments: number;
  /** Experiments whose notes were read from the damaged file. */
  readonly notes: number;
}

export interface RecoveredStore {
  readonly store: Store;
  /** null where nothing was wrong. */
  readonly recovery: Recovery | null;
}

/**
 * Opens the database as `openStore` does, and throws what it throws. A damaged file is moved aside; the newest sound backup,
 * or else a new database, takes its place, with what notes can still be read.
 */
export function openOrRecoverStore(file: string, options: StoreOptions): RecoveredStore {
  const store = maybeOpen(file, options);
  return store === undefined ? recover(file, options) : { store, recovery: null };
}

/** undefined where the file is damaged. */
function maybeOpen(file: string, options: StoreOptions): Store | undefined {
  try {
    const store = openStore(file, options);
    try {
      if (store.connection.pragma('quick_check(1)', { simple: true }) === 'ok') return store;
    } catch (error) {
      closeStore(store);
      throw error;
    }
    closeStore(store);
    return undefined;
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function recover(file: string, options: StoreOptions): RecoveredStore {
  const nowMs = (options.now ?? Date.now)();
  const asideFile = moveAside(file, nowMs);
  const backup = listBackups(file).find((each) => isSound(each.file));
  if (backup !== undefined) {
    // Under another name first: a copy that a crash cut short must not pass for the database.
    const temporary = `${file}.restored`;
    copyFileSync(backup.file, temporary);
    renameSync(temporary, file);
  }
  const store = openStore(file, options);
  const notes = salvageNotes(store, asideFile);
  const experiments = Number(store.connection.prepare('SELECT count(*) FROM experiments').pluck().get());
  const from = { backupFile: backup?.file ?? null, backupMs: backup?.madeMs ?? null };
  return { store, recovery: { asideFile, ...from, experiments, notes } };
}

/** Journals go with their file: without them it could not even be read by those who try to save it. */
function moveAside(file: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let asideFile = `${file}.corrupt-${time}`;
  for (let n = 2; existsSync(asideFile); n++) asideFile = `${file}.corrupt-${time}-${n}`;
  for (const suffix of ['-wal', '-journal']) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${asideFile}${suffix}`);
  }
  // An index of the WAL, in memory that is shared; it is made anew.
  rmSync(`${file}-shm`, { force: true });
  renameSync(file, asideFile);
  return asideFile;
}

interface NotesRow {
  readonly key: string;
  readonly notes: string;
  readonly tags: string;
  readonly keep: string;
  readonly changed_ms: number;
}

/** Takes over the notes that can be read from the damaged file and are newer than those of the database; counts them. */
function salvageNotes(store: Store, asideFile: string): number {
  const take = store.connection.prepare(
    `INSERT INTO user_notes (key, notes, tags, keep, changed_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET notes = excluded.notes, tags = excluded.tags, keep = excluded.keep,
       changed_ms = excluded.changed_ms
     WHERE excluded.changed_ms > user_notes.changed_ms`,
  );
  return store.connection.transaction(() => {
    const rows = readDamagedNotes(asideFile);
    const taken = rows.filter((row) => take.run(row.key, row.notes, row.tags, row.keep, row.changed_ms).changes > 0);
    if (taken.length > 0) noteChange(store);
    return taken.length;
  })();
}

/** As many as can be read. */
function readDamagedNotes(file: string): NotesRow[] {
  const rows: NotesRow[] = [];
  try {
    const connection = connect(file, { readonly: true });
    try {
      const select = 'SELECT key, notes, tags, keep, changed_ms FROM user_notes WHERE json_valid(tags)';
      for (const row of connection.prepare<[], NotesRow>(select).iterate()) rows.push(row);
    } finally {
      connection.close();
    }
  } catch (error) {
    // Not even that could be read: no table of notes, no schema, no database.
    if (maybeSqliteCode(error) === undefined) throw error;
  }
  return rows;
}
