import { reopenStore } from '../store/open.js';
import { putRecord } from '../store/records.js';
import { DatabaseError, type DatabaseTrouble, maybeDatabaseTrouble, requireFile } from '../store/trouble.js';
import { createBackOff } from './back-off.js';
import { saveSession } from './save-session.js';
import type { Session } from './session.js';

/**
 * Keeps a watcher going while its database cannot be written: no log is read then, what was read stays in memory, and is
 * saved when that works again.
 */
export interface DatabaseCare {
  /** ms until saving is tried again; 0 where all is well. */
  restMs(): number;
  /** Saves what could not be saved, where there is such a thing; throws what the database throws. */
  mend(): Promise<void>;
  /** Makes a state of an error of the database. Throws any other, and what only a new start can mend. */
  take(error: unknown): DatabaseError;
  /** Does what somebody asked for, as soon as the database is well; throws a `DatabaseError` where it is not. */
  serve<Result>(action: () => Promise<Result>): Promise<Result>;
}

/** All is well until an error is taken. */
export function createDatabaseCare(session: Session): DatabaseCare {
  const { store, health, log } = session;
  const backOff = createBackOff();
  let trouble: DatabaseTrouble | null = null;

  const mend = async (): Promise<void> => {
    if (trouble === null) return;
    requireFile(store);
    // Whether a commit that failed was done all the same, only a file that is opened anew can tell.
    if (trouble.kind === 'io') reopenStore(store, session.fileSystem);
    await saveSession(session);
    putRecord(store, 'root', 'mended', session.now());
    trouble = null;
    backOff.succeed();
    health.delete('DB_DEGRADED');
    log.info('database can be written again');
  };

  const take = (error: unknown): DatabaseError => {
    const found = maybeDatabaseTrouble(error, store.file);
    if (found === undefined) throw error;
    if (trouble?.kind !== found.kind) log.warn('database cannot be written', { reason: found.sentence });
    trouble = found;
    health.set('DB_DEGRADED', `database cannot be written: ${found.sentence}`);
    const taken = new DatabaseError(found, { cause: error });
    if (found.kind === 'gone' || found.kind === 'damaged') throw taken;
    backOff.fail();
    return taken;
  };

  return {
    restMs: () => backOff.restMs(),
    mend,
    take,
    async serve(action) {
      try {
        await mend();
        return await action();
      } catch (error) {
        throw take(error);
      }
    },
  };
}
