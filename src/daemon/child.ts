/** The program of a child process: all work on logs and outputs that may hang, crash or take long. */

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import type { ReadOrder } from '../watch/readings.js';
import { serve } from './pool.js';
import { readLog } from './read-log.js';
import { writeOutputs } from './write-outputs.js';
import { writeWorkbook } from './write-workbook.js';

// Ctrl-C on a terminal reaches the whole group; the parent decides what is finished first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

serve({
  read: ({ root, order, config }: { root: string; order: ReadOrder; config: Config }) => readLog(root, order, config),
  writeOutputs,
  writeWorkbook,
  missing: (paths: readonly string[]): string[] => paths.filter((path) => !existsSync(path)),
});
