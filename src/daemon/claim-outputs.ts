/** A folder of outputs is of one root: the files of two, and the notes in their workbooks, would be taken for one another's. */

import { join } from 'node:path';
import { publish } from '../outputs/publish.js';
import { PublishError } from '../outputs/publish-error.js';
import { readText } from '../read-file.js';
import { compareFolders } from './examine.js';

export interface OutputsClaim {
  /** Of the outputs; made where it is missing. */
  readonly folder: string;
  readonly root: string;
  readonly shareGroupId: number | null;
}

const name = '.tlw-outputs.json';
const mark = '"kind":"training-log-wizard outputs"';

/** Keeps in the folder whose it is. Gives the root that has it, where that is another one and still there. */
export async function claimOutputs({ folder, root, shareGroupId }: OutputsClaim): Promise<string | null> {
  const path = join(folder, name);
  const owner = maybeOwner(path);
  if (owner === root) return null;
  if (owner !== undefined && compareFolders({ before: owner, now: root }) === 'other') return owner;
  try {
    await publish(path, `{${mark},"root":${JSON.stringify(root)}}\n`, { mark, shareGroupId, createFolder: true });
  } catch (error) {
    // The outputs cannot be written either, and whoever tries will say why.
    if (!(error instanceof PublishError)) throw error;
  }
  return null;
}

/** undefined where none is told. */
function maybeOwner(path: string): string | undefined {
  try {
    const { root } = Object(JSON.parse(readText(path)));
    return typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}
