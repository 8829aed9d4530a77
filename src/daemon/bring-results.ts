import { join } from 'node:path';
import { readChanges } from '../store/changes.js';
import type { OutputError } from './output-files.js';
import { keepRootOutputRecord, readRootOutputRecords } from './output-records.js';
import { outputFolderOf } from './places.js';
import { isRootOutputDue, madeByOf, tableOptionsOf } from './root-outputs.js';
import type { Session } from './session.js';

/** Name of the copy of the database in the root. */
export const resultsName = 'results.db';

/** Path of a root's copy of its database. */
export function resultsPathOf({ root, config }: Pick<Session, 'root' | 'config'>): string {
  return join(outputFolderOf(root, config), resultsName);
}

/** Whether the copy is not what the database is. */
export function isResultsDue(session: Session): boolean {
  return session.config.outputs.results && isRootOutputDue(session, resultsName);
}

/** Writes the copy as the database is now. Throws a `ChildError`. */
export async function bringResults(
  session: Session,
): Promise<{ readonly path: string; readonly isNew: boolean } | { readonly error: OutputError }> {
  const { store, jobs, config, now } = session;
  const path = resultsPathOf(session);
  const changes = readChanges(store);
  const written = await jobs.writeResults({
    ...{ path, database: store.file, options: tableOptionsOf(session) },
    recorded: readRootOutputRecords(store).get(resultsName)?.version ?? null,
    createFolder: config.outputs.dir !== null,
    shareGroupId: session.shareGroupId,
  });
  if ('error' in written) return written;
  const { version } = written;
  keepRootOutputRecord(store, resultsName, { changes, writtenMs: now(), version, madeBy: madeByOf(session) });
  return { path, isNew: written.isNew };
}
