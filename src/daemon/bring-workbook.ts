import { join } from 'node:path';
import { program } from '../package.js';
import { readChanges } from '../store/changes.js';
import { keepRootOutputRecord, readRootOutputRecords } from './output-records.js';
import { outputFolderOf } from './places.js';
import { rootName, type Session } from './session.js';
import type { WrittenWorkbook } from './write-workbook.js';

/** Name of the workbook in the root. */
export const workbookName = 'master.xlsx';

/** Path of a root's workbook. */
export function workbookPathOf({ root, config }: Pick<Session, 'root' | 'config'>): string {
  return join(outputFolderOf(root, config), workbookName);
}

/** Whether the workbook does not show the database as it is. */
export function isWorkbookDue({ store, config }: Session): boolean {
  return config.outputs.workbook && readRootOutputRecords(store).get(workbookName)?.changes !== readChanges(store);
}

/** Writes the workbook as the database is now. */
export async function bringWorkbook(session: Session): Promise<WrittenWorkbook> {
  const { store, jobs, config, objective, now, health } = session;
  const changes = readChanges(store);
  const written = await jobs.writeWorkbook({
    path: workbookPathOf(session),
    database: store.file,
    options: { objective, names: config.hyperparameters.names, customMetric: config.customMetric },
    about: { program: `${program.name} ${program.version}`, root: rootName(session), health: [...health.values()] },
    recorded: readRootOutputRecords(store).get(workbookName)?.version ?? null,
    createFolder: config.outputs.dir !== null,
  });
  const { version } = written;
  if (version !== null) keepRootOutputRecord(store, workbookName, { changes, writtenMs: now(), version });
  return written;
}
