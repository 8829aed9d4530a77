/** Where the outputs of one experiment lie: beside its log, under the log's name. */

import { withoutEnding } from '../log-name.js';

/** `a/run.log` → `a/run.tlw.pdf`: the path of an output relative to the root, or to the folder that stands for it. */
export function outputPathOf(logPath: string, extension: 'json' | 'pdf' | 'csv'): string {
  return `${withoutEnding(logPath)}.tlw.${extension}`;
}
