import { constants } from 'node:fs';
import type { Config } from '../config.js';
import type { Run } from '../experiment.js';
import { isPackageCurrent } from '../outputs/package.js';
import { parsePackage } from '../outputs/package-parse.js';
import { program } from '../package.js';
import { bytesOfPath } from '../path-text.js';
import { readWholeFile } from '../read-file.js';
import type { Objective } from '../summary.js';
import type { LogIdentity } from '../watch/identity.js';

/** What the package beside a log is good for: its run, or why it is not used (null where there is none, or just an older one). */
export type PackagedRun =
  | { readonly run: Run; readonly objective: Objective | null }
  | { readonly run: null; readonly refusal: string | null };

/** A package larger than this costs more to check than its log to read. */
const mostBytes = 256 * 1024 * 1024;

/**
 * The run in a package of a log at one of `paths`, written by `tlw parse --out` at the end of a job or by an earlier pass: used where it is
 * whole, of this version and of this very state of the log, so that nothing of the log need be read but its two ends.
 */
export function readPackagedRun(paths: readonly string[], identity: LogIdentity, config: Config): PackagedRun {
  if (!isReadAsUsual(config)) return noPackage;
  let first: PackagedRun | undefined;
  for (const path of paths) {
    const packaged = readPackage(path, identity);
    if (packaged.run !== null) return packaged;
    first ??= packaged.refusal === null ? undefined : packaged;
  }
  return first ?? noPackage;
}

/** What the config says of reading can change the result, and a package does not tell what it was read with. */
export function isReadAsUsual({ launcher, rankPrefix, dialects, steps }: Config): boolean {
  return launcher === 'auto' && rankPrefix === null && dialects.length === 0 && !steps.enabled;
}

/** There is none, or it is of no use, which need not be said. */
export const noPackage: PackagedRun = { run: null, refusal: null };

function readPackage(path: string, identity: LogIdentity): PackagedRun {
  const file = readOwn(path, identity.uid);
  if (file === undefined) return noPackage;
  const parsed = parsePackage(file.text);
  if ('trouble' in parsed) return refuse(`${parsed.trouble}: ${parsed.detail}`);
  const { bytes, fingerprint } = { bytes: identity.sizeBytes, fingerprint: identity.fingerprint };
  if (!isPackageCurrent(parsed.experiment, { bytes, fingerprint })) {
    // A log that has grown since is the usual case, and says nothing about the package.
    return file.mtimeMs > identity.mtimeMs ? refuse('stale: it was made of another state of the log') : noPackage;
  }
  // Made while the log still grew: what became of the run was not known then.
  if (parsed.experiment.run.status === 'running') return noPackage;
  if (parsed.program.version !== program.version)
    return refuse(`stale: version ${parsed.program.version} made it, this is ${program.version}`);
  // The fingerprint is the log's alone: it says nothing of the files that single ranks have of their own.
  if (parsed.experiment.run.ranks.some(({ file: own }) => own !== undefined)) return noPackage;
  return { run: parsed.experiment.run, objective: parsed.objective };
}

function refuse(why: string): PackagedRun {
  return { run: null, refusal: `the package beside the log was not used, ${why}` };
}

/** A file of the same owner as the log, or of ours; no link is followed. */
function readOwn(path: string, uid: number): { text: string; mtimeMs: number } | undefined {
  try {
    const { bytes, stats } = readWholeFile(bytesOfPath(path), { mostBytes, flags: constants.O_NOFOLLOW });
    const isTrusted = stats.uid === uid || stats.uid === process.getuid?.();
    return isTrusted ? { text: bytes.toString('utf8'), mtimeMs: stats.mtimeMs } : undefined;
  } catch {
    // Whatever keeps it from being read, the log is there.
    return undefined;
  }
}
