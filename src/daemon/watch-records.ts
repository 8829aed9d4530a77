import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { logStates } from '../experiment.js';
import { maybeReadRecord, putRecord, readRecordPages, removeRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { createKnown, type Known } from '../watch/known.js';
import { systemClock } from '../watch/pace.js';
import { type FolderRecord, type LogRecord, revive, type WatchChanges } from '../watch/records.js';
import type { WatchSettings } from '../watch/settings.js';

/** Records that are taken in at one go, which takes some 10 ms. */
const recordsPerTurn = 250;

/**
 * What the watcher knew when the program last ran; what cannot be understood is left out, and so looked at anew. Others get
 * their turn meanwhile.
 */
export async function readKnowledge(store: Store, settings: WatchSettings): Promise<Known> {
  const known = createKnown(settings, systemClock, maybeReadRecord(store, 'root', 'marker') === true);
  for (const page of readRecordPages(store, 'folder', recordsPerTurn)) {
    revive(known, [], understood(folderRecord, page.values()));
    await setImmediate();
  }
  for (const page of readRecordPages(store, 'log', recordsPerTurn)) {
    revive(known, understood(logRecord, page.values()), []);
    await setImmediate();
  }
  return known;
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

function understood<Value>(schema: z.ZodType<Value>, records: Iterable<unknown>): Value[] {
  return [...records].flatMap((json) => {
    const parsed = schema.safeParse(json);
    return parsed.success ? [parsed.data] : [];
  });
}
