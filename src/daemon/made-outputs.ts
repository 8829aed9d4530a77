import { join } from 'node:path';
import type { Config } from '../config.js';
import { outputPathOf } from '../outputs/output-names.js';
import { type FileVersion, readFileVersion } from '../outputs/publish-present.js';
import type { Objective } from '../summary.js';
import type { LogPlace } from './experiment-of-log.js';
import { extensions, type OutputKind, outputKinds } from './output-files.js';
import { outputFolderOf } from './places.js';

/** Files of an experiment that a job has written, so that they need not be drawn again. */
export interface MadeOutputs {
  readonly versions: Readonly<Partial<Record<OutputKind, FileVersion>>>;
  /** What decided what is best in them. */
  readonly objective: Objective | null;
}

/** The files that lie where the watcher would write them; what cannot be looked at is written anew. */
export async function findMadeOutputs(
  { root, key }: LogPlace,
  config: Config,
  objective: Objective | null,
): Promise<MadeOutputs> {
  const versions: Partial<Record<OutputKind, FileVersion>> = {};
  for (const kind of outputKinds) {
    if (!config.outputs[kind]) continue;
    const path = join(outputFolderOf(root, config), outputPathOf(key, extensions[kind]));
    const version = await readFileVersion(path).catch(() => undefined);
    if (version !== undefined) versions[kind] = version;
  }
  return { versions, objective };
}
