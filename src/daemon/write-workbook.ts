import { renderWorkbook, type WorkbookInput } from '../outputs/workbook.js';
import { type CollectedEdits, type PlacedWorkbook, placeWorkbook } from '../outputs/workbook-files.js';
import { readNoteTimes } from '../store/notes.js';
import { closeStore, openStore } from '../store/open.js';
import { readEpochMeans } from '../store/read-epoch-means.js';
import { readOverviews } from '../store/read-overviews.js';
import { readRankRows } from '../store/read-rank-rows.js';
import { type OutputError, outputError } from './output-files.js';

export interface WorkbookOrder extends Pick<WorkbookInput, 'options' | 'about'> {
  readonly path: string;
  /** The database that it shows. */
  readonly database: string;
  /** What people wrote into the files that are there; it is in the database already. */
  readonly collected: CollectedEdits;
  /** The folder is the program's own, so that it may be made. */
  readonly createFolder: boolean;
  /** Number of the group that may read it; null: nobody but its owner. */
  readonly shareGroupId: number | null;
}

/** What became of the workbook, or why it could not be written. */
export type WrittenWorkbook = (PlacedWorkbook & { readonly rows: number }) | { readonly error: OutputError };

/** Renders the workbook of a root from its database, and puts it in place. */
export async function writeWorkbook(order: WorkbookOrder): Promise<WrittenWorkbook> {
  const { path, database, collected, options, about, createFolder, shareGroupId } = order;
  const store = openStore(database, { fileSystem: 'local', readonly: true });
  try {
    const experiments = readOverviews(store);
    const bytes = await renderWorkbook({
      ...{ experiments, options, about, noteTimes: readNoteTimes(store) },
      ranksOf: (key) => readRankRows(store, key),
      epochsOf: (key) => readEpochMeans(store, key),
    });
    return {
      ...(await placeWorkbook(path, bytes, collected, { createFolder, shareGroupId })),
      rows: experiments.length,
    };
  } catch (error) {
    return { error: outputError(error, 'the workbook') };
  } finally {
    closeStore(store);
  }
}
