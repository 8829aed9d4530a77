/** What the files for a whole root have in common: what they are made by, and when they are to be made again. */

import { createHash } from 'node:crypto';
import type { WorkbookInput } from '../outputs/workbook.js';
import { program } from '../package.js';
import { readChanges } from '../store/changes.js';
import { readRootOutputRecords } from './output-records.js';
import type { Session } from './session.js';

/** What the tables of a root are made by. */
export function tableOptionsOf({ objective, config }: Pick<Session, 'objective' | 'config'>): WorkbookInput['options'] {
  const { names, splitLists } = config.hyperparameters;
  return { objective, names, splitLists, customMetric: config.customMetric, repeatKeys: config.repeatKeys };
}

/** Known again where the same program makes the tables by the same options for the same group; another one may show the same rows otherwise. */
export function madeByOf(session: Session): string {
  const by = JSON.stringify([program.version, tableOptionsOf(session), session.shareGroupId]);
  return createHash('sha256').update(by).digest('hex').slice(0, 16);
}

/** Whether a file for the whole root does not show the database as it is, by the options as they are. */
export function isRootOutputDue(session: Session, name: string): boolean {
  const record = readRootOutputRecords(session.store).get(name);
  return record?.changes !== readChanges(session.store) || record.madeBy !== madeByOf(session);
}
