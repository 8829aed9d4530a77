/** The doorbell in the root, by which any host asks for the workbook. It may lie on a disk that does not answer: for children only. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../read-file.js';
import { exportAnswer, exportBell } from '../watch/root-folder.js';

/** What came of an export that was rung for; the rest of it is what `exportNow` gives. */
export interface BellAnswer {
  readonly at: unknown;
  readonly error: unknown;
}

/** Rings, and gives the answer to whoever rang before. Throws what `writeFileSync` throws. */
export function ringBell(folder: string): BellAnswer | undefined {
  const before = maybeBellAnswer(folder);
  writeFileSync(join(folder, exportBell), '');
  return before;
}

/** The last answer; undefined where there is none, or none can be read. */
export function maybeBellAnswer(folder: string): BellAnswer | undefined {
  try {
    return Object(JSON.parse(readText(join(folder, exportAnswer))));
  } catch {
    return undefined;
  }
}
