/** What the program remembers of each log, and the small changes of it that need no new reading. */

import { type LogState, logStates, type Status, statuses } from '../experiment.js';
import { noteChange } from './changes.js';
import { moveUserNotes } from './notes.js';
import { perStore, type Store } from './store.js';
import { oneOf } from './words.js';

/** One log as it was last seen. */
export interface KnownLog {
  readonly key: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly fingerprint: string;
  readonly logState: LogState;
  readonly status: Status;
  readonly revision: number;
}

interface KnownRow {
  readonly key: string;
  readonly log_bytes: number;
  readonly log_mtime_ms: number;
  readonly log_fingerprint: string;
  readonly log_state: string;
  readonly status: string;
  readonly revision: number;
}

const statements = perStore((connection) => ({
  all: connection.prepare<[], KnownRow>(
    'SELECT key, log_bytes, log_mtime_ms, log_fingerprint, log_state, status, revision FROM experiments ORDER BY key',
  ),
  changedMs: connection.prepare<[string], number>('SELECT changed_ms FROM experiments WHERE key = ?').pluck(),
  count: connection.prepare<[], number>('SELECT count(*) FROM experiments').pluck(),
  status: connection.prepare<[string], string>('SELECT status FROM experiments WHERE key = ?').pluck(),
  logState: connection.prepare<[string], string>('SELECT log_state FROM experiments WHERE key = ?').pluck(),
  setLogState: connection.prepare('UPDATE experiments SET log_state = ? WHERE key = ?'),
  setStatus: connection.prepare(
    'UPDATE experiments SET status = ?, reason = ?, changed_ms = ?, digest = NULL WHERE key = ? AND (status <> ? OR reason IS NOT ?)',
  ),
  markGone: connection.prepare(
    "UPDATE experiments SET status_before_gone = status, status = 'gone', changed_ms = ?, digest = NULL WHERE key = ? AND status <> 'gone'",
  ),
  restore: connection.prepare(
    "UPDATE experiments SET status = status_before_gone, status_before_gone = NULL, changed_ms = ?, digest = NULL WHERE key = ? AND status = 'gone' AND status_before_gone IS NOT NULL",
  ),
  remove: connection.prepare('DELETE FROM experiments WHERE key = ?'),
  rename: connection.prepare(
    'UPDATE experiments SET key = ?, log_path = ?, name = ?, changed_ms = ?, digest = NULL WHERE key = ?',
  ),
}));

/** Every log, by key. */
export function readKnownLogs(store: Store): KnownLog[] {
  return statements(store)
    .all.all()
    .map((row) => ({
      key: row.key,
      bytes: row.log_bytes,
      mtimeMs: row.log_mtime_ms,
      fingerprint: row.log_fingerprint,
      logState: oneOf(logStates, row.log_state),
      status: oneOf(statuses, row.status),
      revision: row.revision,
    }));
}

/** When the rows of an experiment last changed, ms since 1970, UTC; undefined where there are none. */
export function maybeChangedMs(store: Store, key: string): number | undefined {
  return statements(store).changedMs.get(key);
}

/** How many experiments there are. */
export function countExperiments(store: Store): number {
  return statements(store).count.get() ?? 0;
}

/** What became of a run; undefined where its log is not known. */
export function maybeReadStatus(store: Store, key: string): Status | undefined {
  const status = statements(store).status.get(key);
  return status === undefined ? undefined : oneOf(statuses, status);
}

/** How far the program is with a log; true where that is new. It counts as a change where tables show it: parsed or not. */
export function setLogState(store: Store, key: string, logState: LogState): boolean {
  return store.connection
    .transaction(() => {
      const before = statements(store).logState.get(key);
      if (before === undefined || before === logState) return false;
      statements(store).setLogState.run(logState, key);
      if (before === 'parsed' || logState === 'parsed') noteChange(store);
      return true;
    })
    .immediate();
}

/** What became of a run, where that is known without reading its log; true where it is new. */
export function setStatus(store: Store, key: string, status: Status, reason: string | null): boolean {
  return changing(
    store,
    () => statements(store).setStatus.run(status, reason, store.now(), key, status, reason).changes,
  );
}

/** The log's folder was deleted: its rows stay, marked; true where they were not yet. */
export function markGone(store: Store, key: string): boolean {
  return changing(store, () => statements(store).markGone.run(store.now(), key).changes);
}

/** A log that was gone is back as it was; true where it was gone. */
export function unmarkGone(store: Store, key: string): boolean {
  return changing(store, () => statements(store).restore.run(store.now(), key).changes);
}

/** A log has moved: its rows and its notes follow it, and take the place of what had its new key. */
export function renameExperiment(
  store: Store,
  from: string,
  to: { readonly key: string; readonly name: string },
): boolean {
  return changing(store, () => {
    const { logState, remove, rename } = statements(store);
    if (from === to.key || logState.get(from) === undefined) return 0;
    remove.run(to.key);
    moveUserNotes(store, from, to.key);
    return rename.run(to.key, to.key, to.name, store.now(), from).changes;
  });
}

function changing(store: Store, change: () => number): boolean {
  return store.connection
    .transaction(() => {
      const isChanged = change() > 0;
      if (isChanged) noteChange(store);
      return isChanged;
    })
    .immediate();
}
