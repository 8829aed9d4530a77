import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { outputPathOf } from '../outputs/output-names.js';
import { ChildError } from './child-error.js';
import { extensions, type OutputKind, outputKinds } from './output-files.js';
import {
  forgetRootOutputRecord,
  keepOutputRecords,
  maybeReadOutputRecord,
  type OutputRecord,
  readOutputRecordPages,
  readRootOutputRecords,
} from './output-records.js';
import { outputFolderOf } from './places.js';
import type { Session } from './session.js';

/** Forgets outputs that somebody deleted, so that they are written again. */
export interface DeletedOutputs {
  /** Looks for some of them; gives how many files of experiments, and of the root, were forgotten. */
  turn(): Promise<{ readonly files: number; readonly tables: number }>;
  /** More are to be looked for. */
  hasMore(): boolean;
}

/** A file that should be there: of an experiment, or (without a kind) of the root. */
interface Expected {
  readonly key: string;
  readonly kind?: OutputKind;
}

/** Experiments of one page of records. */
const pageSize = 200;
/** Outputs in a folder of their own are looked for once a day. */
const lookAgainMs = 24 * 60 * 60_000;

/**
 * Beside logs, the names that the watcher has read anyway tell what is gone: only what is not among them costs an operation,
 * since it may have been written after they were read. A folder of its own for outputs is watched by nobody, and every file
 * in it is asked for, `filesPerTurn` at a time.
 */
export function createDeletedOutputs(session: Session, filesPerTurn: number): DeletedOutputs {
  const { store, watcher, root, config, now } = session;
  const folder = outputFolderOf(root, config);
  const isBesideLogs = config.outputs.dir === null;
  const suspects = new Map<string, Expected>();
  let pages: Iterator<Map<string, OutputRecord>> | undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;

  const suspect = (records: ReadonlyMap<string, OutputRecord>, isSeen: (path: string) => boolean): void => {
    for (const [key, { versions }] of records) {
      for (const kind of outputKinds) {
        const path = outputPathOf(key, extensions[kind]);
        if (versions[kind] !== undefined && !isSeen(path)) suspects.set(join(folder, path), { key, kind });
      }
    }
  };

  const suspectRoot = (isSeen: (name: string) => boolean): void => {
    for (const name of readRootOutputRecords(store).keys())
      if (!isSeen(name)) suspects.set(join(folder, name), { key: name });
  };

  const suspectUnseen = async (): Promise<void> => {
    for (const [path, names] of watcher.takeListed()) {
      const seen = new Set(names.map((name) => (path === '' ? name : `${path}/${name}`)));
      if (path === '') suspectRoot((name) => seen.has(name));
      for (const page of readOutputRecordPages(store, pageSize, path)) {
        suspect(page, (file) => seen.has(file));
        await setImmediate();
      }
    }
  };

  const suspectAll = (): void => {
    if (now() - lookedMs >= lookAgainMs) {
      lookedMs = now();
      pages = readOutputRecordPages(store, pageSize);
      suspectRoot(() => false);
    }
    if (pages === undefined || suspects.size >= filesPerTurn) return;
    const { value, done } = pages.next();
    if (done) pages = undefined;
    else suspect(value, () => false);
  };

  return {
    hasMore: () => pages !== undefined || suspects.size > 0,
    async turn() {
      if (isBesideLogs) await suspectUnseen();
      else suspectAll();
      const asked = new Map([...suspects].slice(0, filesPerTurn));
      if (asked.size === 0) return { files: 0, tables: 0 };
      for (const path of asked.keys()) suspects.delete(path);
      if (isBesideLogs) watcher.spend(asked.size);
      const missing = await lookFor(session, [...asked.keys()]);
      const gone = missing.flatMap((path) => asked.get(path) ?? []);
      forget(session, gone);
      const files = gone.filter(({ kind }) => kind !== undefined).length;
      return { files, tables: gone.length - files };
    },
  };
}

/** Forgets a file of the root where somebody deleted it: for who asks for it now. */
export async function forgetDeleted(session: Session, name: string): Promise<void> {
  const missing = await lookFor(session, [join(outputFolderOf(session.root, session.config), name)]);
  if (missing.length > 0) forgetRootOutputRecord(session.store, name);
}

function forget({ store }: Session, files: readonly Expected[]): void {
  const changed = new Map<string, OutputRecord>();
  for (const { key, kind } of files) {
    if (kind === undefined) {
      forgetRootOutputRecord(store, key);
      continue;
    }
    const record = changed.get(key) ?? maybeReadOutputRecord(store, key);
    if (record === undefined) continue;
    const { [kind]: _, ...versions } = record.versions;
    changed.set(key, { ...record, versions });
  }
  keepOutputRecords(store, changed);
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
