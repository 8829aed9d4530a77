/** The program of a child process: all work on logs and outputs that may hang, crash or take long. */

import '../end-with-parent.js';
import type { Config } from '../config.js';
import type { FileVersion } from '../outputs/publish-present.js';
import type { ReadOrder } from '../watch/readings.js';
import type { BesideOrder } from './parse-beside.js';
import { serve } from './pool.js';

// One after the other: Node opens all files of what is imported at once, and only so many may be open. zod alone has a hundred.
await import('zod');
const { readLog } = await import('./read-log.js');
const { parseBeside } = await import('./parse-beside.js');
const { surveyRoot } = await import('./survey.js');
const { writeOutputs } = await import('./write-outputs.js');
const { collectEdits } = await import('../outputs/workbook-files.js');
const { writeWorkbook } = await import('./write-workbook.js');
const { writeResultsFile } = await import('./write-results.js');
const { compareFolders, examineDrawing, examineFolder } = await import('./examine.js');
const { claimOutputs } = await import('./claim-outputs.js');
const { maybeHeartbeatIn } = await import('./heartbeat.js');
const { maybeBellAnswer, ringBell } = await import('./ring.js');
const { tryDatabase } = await import('./examine-database.js');
const { leaveInRoot } = await import('./leave-in-root.js');
const { makeBackup } = await import('../store/backup.js');
const { findMissing } = await import('./find-missing.js');

const parent = process.ppid;

/** That the parent was killed is heard of only when a piece of work is done; a log may take an hour, which is for nobody then. */
function endWithParent(): void {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}

// Ctrl-C on a terminal reaches the whole group; the parent decides what is finished first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

serve({
  read: ({ root, order, config }: { root: string; order: ReadOrder; config: Config }) =>
    readLog(root, order, config, endWithParent),
  parseBeside: (order: BesideOrder) => parseBeside(order, endWithParent),
  survey: surveyRoot,
  writeOutputs,
  collectEdits: ({ path, recorded }: { path: string; recorded: FileVersion | null }, gotOn: () => void) =>
    collectEdits(path, recorded, gotOn),
  writeWorkbook,
  writeResults: writeResultsFile,
  examineFolder,
  compareFolders,
  claimOutputs,
  maybeHeartbeatIn,
  ringBell,
  maybeBellAnswer,
  examineDrawing,
  tryDatabase,
  leaveInRoot,
  makeBackup: (database: string) => makeBackup(database),
  missing: findMissing,
});
