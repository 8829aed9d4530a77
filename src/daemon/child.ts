/** The program of a child process: all that touches the experiments root, or may hang, crash or take long. */

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import type { Answer, Look, ScanSettings } from '../watch/look.js';
import type { ReadOrder } from '../watch/readings.js';
import { createScanner, type Scanner } from '../watch/scanner.js';
import { serve } from './pool.js';
import { readLog } from './read-log.js';
import { writeOutputs } from './write-outputs.js';
import { writeWorkbook } from './write-workbook.js';

// Ctrl-C on a terminal reaches the whole group; the parent decides what is finished first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

let scanner: { readonly of: string; readonly scan: Scanner } | undefined;

serve({
  look: ({ settings, looks }: { settings: ScanSettings; looks: readonly Look[] }): Answer[] => {
    const scan = scannerFor(settings);
    return looks.map((look) => scan(look));
  },
  read: ({ root, order, config }: { root: string; order: ReadOrder; config: Config }) => readLog(root, order, config),
  writeOutputs,
  writeWorkbook,
  missing: (paths: readonly string[]): string[] => paths.filter((path) => !existsSync(path)),
});

/** A scanner remembers whose the root is and what its clock says; a new one must look at the root first. */
function scannerFor(settings: ScanSettings): Scanner {
  const of = JSON.stringify(settings);
  if (scanner?.of === of) return scanner.scan;
  const scan = createScanner(settings);
  scan({ kind: 'root', mayMark: false });
  scanner = { of, scan };
  return scan;
}
