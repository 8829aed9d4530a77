import { join } from 'node:path';
import { outputPathOf } from '../outputs/output-names.js';
import { extensions, type OutputKind, outputKinds } from './output-files.js';
import {
  forgetRootOutputRecord,
  keepOutputRecords,
  type OutputRecord,
  readOutputRecords,
  readRootOutputRecords,
} from './output-records.js';
import { outputFolderOf } from './places.js';
import { ChildError } from './pool.js';
import type { Session } from './session.js';

/** Forgets outputs that somebody deleted, so that they are written again. */
export async function forgetMissing(session: Session): Promise<void> {
  const { store, root, config } = session;
  const folder = outputFolderOf(root, config);
  const files = new Map<string, { readonly key: string; readonly kind: OutputKind }>();
  const records = readOutputRecords(store);
  for (const [key, { versions }] of records) {
    for (const kind of outputKinds) {
      if (versions[kind] !== undefined) files.set(join(folder, outputPathOf(key, extensions[kind])), { key, kind });
    }
  }
  const rootNames = [...readRootOutputRecords(store).keys()];
  const missing = await lookFor(session, [...files.keys(), ...rootNames.map((name) => join(folder, name))]);
  const changed = new Map<string, OutputRecord>();
  for (const path of missing) {
    const file = files.get(path);
    const record = file && (changed.get(file.key) ?? records.get(file.key));
    if (file === undefined || record === undefined) continue;
    const { [file.kind]: _, ...versions } = record.versions;
    changed.set(file.key, { ...record, versions });
  }
  keepOutputRecords(store, changed);
  for (const name of rootNames) if (missing.includes(join(folder, name))) forgetRootOutputRecord(store, name);
}

/** Those of the files that are not there; none where a hung file system does not say. */
async function lookFor({ jobs, log }: Session, files: readonly string[]): Promise<readonly string[]> {
  try {
    return await jobs.missing(files);
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    log.warn('could not look which outputs are there', { reason: error.message });
    return [];
  }
}
