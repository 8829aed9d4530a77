import type { Config } from '../config.js';
import type { FileVersion } from '../outputs/publish-present.js';
import type { CollectedEdits } from '../outputs/workbook-files.js';
import type { Backup } from '../store/backup.js';
import type { ReadOrder } from '../watch/readings.js';
import type { OutputsClaim } from './claim-outputs.js';
import type { ExaminedFolder } from './examine.js';
import type { Heartbeat } from './heartbeat.js';
import type { Word } from './leave-in-root.js';
import type { OutputsOrder, WrittenOutput } from './output-files.js';
import type { BesideOrder, ParsedBeside } from './parse-beside.js';
import { createPool } from './pool.js';
import type { ReadAnswer } from './read-log.js';
import type { BellAnswer } from './ring.js';
import type { Survey, SurveyOrder } from './survey.js';
import type { ResultsOrder, WrittenResults } from './write-results.js';
import type { WorkbookOrder, WrittenWorkbook } from './write-workbook.js';

/** What child processes do for the main process, which itself never touches the experiments root. */
export interface Jobs {
  read(root: string, order: ReadOrder, config: Config): Promise<ReadAnswer>;
  /** Reads a log and writes its files, without a database. */
  parseBeside(order: BesideOrder): Promise<ParsedBeside>;
  /** What is best in a root, and what of its experiments changed when. */
  survey(order: SurveyOrder): Promise<Survey>;
  writeOutputs(order: OutputsOrder): Promise<readonly WrittenOutput[]>;
  /** What people wrote into the workbook since this version was written. */
  collectEdits(path: string, recorded: FileVersion | null): Promise<CollectedEdits>;
  writeWorkbook(order: WorkbookOrder): Promise<WrittenWorkbook>;
  writeResults(order: ResultsOrder): Promise<WrittenResults>;
  /** What a doctor wants to know of a folder; a mount that hangs is a `ChildError`. */
  examineFolder(path: string, mayWrite: boolean): Promise<ExaminedFolder>;
  /** Whether the folder that was known as `before` is there still, and is what `now` is; a mount that hangs is a `ChildError`. */
  compareFolders(before: string, now: string): Promise<'same' | 'other' | 'missing'>;
  /** The other root that has this folder of outputs; null where it is this one's now. A mount that hangs is a `ChildError`. */
  claimOutputs(claim: OutputsClaim): Promise<string | null>;
  /** What a watcher last said of itself in the root; undefined where none did. A mount that hangs is a `ChildError`. */
  maybeHeartbeatIn(file: string): Promise<Heartbeat | undefined>;
  /** Rings for the workbook in the root's own folder, and gives the last answer to that; a mount that hangs is a `ChildError`. */
  ringBell(folder: string): Promise<BellAnswer | undefined>;
  maybeBellAnswer(folder: string): Promise<BellAnswer | undefined>;
  /** Draws a page, and gives its size. */
  examineDrawing(): Promise<number>;
  /** What another process can do with a database now. */
  tryDatabase(file: string): Promise<{ readonly rows: number | null; readonly canWrite: boolean }>;
  /** Leaves word in the root, for hosts that see nothing else. */
  leaveInRoot(word: Word): Promise<void>;
  /** Copies the database to a backup beside it. */
  makeBackup(database: string): Promise<Backup>;
  /** Those of the files that are not there. */
  missing(paths: readonly string[]): Promise<readonly string[]>;
  /** How many readings and renderings may run at once, but for those that take long. */
  readonly size: number;
  /** How many are at work. */
  running(): number;
  close(): Promise<void>;
}

/** Slow readings that do not keep others from being read; one child more is then left for what is to be written. */
export const mostSlowReadings = 2;

const minuteMs = 60_000;
/** For what a person waits for. */
const examineMs = 10_000;

/** Starts up to `size` children, when they are needed, and a few more where readings take long. */
export function startJobs(size: number): Jobs {
  const workers = createPool(size + mostSlowReadings + 1);
  return {
    size,
    read: (root, order, config) => workers.run('read', { root, order, config }, 60 * minuteMs),
    parseBeside: (order) => workers.run('parseBeside', order, 60 * minuteMs),
    survey: (order) => workers.run('survey', order, 10 * minuteMs),
    writeOutputs: (order) => workers.run('writeOutputs', order, 10 * minuteMs),
    collectEdits: (path, recorded) => workers.run('collectEdits', { path, recorded }, minuteMs),
    writeWorkbook: (order) => workers.run('writeWorkbook', order, 10 * minuteMs),
    writeResults: (order) => workers.run('writeResults', order, 10 * minuteMs),
    examineFolder: (path, mayWrite) => workers.run('examineFolder', { path, mayWrite }, examineMs),
    compareFolders: (before, now) => workers.run('compareFolders', { before, now }, examineMs),
    claimOutputs: (claim) => workers.run('claimOutputs', claim, examineMs),
    maybeHeartbeatIn: (file) => workers.run('maybeHeartbeatIn', file, examineMs),
    ringBell: (folder) => workers.run('ringBell', folder, examineMs),
    maybeBellAnswer: (folder) => workers.run('maybeBellAnswer', folder, examineMs),
    examineDrawing: () => workers.run('examineDrawing', null, minuteMs),
    tryDatabase: (file) => workers.run('tryDatabase', file, examineMs),
    leaveInRoot: (word) => workers.run('leaveInRoot', word, minuteMs),
    makeBackup: (database) => workers.run('makeBackup', database, 10 * minuteMs),
    missing: (paths) => workers.run('missing', paths, minuteMs),
    running: () => workers.running(),
    close: () => workers.close(),
  };
}
