import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { outputPathOf } from '../outputs/output-names.js';
import { maybeFileOfPackage } from '../outputs/package-ends.js';
import { program } from '../package.js';
import { bytesOfPath } from '../path-text.js';
import type { LogIdentity } from '../watch/identity.js';
import type { LogPlace } from './experiment-of-log.js';

/** The first lines hold the name of the experiment three times. */
const endBytes = 8192;

/** Where the package of a log may lie: beside it, and where this config has its outputs written. */
export function packagePathsOf({ root, file, key }: LogPlace, { outputs }: Config): string[] {
  const beside = join(root, outputPathOf(file, 'json'));
  const own = outputs.dir === null ? beside : join(outputs.dir, outputPathOf(key, 'json'));
  return own === beside ? [beside] : [own, beside];
}

/**
 * Whether a package of this very state of the log, by this very version, lies at one of the paths; not one that was made while the
 * log still grew, which does not know what became of the run. Only the two ends of a file are read, so that 100,000 packages can be asked for; who takes one over checks all of it.
 */
export function hasCurrentPackage(paths: readonly string[], { sizeBytes, fingerprint }: LogIdentity): boolean {
  return paths.some((path) => {
    const ends = readEnds(path);
    const made = ends && maybeFileOfPackage(ends.head, ends.tail);
    return (
      made !== undefined &&
      made.bytes === sizeBytes &&
      made.fingerprint === fingerprint &&
      made.programVersion === program.version &&
      !made.isRunning
    );
  });
}

function readEnds(path: string): { readonly head: string; readonly tail: string } | undefined {
  try {
    const fd = openSync(bytesOfPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(fd);
      const part = Buffer.alloc(Math.min(size, endBytes));
      const read = (at: number): string => part.toString('utf8', 0, readSync(fd, part, 0, part.length, at));
      return { head: read(0), tail: read(size - part.length) };
    } finally {
      closeSync(fd);
    }
  } catch {
    // Whatever keeps it from being read, it is of no use.
    return undefined;
  }
}
