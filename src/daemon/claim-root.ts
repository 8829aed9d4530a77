/**
 * A database is of one root. Experiments are known by their paths below it, so that in a state folder that two roots share those of
 * one would be taken for those of the other.
 */

import { dirname } from 'node:path';
import { maybeReadRecord, putRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { exitCodes, UserError } from '../user-error.js';
import { ChildError } from './child-error.js';
import type { Jobs } from './jobs.js';

/** Keeps whose the database is. Throws a `UserError` where it is that of another root which is still there, under whatever name. */
export async function claimRoot(store: Store, root: string, jobs: Pick<Jobs, 'compareFolders'>): Promise<void> {
  const owner = maybeReadRecord(store, 'root', 'path');
  if (owner === root) return;
  if (typeof owner === 'string' && (await compare(owner, root, jobs)) === 'other') {
    throw new UserError(
      `${dirname(store.file)}: expected a state folder of ${root}, got that of ${owner}; each root needs a stateDir of its own`,
      exitCodes.config,
    );
  }
  putRecord(store, 'root', 'path', root);
}

/** One that does not answer is there. */
async function compare(owner: string, root: string, jobs: Pick<Jobs, 'compareFolders'>) {
  try {
    return await jobs.compareFolders(owner, root);
  } catch (error) {
    if (error instanceof ChildError) return 'other';
    throw error;
  }
}
