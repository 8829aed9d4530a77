import { z } from 'zod';
import { logStates } from '../experiment.js';
import { putRecord, readRecords, removeRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { FolderRecord, LogRecord, StoredKnowledge, WatchChanges } from '../watch/records.js';

/** What the watcher knew when the program last ran; what cannot be understood is left out, and so looked at anew. */
export function readKnowledge(store: Store): StoredKnowledge {
  return {
    logs: understood(logRecord, readRecords(store, 'log')),
    folders: understood(folderRecord, readRecords(store, 'folder')),
    hadMarker: readRecords(store, 'root').get('marker') === true,
  };
}

/** Keeps what has changed; to be called in the transaction that saves what was read. */
export function keepChanges(store: Store, changes: WatchChanges): void {
  for (const { from } of changes.renamed) removeRecord(store, 'log', from);
  for (const log of changes.logs) putRecord(store, 'log', log.path, log);
  for (const path of changes.droppedFolders) removeRecord(store, 'folder', path);
  for (const folder of changes.folders) putRecord(store, 'folder', folder.path, folder);
  if (changes.hasMarker) putRecord(store, 'root', 'marker', true);
}

const logRecord: z.ZodType<LogRecord> = z.object({
  path: z.string(),
  name: z.string(),
  state: z.enum(logStates),
  revision: z.number(),
  fingerprint: z.string().nullable(),
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  ino: z.number(),
  target: z.string().nullable(),
  longestPauseMs: z.number(),
  failures: z.number(),
  retryWallMs: z.number().nullable(),
  problem: z.object({ status: z.enum(['empty', 'unreadable', 'ignored', 'gone']), reason: z.string() }).nullable(),
  missingWallMs: z.number().nullable(),
  parsedWallMs: z.number().nullable(),
  verifiedWallMs: z.number().nullable(),
  isRacy: z.boolean(),
  job: z.object({ id: z.string(), wasSeen: z.boolean() }).nullable(),
  copyOf: z.string().nullable(),
  read: z
    .object({
      sizeBytes: z.number(),
      mtimeMs: z.number(),
      changedMeanwhile: z.boolean(),
      fingerprint: z.string(),
      ended: z.boolean(),
      expectsMore: z.boolean(),
      epochMs: z.number().nullable(),
    })
    .nullable(),
});

const folderRecord: z.ZodType<FolderRecord> = z.object({
  path: z.string(),
  mtimeMs: z.number().nullable(),
  activeWallMs: z.number(),
});

function understood<Value>(schema: z.ZodType<Value>, records: ReadonlyMap<string, unknown>): Value[] {
  return [...records.values()].flatMap((json) => {
    const parsed = schema.safeParse(json);
    return parsed.success ? [parsed.data] : [];
  });
}
