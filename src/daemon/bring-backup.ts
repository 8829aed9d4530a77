import { z } from 'zod';
import { readChanges } from '../store/changes.js';
import { putRecord, readRecords } from '../store/records.js';
import type { Session } from './session.js';

const dayMs = 24 * 60 * 60 * 1000;

const backupRecord = z.object({
  /** The store's count of changes that is in the backup. */
  changes: z.number(),
  madeMs: z.number(),
});

/** Whether the newest backup is a day old, and the database is not what it was then. */
export function isBackupDue({ store, now }: Session): boolean {
  const last = backupRecord.safeParse(readRecords(store, 'backup').get('newest')).data ?? { changes: 0, madeMs: 0 };
  return last.changes !== readChanges(store) && now() - last.madeMs >= dayMs;
}

/** Makes one. Throws a `ChildError`. */
export async function bringBackup({ store, jobs, now, log }: Session): Promise<{ readonly file: string }> {
  const changes = readChanges(store);
  const { file } = await jobs.makeBackup(store.file);
  putRecord(store, 'backup', 'newest', { changes, madeMs: now() });
  log.debug('backup made', { backup: file });
  return { file };
}
