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
import type { Session } from './session.js';

/**
 * Keeps whose the folder of the outputs is, where the config names one. Throws a `UserError` where it is that of another root which is
 * still there. Where that cannot be told those who write into it will say why.
 */
export async function claimOutputFolder(
  { root, config, shareGroupId }: Pick<Session, 'root' | 'config' | 'shareGroupId'>,
  jobs: Pick<Jobs, 'claimOutputs'>,
): Promise<void> {
  const { dir } = config.outputs;
  if (dir === null) return;
  const owner = await jobs.claimOutputs({ folder: dir, root, shareGroupId }).catch((error: unknown) => {
    if (error instanceof ChildError) return null;
    throw error;
  });
  if (owner === null) return;
  throw refusal(`${dir}: expected a folder for the outputs of ${root}, got that of ${owner}`, 'outputs.dir');
}

/** Keeps whose the database is. Throws a `UserError` where it is that of another root which is still there, under whatever name. */
export async function claimRoot(store: Store, root: string, jobs: Pick<Jobs, 'compareFolders'>): Promise<void> {
  const owner = maybeReadRecord(store, 'root', 'path');
  if (owner === root) return;
  if (typeof owner === 'string' && (await compare(owner, root, jobs)) === 'other') {
    const folder = dirname(store.file);
    throw refusal(`${folder}: expected a state folder of ${root}, got that of ${owner}`, 'stateDir');
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

function refusal(what: string, option: string): UserError {
  const wayOut = `set ${option} to another folder; where the root only moved, move away what is left at its old place`;
  return new UserError(`${what}; ${wayOut}`, exitCodes.config);
}
