import { setImmediate } from 'node:timers/promises';
import { logStates } from '../experiment.js';
import { isFlag, isNumber, isOneOf, isRecord, isText, orNull } from '../shape.js';
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
    revive(known, [], [...page.values()].filter(isFolderRecord));
    await setImmediate();
  }
  for (const page of readRecordPages(store, 'log', recordsPerTurn)) {
    revive(known, [...page.values()].filter(isLogRecord), []);
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

const isLogRecord = isRecord<LogRecord>({
  path: isText,
  name: isText,
  state: isOneOf(logStates),
  revision: isNumber,
  fingerprint: orNull(isText),
  sizeBytes: isNumber,
  mtimeMs: isNumber,
  ino: isNumber,
  target: orNull(isText),
  longestPauseMs: isNumber,
  failures: isNumber,
  retryWallMs: orNull(isNumber),
  problem: orNull(isRecord({ status: isOneOf(['empty', 'unreadable', 'ignored', 'gone']), reason: isText })),
  missingWallMs: orNull(isNumber),
  parsedWallMs: orNull(isNumber),
  verifiedWallMs: orNull(isNumber),
  isRacy: isFlag,
  job: orNull(isRecord({ id: isText, wasSeen: isFlag })),
  copyOf: orNull(isText),
  read: orNull(
    isRecord({
      sizeBytes: isNumber,
      mtimeMs: isNumber,
      changedMeanwhile: isFlag,
      fingerprint: isText,
      ended: isFlag,
      expectsMore: isFlag,
      epochMs: orNull(isNumber),
    }),
  ),
});

const isFolderRecord = isRecord<FolderRecord>({ path: isText, mtimeMs: orNull(isNumber), activeWallMs: isNumber });
