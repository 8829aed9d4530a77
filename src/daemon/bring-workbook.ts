import { join } from 'node:path';
import { isSame } from '../outputs/publish-present.js';
import { mergeNotes } from '../outputs/workbook/merge-notes.js';
import type { UserRow } from '../outputs/workbook/user-workbook.js';
import { program } from '../package.js';
import { readChanges } from '../store/changes.js';
import { readAllUserNotes, readNoteTimes, setUserNotes } from '../store/notes.js';
import { readOverviews } from '../store/read-overviews.js';
import { inTransaction } from '../store/records.js';
import { troublesOf } from './health.js';
import type { OutputError } from './output-files.js';
import { keepRootOutputRecord, readRootOutputRecords } from './output-records.js';
import { outputFolderOf } from './places.js';
import { isRootOutputDue, madeByOf, tableOptionsOf } from './root-outputs.js';
import { rootName, type Session } from './session.js';

/** Name of the workbook in the root. */
export const workbookName = 'master.xlsx';

export interface BroughtWorkbook {
  /** Of the file that has what is in the database now. */
  readonly path: string;
  readonly rows: number;
  readonly isNew: boolean;
  /** Sentences for the user: why it is not where it should be, what was kept, which notes were changed on both sides. */
  readonly notices: readonly string[];
}

/** Path of a root's workbook. */
export function workbookPathOf({ root, config }: Pick<Session, 'root' | 'config'>): string {
  return join(outputFolderOf(root, config), workbookName);
}

/** Whether the workbook does not show the database as it is. */
export function isWorkbookDue(session: Session): boolean {
  return session.config.outputs.workbook && isRootOutputDue(session, workbookName);
}

/** Whether people saved the workbook since it was written. Throws a `ChildError`. */
export async function isWorkbookEdited(session: Session): Promise<boolean> {
  const record = readRootOutputRecords(session.store).get(workbookName);
  if (record === undefined || !session.config.outputs.workbook) return false;
  const { rows, read } = await session.jobs.collectEdits(workbookPathOf(session), record.version);
  return rows.length > 0 || (read !== null && !isSame(read, record.version));
}

/** A workbook that people save again and again is not waited for. */
const mostAttempts = 5;

/** Takes what people wrote into the workbook, and writes it as the database is then. Throws a `ChildError`. */
export async function bringWorkbook(session: Session): Promise<BroughtWorkbook | { readonly error: OutputError }> {
  const { store, jobs, now, health } = session;
  const path = workbookPathOf(session);
  const notices = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const record = readRootOutputRecords(store).get(workbookName);
    const collected = await jobs.collectEdits(path, record?.version ?? null);
    for (const notice of saveEdits(session, collected.rows, record !== undefined)) notices.add(notice);
    const changes = readChanges(store);
    const written = await jobs.writeWorkbook({
      ...{ path, database: store.file, collected, shareGroupId: session.shareGroupId },
      options: tableOptionsOf(session),
      createFolder: session.config.outputs.dir !== null,
      about: { program: `${program.name} ${program.version}`, root: rootName(session), health: troublesOf(health) },
    });
    if ('error' in written) return written;
    const { state, version, rows, obstacle, kept, ...placed } = written;
    if (state === 'edited' && attempt < mostAttempts) continue;
    if (obstacle !== null) notices.add(`${obstacle}; the new workbook ${whereIs(state, placed.path)}`);
    if (kept !== null) notices.add(`the workbook had ${placed.additions.join(', ')}; it was kept as ${kept}`);
    if (state === 'written' || state === 'unchanged') {
      const madeBy = madeByOf(session);
      keepRootOutputRecord(store, workbookName, { changes, writtenMs: now(), version, madeBy });
    }
    return { path: placed.path, rows, isNew: state === 'written' || state === 'beside', notices: [...notices] };
  }
}

function whereIs(state: string, path: string): string {
  return state === 'beside' ? `is ${path}` : 'waits until it is closed';
}

/** Notes that were typed into the workbook go into the database; gives a sentence for each that was changed on both sides. */
function saveEdits({ store }: Session, rows: readonly UserRow[], isDatabaseOlder: boolean): string[] {
  if (rows.length === 0) return [];
  const others = readAllUserNotes(store);
  const known = { experiments: readOverviews(store), others, noteTimes: readNoteTimes(store) };
  const { changes, conflicts } = mergeNotes({ rows, ...known, isDatabaseOlder });
  inTransaction(store, () => {
    for (const [key, notes] of changes) setUserNotes(store, key, notes);
  });
  return conflicts.map(({ key, field }) => `${field} of ${key} were changed in the workbook and here: both were kept`);
}
