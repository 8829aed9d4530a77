import type { Experiment } from '../experiment.js';
import { publish } from '../outputs/publish.js';
import { PublishError } from '../outputs/publish-error.js';
import type { FileVersion } from '../outputs/publish-present.js';
import { epochMeansOf, rankRowsOf } from '../outputs/workbook/rows.js';
import { renderWorkbook, type WorkbookInput } from '../outputs/workbook.js';
import { closeStore, openStore } from '../store/open.js';
import { readExperiment } from '../store/read-experiment.js';
import { readOverviews } from '../store/read-overviews.js';
import type { Store } from '../store/store.js';

export interface WorkbookOrder extends Pick<WorkbookInput, 'options' | 'about'> {
  readonly path: string;
  /** The database that it shows. */
  readonly database: string;
  /** What was last written. */
  readonly recorded: FileVersion | null;
  readonly createFolder: boolean;
}

export interface WrittenWorkbook {
  readonly version: FileVersion | null;
  readonly isNew: boolean;
  readonly rows: number;
  /** One line for the user; null where all went well. */
  readonly error: string | null;
}

/** Renders the workbook of a root from its database, and publishes it. */
export async function writeWorkbook(order: WorkbookOrder): Promise<WrittenWorkbook> {
  const store = openStore(order.database, { fileSystem: 'local', readonly: true });
  try {
    const experiments = readOverviews(store);
    const content = await renderWorkbook({
      experiments,
      options: order.options,
      about: order.about,
      ranksOf: (key) => rowsOf(store, key, rankRowsOf),
      epochsOf: (key) => rowsOf(store, key, epochMeansOf),
    });
    const { version, state } = await publish(order.path, content, {
      recorded: order.recorded,
      createFolder: order.createFolder,
    });
    return { version, isNew: state === 'written', rows: experiments.length, error: null };
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    return { version: null, isNew: false, rows: 0, error: error.message };
  } finally {
    closeStore(store);
  }
}

/** Read anew each time it is asked for: all epochs of all experiments at once would not fit. */
function rowsOf<Row>(store: Store, key: string, select: (experiment: Experiment) => Row[]): Row[] {
  const stored = readExperiment(store, key);
  return stored === undefined ? [] : select(stored.experiment);
}
