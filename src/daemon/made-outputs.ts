import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { outputPathOf } from '../outputs/output-names.js';
import { type FileVersion, readPresent } from '../outputs/publish-present.js';
import type { Objective } from '../summary.js';
import type { LogPlace } from './experiment-of-log.js';
import { extensions, type OutputKind, outputKinds } from './output-files.js';
import { outputFolderOf } from './places.js';
import { outputMarks } from './write-outputs.js';

/** Files of an experiment that a job has written, so that they need not be drawn again. */
export interface MadeOutputs {
  readonly versions: Readonly<Partial<Record<OutputKind, FileVersion>>>;
  /** What decided what is best in them. */
  readonly objective: Objective | null;
}

/** Our own files that lie where the watcher would write them and are no older than the log; all others are written anew. */
export async function findMadeOutputs(
  { root, key }: LogPlace,
  config: Config,
  { objective, logMtimeMs }: { readonly objective: Objective | null; readonly logMtimeMs: number },
): Promise<MadeOutputs> {
  const versions: Partial<Record<OutputKind, FileVersion>> = {};
  for (const kind of outputKinds) {
    if (!config.outputs[kind]) continue;
    const path = join(outputFolderOf(root, config), outputPathOf(key, extensions[kind]));
    const version = await maybeOwnVersion(path, outputMarks[kind], logMtimeMs).catch(() => undefined);
    if (version !== undefined) versions[kind] = version;
  }
  return { versions, objective };
}

async function maybeOwnVersion(path: string, mark: string, logMtimeMs: number): Promise<FileVersion | undefined> {
  const { mtimeMs } = await lstat(path);
  if (mtimeMs < logMtimeMs) return undefined;
  const present = await readPresent(path);
  return present?.ends.includes(mark) ? present.version : undefined;
}
