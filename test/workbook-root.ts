/** A root with a workbook and a database of notes, for tests of what people do to the workbook between two updates. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ExcelJS from 'exceljs';
import type { FileVersion } from '../src/outputs/publish-present.js';
import { mergeNotes } from '../src/outputs/workbook/merge-notes.js';
import type { UserRow } from '../src/outputs/workbook/user-workbook.js';
import { renderWorkbook } from '../src/outputs/workbook.js';
import { collectEdits, type PlacedWorkbook, placeWorkbook } from '../src/outputs/workbook-files.js';
import type { ExperimentOverview, UserNotes } from '../src/summary.js';
import { buildInput, buildOverview } from './build-overview.js';

/** The notes by key, and the version that was last written. */
export interface NotesDatabase {
  notes: Record<string, UserNotes>;
  recorded: FileVersion | null;
}

export interface WorkbookRoot {
  readonly folder: string;
  readonly path: string;
  readonly database: NotesDatabase;
  experiments: ExperimentOverview[];
  readonly update: () => Promise<PlacedWorkbook>;
  readonly edit: (change: (workbook: ExcelJS.Workbook) => void, file?: string) => Promise<void>;
  readonly files: () => Promise<string[]>;
}

/** Four experiments `a` to `d`, best first; no workbook yet. */
export async function makeWorkbookRoot(t: ExecutionContext): Promise<WorkbookRoot> {
  const folder = await mkdtemp(join(tmpdir(), 'tlw-workbook-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'master.xlsx');
  const database: NotesDatabase = { notes: {}, recorded: null };
  const root: WorkbookRoot = {
    folder,
    path,
    database,
    experiments: ['a', 'b', 'c', 'd'].map(experimentOf),
    update: () => updateNotes(path, root.experiments, database),
    edit: (change, file = path) => editWorkbook(file, change),
    files: async () => (await readdir(folder)).sort(),
  };
  return root;
}

/** The experiment called `name`; the earlier in the alphabet, the better. */
export function experimentOf(name: string): ExperimentOverview {
  const key = `${name}/${name}.log`;
  const log = { path: key, bytes: 1, mtimeMs: 0, fingerprint: `sha256:${name}` };
  return buildOverview({ name, key, log, finals: { val_dsc: 1 - name.charCodeAt(0) / 1000 } });
}

/** One update as the service does it: notes are saved before the workbook is replaced, its version after. */
export async function updateNotes(
  path: string,
  experiments: readonly ExperimentOverview[],
  database: NotesDatabase,
  save: () => Promise<void> = async () => undefined,
): Promise<PlacedWorkbook> {
  const withNotes = () =>
    experiments.map((experiment) => ({ ...experiment, user: database.notes[experiment.key] ?? experiment.user }));
  const saveEdits = async (rows: readonly UserRow[], isDatabaseOlder: boolean) => {
    const others = new Map(Object.entries(database.notes));
    const { changes } = mergeNotes({ rows, experiments: withNotes(), others, noteTimes: new Map(), isDatabaseOlder });
    for (const [key, notes] of changes) database.notes[key] = notes;
    await save();
  };
  let placed: PlacedWorkbook;
  do {
    const collected = await collectEdits(path, database.recorded);
    await saveEdits(collected.rows, database.recorded !== null);
    placed = await placeWorkbook(path, await renderWorkbook(buildInput(withNotes())), collected);
  } while (placed.state === 'edited');
  if (placed.state === 'written' || placed.state === 'unchanged') database.recorded = placed.version;
  await save();
  return placed;
}

/** Opens a workbook, changes it, and saves it in place, as a spreadsheet program does. */
export async function editWorkbook(path: string, change: (workbook: ExcelJS.Workbook) => void): Promise<void> {
  const workbook = await openWorkbook(path);
  change(workbook);
  await writeFile(path, Buffer.from(await workbook.xlsx.writeBuffer()));
}

export async function openWorkbook(path: string): Promise<ExcelJS.Workbook> {
  return readWorkbook(await readFile(path));
}

export async function readWorkbook(bytes: Uint8Array): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  return workbook;
}

/** The cell of the row of experiment `name` below `header`, in whatever sheet has both. */
export function cellOf(workbook: ExcelJS.Workbook, name: string, header: string): ExcelJS.Cell {
  for (const sheet of workbook.worksheets) {
    const columns = new Map<string, number>();
    sheet.getRow(1).eachCell((cell, column) => columns.set(cell.text, column));
    const [named, wanted] = [columns.get('name'), columns.get(header)];
    for (let row = 2; named !== undefined && wanted !== undefined && row <= sheet.rowCount; row++) {
      if (sheet.getCell(row, named).text === name) return sheet.getCell(row, wanted);
    }
  }
  throw new Error(`expected a row ${name} and a column ${header}`);
}
