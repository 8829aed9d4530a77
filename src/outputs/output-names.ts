/** Where the outputs of one experiment lie: beside its log, under the log's name. */

import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { withoutLogEnding } from '../log-name.js';

/** A file's name has at most 255 bytes; what is put behind a log's has 9. */
const mostBytes = 246;

/**
 * `a/run.log` → `a/run.tlw.pdf`, `a/job.o1` → `a/job.o1.tlw.pdf`: the path of an output relative to the root, or to the folder that
 * stands for it. A name that leaves no room is cut, and a digest of all of it put in the place of what was cut off.
 */
export function outputPathOf(logPath: string, extension: 'json' | 'pdf' | 'csv'): string {
  const stem = withoutLogEnding(logPath);
  const name = posix.basename(stem);
  if (Buffer.byteLength(name) <= mostBytes) return `${stem}.tlw.${extension}`;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return posix.join(posix.dirname(stem), `${start(name, mostBytes - digest.length - 1)}-${digest}.tlw.${extension}`);
}

/** The first characters, and whole escapes of bytes, of at most so many bytes. */
function start(name: string, most: number): string {
  let bytes = 0;
  const kept: string[] = [];
  for (const [character] of name.matchAll(/\\x[0-9A-F]{2}|./gsu)) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    kept.push(character);
  }
  return kept.join('');
}
