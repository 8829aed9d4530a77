/** The program of a child process: all work on logs and outputs that may hang, crash or take long. */

import type { Config } from '../config.js';
import type { FileVersion } from '../outputs/publish-present.js';
import { collectEdits } from '../outputs/workbook-files.js';
import { makeBackup } from '../store/backup.js';
import type { ReadOrder } from '../watch/readings.js';
import { examineDrawing, examineFolder } from './examine.js';
import { tryDatabase } from './examine-database.js';
import { findMissing } from './find-missing.js';
import { maybeHeartbeatIn } from './heartbeat.js';
import { leaveInRoot } from './leave-in-root.js';
import { parseBeside } from './parse-beside.js';
import { serve } from './pool.js';
import { readLog } from './read-log.js';
import { surveyRoot } from './survey.js';
import { writeOutputs } from './write-outputs.js';
import { writeResultsFile } from './write-results.js';
import { writeWorkbook } from './write-workbook.js';

// Ctrl-C on a terminal reaches the whole group; the parent decides what is finished first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

serve({
  read: ({ root, order, config }: { root: string; order: ReadOrder; config: Config }) => readLog(root, order, config),
  parseBeside,
  survey: surveyRoot,
  writeOutputs,
  collectEdits: ({ path, recorded }: { path: string; recorded: FileVersion | null }) => collectEdits(path, recorded),
  writeWorkbook,
  writeResults: writeResultsFile,
  examineFolder,
  maybeHeartbeatIn,
  examineDrawing,
  tryDatabase,
  leaveInRoot,
  makeBackup: (database: string) => makeBackup(database),
  missing: findMissing,
});
