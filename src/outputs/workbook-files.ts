/**
 * The workbook's file and those beside it: what people wrote into them is read before it is replaced, and nothing that they
 * made is destroyed.
 *
 * `master.new.xlsx` is written while `master.xlsx` is open in a spreadsheet program or cannot be read; `.tlw-previous-master.xlsx`
 * is the version that was just replaced, until it has been looked at once more; `master.kept-DATE.xlsx` are versions to which
 * people added what a new one cannot have, the last three.
 */

import { constants } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { readWholeFile } from '../read-file.js';
import { type Published, publish } from './publish.js';
import { isNoEntry, PublishError } from './publish-error.js';
import { type FileVersion, isSame, readFileVersion, readPresent, versionOfContent } from './publish-present.js';
import { keptPath, pruneKept } from './workbook/kept-files.js';
import { maybeLock } from './workbook/lock-file.js';
import { mostWorkbookBytes, parseUserWorkbook, type UserRow, type UserWorkbook } from './workbook/user-workbook.js';

/** What stands in the files now. */
export interface CollectedEdits {
  /** What people wrote, the oldest file first: merge it into the database before anything is replaced. */
  readonly rows: readonly UserRow[];
  /** What was read of `master.xlsx`; null where there is none or it must not be replaced. */
  readonly read: FileVersion | null;
  /** Why `master.xlsx` must not be replaced, in words for the user. */
  readonly obstacle: string | null;
  /** What people added to it that a new one will not have. */
  readonly additions: readonly string[];
  /** What was read of `master.new.xlsx`. */
  readonly readBeside: FileVersion | null;
}

export interface PlacedWorkbook {
  /** `beside`: in `master.new.xlsx`; `waiting`: nowhere, try again later; `edited`: it was edited meanwhile, collect again. */
  readonly state: Published['state'] | 'beside' | 'waiting' | 'edited';
  /** Of the file that has the new workbook. */
  readonly path: string;
  readonly version: FileVersion;
  /** Why it is not in `master.xlsx`, in words for the user. */
  readonly obstacle: string | null;
  /** The user's file was kept under this name, because of `additions`. */
  readonly kept: string | null;
  readonly additions: readonly string[];
}

export interface PlaceOptions {
  /** See `PublishOptions`. */
  readonly createFolder?: boolean;
  readonly shareGroupId?: number | null;
  readonly nowMs?: () => number;
}

/**
 * Reads what people wrote since `recorded`, the version that was last written; null where there is no record. `onProgress` is
 * called now and then where a workbook is large.
 */
export async function collectEdits(
  path: string,
  recorded: FileVersion | null,
  onProgress?: () => void,
): Promise<CollectedEdits> {
  const previous = await readBook(previousPath(path), null, onProgress);
  const beside = await readBook(besidePath(path), null, onProgress);
  const main = await readBook(path, recorded, onProgress);
  const books = [previous, beside, main].flatMap(({ book }) => book ?? []);
  return {
    rows: books.flatMap(({ rows }) => rows),
    read: main.obstacle === null ? main.version : null,
    obstacle: main.obstacle,
    additions: main.book?.additions ?? [],
    readBeside: beside.obstacle === null ? beside.version : null,
  };
}

/** Puts the new workbook in place; call it when the edits that were collected are safe in the database. */
export async function placeWorkbook(
  path: string,
  bytes: Uint8Array,
  collected: CollectedEdits,
  options: PlaceOptions = {},
): Promise<PlacedWorkbook> {
  const obstacle = collected.obstacle ?? (await maybeLock(path));
  if (obstacle !== null) return placeBeside(path, bytes, collected, obstacle, options);
  await settlePrevious(path, [], options);
  const access = { shareGroupId: options.shareGroupId ?? null, createFolder: options.createFolder ?? false };
  try {
    const placed = await publish(path, bytes, { ...access, recorded: collected.read, keepAt: previousPath(path) });
    const late = await isEditedSince(previousPath(path), collected.read);
    const kept = late ? null : await settlePrevious(path, collected.additions, options);
    if (!late) await removeBeside(path, collected);
    return { ...placed, state: late ? 'edited' : placed.state, obstacle: null, kept, additions: collected.additions };
  } catch (error) {
    if (!(error instanceof PublishError && error.trouble === 'foreign')) throw error;
    return { state: 'edited', path, version: versionOfContent(bytes), obstacle: null, kept: null, additions: [] };
  }
}

/** `master.xlsx` → `master.new.xlsx`. */
export function besidePath(path: string): string {
  return join(dirname(path), `${basename(path, extname(path))}.new${extname(path)}`);
}

function previousPath(path: string): string {
  return join(dirname(path), `.tlw-previous-${basename(path)}`);
}

interface ReadBook {
  readonly book: UserWorkbook | null;
  readonly version: FileVersion | null;
  readonly obstacle: string | null;
}

async function readBook(path: string, recorded: FileVersion | null, onProgress?: () => void): Promise<ReadBook> {
  const name = basename(path);
  let bytes: Buffer;
  try {
    const version = (await readPresent(path))?.version;
    if (!version) return { book: null, version: null, obstacle: null };
    if (recorded && isSame(version, recorded)) return { book: null, version, obstacle: null };
    ({ bytes } = readWholeFile(path, { mostBytes: mostWorkbookBytes, flags: constants.O_NOFOLLOW }));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { book: null, version: null, obstacle: `${name} cannot be read (${said})` };
  }
  try {
    const book = await parseUserWorkbook(bytes, onProgress);
    const obstacle = book ? null : `${name} was not written by training-log-wizard`;
    return { book: book ?? null, version: versionOfContent(bytes), obstacle };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { book: null, version: null, obstacle: `${name} is damaged or no workbook (${said})` };
  }
}

async function placeBeside(
  path: string,
  bytes: Uint8Array,
  { readBeside, additions }: CollectedEdits,
  obstacle: string,
  options: PlaceOptions,
): Promise<PlacedWorkbook> {
  const beside = besidePath(path);
  const result = { path: beside, version: versionOfContent(bytes), obstacle, kept: null, additions };
  if ((await maybeLock(beside)) !== null) return { ...result, state: 'waiting' };
  try {
    await publish(beside, bytes, { shareGroupId: options.shareGroupId ?? null, recorded: readBeside });
    return { ...result, state: 'beside' };
  } catch (error) {
    if (error instanceof PublishError && error.trouble === 'foreign') return { ...result, state: 'waiting' };
    throw error;
  }
}

async function isEditedSince(path: string, read: FileVersion | null): Promise<boolean> {
  const version = await readFileVersion(path);
  return version !== undefined && !(read && isSame(version, read));
}

/** What was replaced has been looked at: it goes, or gets a name that stays where people had added something to it. */
async function settlePrevious(
  path: string,
  additions: readonly string[],
  { nowMs = Date.now }: PlaceOptions,
): Promise<string | null> {
  const previous = previousPath(path);
  if ((await readFileVersion(previous)) === undefined) return null;
  const { book, obstacle } = additions.length > 0 ? { book: null, obstacle: null } : await readBook(previous, null);
  if (additions.length === 0 && obstacle === null && (book?.additions.length ?? 0) === 0) {
    await unlink(previous);
    return null;
  }
  const kept = await keptPath(path, new Date(nowMs()));
  await rename(previous, kept);
  await pruneKept(path);
  return kept;
}

async function removeBeside(path: string, { readBeside }: CollectedEdits): Promise<void> {
  const beside = besidePath(path);
  if (readBeside === null || (await maybeLock(beside)) !== null) return;
  const now = await readFileVersion(beside);
  if (!now || !isSame(now, readBeside)) return;
  await unlink(beside).catch((error: unknown) => {
    if (!isNoEntry(error)) throw error;
  });
}
