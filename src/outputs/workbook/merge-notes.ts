/** Three-way merge of what people wrote into a workbook with what the database has: nothing that was written is lost. */

import type { ExperimentOverview, UserNotes } from '../../summary.js';
import { shownText } from './cell-text.js';
import type { NoteTexts, UserRow } from './user-workbook.js';

/** One field that was changed on both sides in different ways, and what became of it. */
export interface NoteConflict {
  readonly key: string;
  readonly field: keyof NoteTexts;
  readonly written: string;
  readonly inWorkbook: string;
  readonly inDatabase: string;
  readonly merged: string;
}

export interface MergedNotes {
  /** By key, only what the database does not have yet. */
  readonly changes: ReadonlyMap<string, UserNotes>;
  readonly conflicts: readonly NoteConflict[];
}

export interface MergeInput {
  /** From one or more workbooks, the oldest first. */
  readonly rows: readonly UserRow[];
  readonly experiments: readonly Pick<ExperimentOverview, 'key' | 'log' | 'user'>[];
  /** Notes on experiments that are not among `experiments`, by key. */
  readonly others?: ReadonlyMap<string, UserNotes>;
  /** When the notes of the database last changed, ms since 1970, UTC, by key. */
  readonly noteTimes: ReadonlyMap<string, number>;
  /** False where the database is younger than the workbook: then what the workbook was written with is not what the database had. */
  readonly isDatabaseOlder: boolean;
}

/** What the database must take over, and what was changed on both sides. */
export function mergeNotes({
  rows,
  experiments,
  others = new Map(),
  noteTimes,
  isDatabaseOlder,
}: MergeInput): MergedNotes {
  const known = new Map(experiments.map(({ key, user }) => [key, user]));
  const byFingerprint = uniqueByFingerprint(experiments);
  const changes = new Map<string, UserNotes>();
  const conflicts: NoteConflict[] = [];
  for (const row of rows) {
    // An experiment that was renamed is known by its log.
    const key = known.has(row.key) ? row.key : (byFingerprint.get(row.fingerprint) ?? row.key);
    const before = known.get(key) ?? others.get(key) ?? none;
    const mine = changes.get(key) ?? before;
    // The workbook shows later notes than the database ever had where that was put back to an older copy.
    const isPutBack = row.writtenMs !== null && row.writtenMs > (noteTimes.get(key) ?? Number.NEGATIVE_INFINITY);
    const written = isDatabaseOlder && !isPutBack ? row.written : noTexts;
    const merged = mergeRow(mine, written, row.now);
    for (const conflict of merged.conflicts) conflicts.push({ key, ...conflict });
    if (isEqual(merged.notes, before)) changes.delete(key);
    else changes.set(key, merged.notes);
  }
  return { changes, conflicts };
}

/** `paper, fig 3` → `['paper', 'fig 3']`, each once. */
export function parseTags(text: string): string[] {
  const tags = text.split(/[,;\n]/).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

const none: UserNotes = { notes: '', tags: [], keep: '' };
const noTexts: NoteTexts = { notes: '', tags: '', keep: '' };

function uniqueByFingerprint(experiments: MergeInput['experiments']): Map<string, string> {
  const keys = new Map<string, string>();
  const twice = new Set<string>();
  for (const { key, log } of experiments) {
    if (keys.has(log.fingerprint)) twice.add(log.fingerprint);
    keys.set(log.fingerprint, key);
  }
  for (const fingerprint of twice) keys.delete(fingerprint);
  return keys;
}

type FieldConflict = Omit<NoteConflict, 'key'>;

function mergeRow(
  mine: UserNotes,
  written: NoteTexts,
  now: Partial<NoteTexts>,
): { readonly notes: UserNotes; readonly conflicts: readonly FieldConflict[] } {
  const conflicts: FieldConflict[] = [];
  const merge = (field: 'notes' | 'keep', separator: string): string => {
    const merged = mergeText(mine[field], written[field], now[field], separator);
    if (merged.isConflict) {
      const sides = { written: written[field], inWorkbook: now[field] ?? '', inDatabase: mine[field] };
      conflicts.push({ field, ...sides, merged: merged.text });
    }
    return merged.text;
  };
  const notes = {
    notes: merge('notes', '\n'),
    tags: mergeTags(mine.tags, written.tags, now.tags),
    keep: merge('keep', ' / '),
  };
  return { notes, conflicts };
}

function mergeText(
  mine: string,
  written: string,
  now: string | undefined,
  separator: string,
): { readonly text: string; readonly isConflict: boolean } {
  if (now === undefined || isSameText(now, written) || isSameText(now, mine)) return { text: mine, isConflict: false };
  // A text that the cell could not hold whole was not seen whole: its end is kept, as in a conflict.
  const wasCut = mine !== '' && shownText(mine).length < mine.replace(/\r\n?/g, '\n').length;
  if (mine === '' || (isSameText(mine, written) && !wasCut)) return { text: now.trimEnd(), isConflict: false };
  if (now.trim() === '') return { text: mine, isConflict: true };
  const isTaken = `${separator}${mine}${separator}`.includes(`${separator}${now.trim()}${separator}`);
  if (isTaken) return { text: mine, isConflict: false };
  const joined = `${mine}${separator}${now.trimEnd()}`;
  // Two halves of what was written must not look as if nothing had been changed.
  const text = isSameText(joined, written) ? `${now.trimEnd()}${separator}${mine}` : joined;
  return { text, isConflict: true };
}

/** A tag that was added on either side is there, one that was removed on either side is not. */
function mergeTags(mine: readonly string[], written: string, now: string | undefined): readonly string[] {
  if (now === undefined) return mine;
  const before = new Set(parseTags(written));
  const after = new Set(parseTags(now));
  const kept = mine.filter((tag) => after.has(shownTag(tag)) || !before.has(shownTag(tag)));
  const has = new Set(kept.map(shownTag));
  return [...kept, ...[...after].filter((tag) => !before.has(tag) && !has.has(tag))];
}

function shownTag(tag: string): string {
  return shownText(tag).trim();
}

function isSameText(a: string, b: string): boolean {
  return shownText(a).trimEnd() === shownText(b).trimEnd();
}

function isEqual(a: UserNotes, b: UserNotes): boolean {
  return a.notes === b.notes && a.keep === b.keep && a.tags.join('\n') === b.tags.join('\n');
}
