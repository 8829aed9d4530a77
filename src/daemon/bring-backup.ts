import { isNumber, isRecord } from '../shape.js';
import { readChanges } from '../store/changes.js';
import { putRecord, readRecords } from '../store/records.js';
import type { Session } from './session.js';

const dayMs = 24 * 60 * 60 * 1000;

/** `changes`: the store's count of changes that is in the backup. */
const isBackupRecord = isRecord({ changes: isNumber, madeMs: isNumber });

/** Whether the newest backup is a day old, and the database is not what it was then. */
export function isBackupDue({ store, now }: Pick<Session, 'store' | 'now'>): boolean {
  const newest = readRecords(store, 'backup').get('newest');
  const last = isBackupRecord(newest) ? newest : { changes: 0, madeMs: 0 };
  // One from the future was made while the clock was wrong.
  return last.changes !== readChanges(store) && Math.abs(now() - last.madeMs) >= dayMs;
}

/** Makes one. Throws a `ChildError`. */
export async function bringBackup({ store, jobs, now, log }: Session): Promise<{ readonly file: string }> {
  const changes = readChanges(store);
  const { file } = await jobs.makeBackup(store.file);
  putRecord(store, 'backup', 'newest', { changes, madeMs: now() });
  log.debug('backup made', { backup: file });
  return { file };
}
