/** What a workbook says that a person may have edited: the notes of each experiment, and what is not the program's. */

import { trimWorkbook } from './archive.js';
import { stateMark, stateSheetName } from './written-state.js';
import { parseXlsx } from './xlsx.js';

/** Notes, Tags and Keep as text. */
export interface NoteTexts {
  readonly notes: string;
  readonly tags: string;
  readonly keep: string;
}

/** What the user's row of one experiment says. */
export interface UserRow {
  readonly key: string;
  readonly name: string;
  /** Of its log, when the workbook was written. */
  readonly fingerprint: string;
  /** With what the workbook was written. */
  readonly written: NoteTexts;
  /** When the database's notes had last changed then, ms since 1970, UTC; null where there were none, or an older program wrote it. */
  readonly writtenMs: number | null;
  /** What it says now; a field whose column is gone says nothing. */
  readonly now: Partial<NoteTexts>;
}

export interface UserWorkbook {
  readonly rows: readonly UserRow[];
  /** What the user added and a new workbook will not have, e.g. `sheet "Plots"`. */
  readonly additions: readonly string[];
}

type Grid = readonly (readonly string[])[];

const ownSheets = /^(Ranks|Epochs|Settings|Problems|About)$/;

/** More than a million rows take. */
export const mostWorkbookBytes = 512 * 1024 * 1024;

/**
 * Reads what people edit; undefined where the workbook was not written by the program; throws where it is no workbook.
 * `onProgress` is called now and then where it is large.
 */
export async function parseUserWorkbook(bytes: Uint8Array, onProgress?: () => void): Promise<UserWorkbook | undefined> {
  const isWanted = (name: string): boolean => !ownSheets.test(name);
  const trimmed = await trimWorkbook(bytes, { isWanted, stateSheet: stateSheetName, onProgress });
  const sheets = await parseXlsx(trimmed.bytes);
  const state = sheets.get(stateSheetName);
  if (state?.[0]?.[0] !== stateMark) return undefined;
  const written = parseState(state);
  const rows: UserRow[] = [];
  const foreignSheets: string[] = [];
  const additions = foreignParts(trimmed.parts);
  for (const name of trimmed.sheets) {
    const grid = sheets.get(name) ?? [];
    const header = maybeHeader(grid);
    const isOwn = written.sheets.has(name);
    if (!header || !(isOwn || isExperiments(header, written))) {
      if (!isOwn) foreignSheets.push(`sheet "${name}"`);
      continue;
    }
    const found = parseRows(grid, header, written, trimmed.dropped.get(name) ?? 0);
    rows.push(...found.rows);
    additions.push(...foreignColumns(grid, header, written), ...found.additions);
  }
  return { rows, additions: [...foreignSheets, ...additions] };
}

interface WrittenState {
  readonly byKey: ReadonlyMap<string, Omit<UserRow, 'now'>>;
  /** Keys by name; several where experiments share a name. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  readonly columns: ReadonlySet<string>;
  readonly sheets: ReadonlySet<string>;
}

function parseState([, ...rows]: Grid): WrittenState {
  const byKey = new Map<string, Omit<UserRow, 'now'>>();
  const byName = new Map<string, string[]>();
  const columns = new Set<string>();
  const sheets = new Set<string>();
  for (const row of rows) {
    const [key = '', name = '', fingerprint = '', notes = '', tags = '', keep = '', column = '', sheet = ''] = row;
    const [, , , , , , , , changed = ''] = row;
    if (column !== '') columns.add(column);
    if (sheet !== '') sheets.add(sheet);
    if (key === '') continue;
    byKey.set(key, {
      ...{ key, name, fingerprint, written: { notes, tags, keep } },
      writtenMs: changed === '' ? null : Number(changed),
    });
    byName.set(name, [...(byName.get(name) ?? []), key]);
  }
  return { byKey, byName, columns, sheets };
}

interface Header {
  /** From 0. */
  readonly row: number;
  /** Column from 0 by header. */
  readonly columns: ReadonlyMap<string, number>;
}

/** The header of the sheet Experiments, wherever the user moved it, whatever the sheet is called now. */
function maybeHeader(grid: Grid): Header | undefined {
  for (const [row, cells] of grid.slice(0, 50).entries()) {
    const columns = new Map(cells.map((header, column) => [header, column]));
    const known = ['Notes', 'Tags', 'Keep'].filter((header) => columns.has(header)).length;
    if (known > 0 && (columns.has('key') || columns.has('name'))) return { row, columns };
  }
  return undefined;
}

/** Not a sheet of the user's own that has names and notes too: one that was renamed or copied, whatever columns were taken away. */
function isExperiments({ columns }: Header, written: WrittenState): boolean {
  const known = [...columns.keys()].filter((header) => written.columns.has(header)).length;
  return columns.has('key') || 2 * known >= written.columns.size;
}

function parseRows(
  grid: Grid,
  header: Header,
  written: WrittenState,
  dropped: number,
): { readonly rows: UserRow[]; readonly additions: string[] } {
  const rows: UserRow[] = [];
  let unknown = dropped;
  for (const cells of grid.slice(header.row + 1)) {
    const at = (name: string): string | undefined => {
      const column = header.columns.get(name);
      return column === undefined ? undefined : (cells[column] ?? '');
    };
    const known = written.byKey.get(keyOf(at('key'), at('name'), written) ?? '');
    const now = { notes: at('Notes'), tags: at('Tags'), keep: at('Keep') };
    if (known) rows.push({ ...known, now: withoutUndefined(now) });
    else if (cells.some((text) => text !== '')) unknown++;
  }
  return { rows, additions: unknown > 0 ? [`${unknown} rows that are no experiment`] : [] };
}

/** The row's experiment. Where key and name contradict each other, a part of the columns was sorted: people look at the name. */
function keyOf(key: string | undefined, name: string | undefined, { byKey, byName }: WrittenState): string | undefined {
  const known = key === undefined ? undefined : byKey.get(key);
  if (known && (name === undefined || name === '' || name === known.name)) return known.key;
  const [first, ...others] = byName.get(name ?? '') ?? [];
  return others.length === 0 ? first : undefined;
}

function withoutUndefined(now: { readonly [Field in keyof NoteTexts]: string | undefined }): Partial<NoteTexts> {
  const { notes, tags, keep } = now;
  return {
    ...(notes === undefined ? {} : { notes }),
    ...(tags === undefined ? {} : { tags }),
    ...(keep === undefined ? {} : { keep }),
  };
}

/** Parts that the program never writes. */
function foreignParts(parts: readonly string[]): string[] {
  const kinds = [
    ['charts', /^xl\/charts\//],
    ['pictures', /^xl\/media\//],
    ['comments', /^xl\/(threadedComments|comments)/],
    ['pivot tables', /^xl\/pivotTables\//],
    ['macros', /vbaProject\.bin$/],
  ] as const;
  return kinds.filter(([, pattern]) => parts.some((part) => pattern.test(part))).map(([kind]) => kind);
}

function foreignColumns(grid: Grid, header: Header, written: WrittenState): string[] {
  const foreign = [...header.columns.keys()].filter((name) => name !== '' && !written.columns.has(name));
  const named = Math.max(...header.columns.values()) + 1;
  const beside = grid.some((cells) => cells.slice(named).some((text) => text !== ''));
  const above = grid.slice(0, header.row).some((cells) => cells.some((text) => text !== ''));
  return [
    ...foreign.map((name) => `column "${name}"`),
    ...(beside ? ['cells beside the table'] : []),
    ...(above ? ['rows above the header'] : []),
  ];
}
