import { requireFile } from '../store/trouble.js';
import { bringBackup, isBackupDue } from './bring-backup.js';
import { bringOutputs, settleObjective } from './bring-outputs.js';
import { bringResults, isResultsDue } from './bring-results.js';
import { type BroughtWorkbook, bringWorkbook, isWorkbookDue, isWorkbookEdited } from './bring-workbook.js';
import { ChildError } from './child-error.js';
import { type OutputError, outputError } from './output-files.js';
import { readLogs } from './read-logs.js';
import { saveSession } from './save-session.js';
import type { Session } from './session.js';

/** Whom to tell how far the work is. */
export interface Progress {
  /** `waiting`: logs that are still to be read, as far as is known. */
  onRead(done: number, waiting: number): void;
  onWritten(done: number, of: number): void;
}

/** For nobody. */
export const unseen: Progress = { onRead: () => {}, onWritten: () => {} };

/** What was written for the whole root. */
export interface Published {
  /** Files beside logs that were written. */
  readonly files: number;
  /** null where it was as it should be, or could not be written. */
  readonly workbook: BroughtWorkbook | null;
  /** What could not be written. */
  readonly errors: readonly OutputError[];
}

/** Logs that are read before what they say is saved. */
const logsPerReload = 50;

/**
 * Reads the logs that the watcher says are ready, and saves what they say. Calling it again changes
 * nothing unless something on disk did; what a crash left undone is done by the next call. Once `isOver`, no further log is begun.
 */
export async function reload(
  session: Session,
  progress: Progress,
  isOver: () => boolean = () => false,
): Promise<{ readonly read: number; readonly changed: number }> {
  session.hold.require();
  const read = await readLogs(session, logsPerReload, progress, isOver);
  return { read, changed: await saveSession(session) };
}

/** Writes every file that does not show the database as it is, the workbook first, for who waits for them. */
export async function publishAll(session: Session, progress: Progress): Promise<Published> {
  const tables = await publishTables(session, { isAskedFor: true });
  const { files, errors } = await publishFiles(session, progress);
  return { ...tables, files, errors: [...tables.errors, ...errors] };
}

/** Writes what shows the whole root: the workbook, also where only people changed it if `isAskedFor`, and the copy of the database. */
export async function publishTables(session: Session, { isAskedFor = false } = {}): Promise<Omit<Published, 'files'>> {
  session.hold.require();
  requireFile(session.store);
  const survey = await attempt(settleObjective(session), 'a survey of the root');
  if ('error' in survey) return { workbook: null, errors: [survey.error] };
  const bring = async () =>
    isWorkbookDue(session) || (isAskedFor && (await isWorkbookEdited(session))) ? bringWorkbook(session) : null;
  const workbook = await attempt(bring(), 'the workbook');
  // After the workbook: notes that people typed into it belong in the copy too.
  const results = isResultsDue(session) ? await attempt(bringResults(session), 'results.db') : null;
  const backup = isBackupDue(session) ? await attempt(bringBackup(session), 'a backup of the database') : null;
  return {
    workbook: workbook === null || 'error' in workbook ? null : workbook,
    errors: [workbook, results, backup].flatMap((each) => (each && 'error' in each ? each.error : [])),
  };
}

/**
 * Writes the files beside logs, those of the newest first, until `isOver`; `left` experiments then wait for theirs. Finding out
 * which are due took `surveyMs`.
 */
export async function publishFiles(
  session: Session,
  progress: Progress,
  isOver: () => boolean = () => false,
): Promise<Omit<Published, 'workbook'> & { readonly left: number; readonly surveyMs: number }> {
  session.hold.require();
  requireFile(session.store);
  const startedMs = performance.now();
  const survey = await attempt(settleObjective(session), 'a survey of the root');
  const surveyMs = performance.now() - startedMs;
  if ('error' in survey) return { files: 0, errors: [survey.error], left: 0, surveyMs };
  const { written, errors, left } = await bringOutputs(session, survey, { progress, isOver });
  return { files: written, errors, left, surveyMs };
}

async function attempt<Result>(work: Promise<Result>, what: string): Promise<Result | { readonly error: OutputError }> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    return { error: outputError(error, what) };
  }
}
