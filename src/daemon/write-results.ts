import { publish } from '../outputs/publish.js';
import type { FileVersion } from '../outputs/publish-present.js';
import { type Cell, type ColumnKind, isLink } from '../outputs/table.js';
import type { ExperimentTable } from '../outputs/workbook/experiment-table.js';
import { type WorkbookInput, workbookTables } from '../outputs/workbook.js';
import { closeStore, openStore } from '../store/open.js';
import { readEpochMeans } from '../store/read-epoch-means.js';
import { readOverviews } from '../store/read-overviews.js';
import { readRankRows } from '../store/read-rank-rows.js';
import { type PlainTable, resultsMark, writeResults } from '../store/results.js';
import type { TypedColumn } from '../store/results-copy.js';
import { type OutputError, outputError } from './output-files.js';

export interface ResultsOrder extends Pick<WorkbookInput, 'options'> {
  readonly path: string;
  /** The database that it is a copy of. */
  readonly database: string;
  /** What was last written. */
  readonly recorded: FileVersion | null;
  readonly createFolder: boolean;
  /** Number of the group that may read it; null: nobody but its owner. */
  readonly shareGroupId: number | null;
}

/** What became of the copy, or why it could not be written. */
export type WrittenResults =
  | { readonly isNew: boolean; readonly version: FileVersion }
  | { readonly error: OutputError };

/** Copies a database for other readers, with the sheet Experiments in it, and puts the copy in place. */
export async function writeResultsFile(order: ResultsOrder): Promise<WrittenResults> {
  const { path, database, recorded, createFolder, shareGroupId } = order;
  try {
    const sheet = readSheet(order);
    const { state, version } = await publish(path, (temporary) => void writeResults(database, temporary, { sheet }), {
      ...{ recorded, mark: resultsMark, createFolder, shareGroupId },
    });
    return { isNew: state === 'written', version };
  } catch (error) {
    return { error: outputError(error, 'results.db') };
  }
}

function readSheet({ database, options }: ResultsOrder): PlainTable {
  const store = openStore(database, { fileSystem: 'local', readonly: true });
  try {
    const { experiments } = workbookTables({
      ...{ experiments: readOverviews(store), options },
      ranksOf: (key) => readRankRows(store, key),
      epochsOf: (key) => readEpochMeans(store, key),
    });
    return toPlainTable(experiments);
  } finally {
    closeStore(store);
  }
}

function toPlainTable({ columns, rows }: ExperimentTable): PlainTable {
  const cells = rows.map((row) => columns.map(({ value }) => toPlain(value(row))));
  return {
    columns: columns.map(({ header, kind }, i) => ({
      name: header,
      type: types[kind] ?? typeOf(cells.map((row) => row[i] ?? null)),
    })),
    rows: cells,
  };
}

/** Settings and places may be numbers, text or both. */
const types: Readonly<Record<ColumnKind, TypedColumn['type'] | null>> = {
  ...{ text: 'TEXT', long_text: 'TEXT', path: 'TEXT', status: 'TEXT', time: 'TEXT', link: 'TEXT', user: 'TEXT' },
  ...{ integer: 'INTEGER', metric: 'REAL', seconds: 'REAL', percent: 'REAL', setting: null, place: null },
};

/** The type that all cells of a column have; where numbers and text are mixed, text. */
function typeOf(cells: readonly (string | number | null)[]): TypedColumn['type'] {
  const known = cells.filter((cell) => cell !== null);
  if (known.some((cell) => typeof cell === 'string')) return 'TEXT';
  return known.every(Number.isInteger) ? 'INTEGER' : 'REAL';
}

/** As SQL has it: times as ISO 8601 in UTC, links as their targets, and NULL for what is no finite number. */
function toPlain(cell: Cell): string | number | null {
  if (cell instanceof Date) return cell.toISOString();
  if (cell !== null && isLink(cell)) return cell.target;
  return typeof cell === 'number' && !Number.isFinite(cell) ? null : cell;
}
