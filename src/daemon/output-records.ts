import type { FileVersion } from '../outputs/publish-present.js';
import { type Check, isNumber, isOneOf, isRecord, isText, orMissing, orNull } from '../shape.js';
import { maybeChangedMs } from '../store/known-logs.js';
import {
  inTransaction,
  maybeReadRecord,
  putRecord,
  readRecordPages,
  readRecords,
  removeRecord,
} from '../store/records.js';
import type { Store } from '../store/store.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import type { MadeOutputs } from './made-outputs.js';
import type { OutputKind } from './output-files.js';

/** What was written of one experiment, and of which state of its rows. */
export interface OutputRecord {
  /** `changedMs` of the rows that were rendered. */
  readonly changedMs: number;
  /** When that was, ms since 1970. */
  readonly writtenMs: number;
  readonly versions: Readonly<Partial<Record<OutputKind, FileVersion>>>;
  /** Of files that a job has written: what decided what is best in them. */
  readonly madeBy?: Objective | null;
  /** Of files that the watcher has written: see `PublishOptions`. */
  readonly shareGroupId?: number | null;
}

/** What was written for the whole root. */
export interface RootOutputRecord {
  /** The store's count of changes at that time. */
  readonly changes: number;
  readonly writtenMs: number;
  readonly version: FileVersion;
  /** Digest of the program and the options that it was made by, where that was kept. */
  readonly madeBy?: string;
}

/** By experiment. */
export function readOutputRecords(store: Store): Map<string, OutputRecord> {
  return understood(isOutputRecord, readRecords(store, 'output'));
}

/** Of one experiment; undefined where nothing was written of it. */
export function maybeReadOutputRecord(store: Store, key: string): OutputRecord | undefined {
  const record = maybeReadRecord(store, 'output', key);
  return isOutputRecord(record) ? record : undefined;
}

/** By experiment, so many at a time; with `folder` only those whose logs lie in it. */
export function* readOutputRecordPages(
  store: Store,
  most: number,
  folder?: string,
): Generator<Map<string, OutputRecord>> {
  for (const page of readRecordPages(store, 'output', most, folder)) yield understood(isOutputRecord, page);
}

/** By name of the file, such as `master.xlsx`. */
export function readRootOutputRecords(store: Store): Map<string, RootOutputRecord> {
  return understood(isRootOutputRecord, readRecords(store, 'root output'));
}

/** Keeps what was written of experiments; null forgets it. */
export function keepOutputRecords(store: Store, records: ReadonlyMap<string, OutputRecord | null>): void {
  inTransaction(store, () => {
    for (const [key, record] of records) {
      if (record === null) removeRecord(store, 'output', key);
      else putRecord(store, 'output', key, record);
    }
  });
}

/** Takes files that a job has written for our own; they show the rows as they are now. */
export function keepMadeOutputs(store: Store, key: string, { versions, objective }: MadeOutputs): void {
  const changedMs = maybeChangedMs(store, key);
  if (changedMs === undefined) return;
  putRecord(store, 'output', key, { changedMs, writtenMs: changedMs, versions, madeBy: objective });
}

/**
 * Files that a job has written are right for another objective too where theirs is that one: rows of `before` that only were summarised
 * anew, as `after` has them, need no new files.
 */
export function keepMadeOutputsBy(
  store: Store,
  objective: Objective | null,
  before: readonly Pick<ExperimentOverview, 'key' | 'changedMs'>[],
  after: readonly Pick<ExperimentOverview, 'key' | 'changedMs'>[],
): void {
  const changed = new Map(after.map(({ key, changedMs }) => [key, changedMs]));
  const kept = new Map<string, OutputRecord>();
  for (const { key, changedMs } of before) {
    const record = maybeReadOutputRecord(store, key);
    const now = changed.get(key);
    if (record?.madeBy === undefined || record.changedMs !== changedMs || now === undefined) continue;
    const { madeBy } = record;
    if (madeBy?.metric === objective?.metric && madeBy?.direction === objective?.direction) {
      kept.set(key, { ...record, changedMs: now });
    }
  }
  keepOutputRecords(store, kept);
}

/** Keeps what was written for the whole root. */
export function keepRootOutputRecord(store: Store, name: string, record: RootOutputRecord): void {
  putRecord(store, 'root output', name, record);
}

/** Forgets it: the file is to be written again. */
export function forgetRootOutputRecord(store: Store, name: string): void {
  removeRecord(store, 'root output', name);
}

const isVersion = isRecord<FileVersion>({ sha256: isText, sizeBytes: isNumber });
const isOutputRecord = isRecord<OutputRecord>({
  changedMs: isNumber,
  writtenMs: isNumber,
  versions: isRecord<OutputRecord['versions']>({
    package: orMissing(isVersion),
    report: orMissing(isVersion),
    csv: orMissing(isVersion),
  }),
  madeBy: orMissing(orNull(isRecord<Objective>({ metric: isText, direction: isOneOf(['max', 'min']) }))),
  shareGroupId: orMissing(orNull(isNumber)),
});
const isRootOutputRecord = isRecord<RootOutputRecord>({
  changes: isNumber,
  writtenMs: isNumber,
  version: isVersion,
  madeBy: orMissing(isText),
});

function understood<Value>(is: Check<Value>, records: ReadonlyMap<string, unknown>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [key, record] of records) if (is(record)) values.set(key, record);
  return values;
}
