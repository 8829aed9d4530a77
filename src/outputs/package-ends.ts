/** What the first and the last lines of a package tell, without reading what lies between. */

import { packageEnd, packageStart } from './package-parse.js';

/** Of which state of which log, and by which version a package was made. */
export interface PackagedFile {
  readonly bytes: number;
  readonly fingerprint: string;
  readonly programVersion: string;
  /** What became of the run was not known yet. */
  readonly isRunning: boolean;
}

/** undefined where the two ends are not those of a package that was written to its end. */
export function maybeFileOfPackage(head: string, tail: string): PackagedFile | undefined {
  if (!packageStart.test(head) || !packageEnd.test(tail)) return undefined;
  const log = lineOf(head, 'log');
  const program = lineOf(head, 'program');
  const { bytes, fingerprint } = Object(log);
  const { version } = Object(program);
  if (typeof bytes !== 'number' || typeof fingerprint !== 'string' || typeof version !== 'string') return undefined;
  return { bytes, fingerprint, programVersion: version, isRunning: /^"status": "running",$/m.test(head) };
}

/** Every field of the experiment has a line of its own. */
function lineOf(head: string, name: string): unknown {
  const line = new RegExp(`^"${name}": (\\{.*\\}),$`, 'm').exec(head)?.[1];
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}
