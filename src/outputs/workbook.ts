/** The master workbook: one row an experiment, best first, and what lies behind it. */

import type { EpochMeanRow } from '../summarise/epoch-means.js';
import type { RankRow } from '../summarise/rank-rows.js';
import type { ExperimentOverview } from '../summary.js';
import type { Table } from './table.js';
import { type AboutInput, aboutTable } from './workbook/about-table.js';
import type { ExperimentRow } from './workbook/experiment-columns.js';
import { type ExperimentTable, experimentTable, type TableOptions } from './workbook/experiment-table.js';
import { isFinished } from './workbook/order.js';
import { problemTable } from './workbook/problem-table.js';
import { epochTable, rankTable } from './workbook/rank-table.js';
import { settingTable } from './workbook/setting-table.js';
import { sheetOf } from './workbook/sheet.js';
import { maybeStragglers } from './workbook/straggler.js';
import type { RowLook } from './workbook/styles.js';
import { stateSheet, stateSheetName } from './workbook/written-state.js';
import { renderXlsx, type Sheet } from './workbook/xlsx.js';

export interface WorkbookInput {
  readonly experiments: readonly ExperimentOverview[];
  readonly options: Omit<TableOptions, 'stragglers'>;
  /** The ranks of the experiment with this key; may be asked for more than once. */
  readonly ranksOf: (key: string) => Iterable<RankRow>;
  readonly epochsOf: (key: string) => Iterable<EpochMeanRow>;
  readonly about: AboutInput;
  /** When the notes on each experiment last changed, ms since 1970, UTC, by key. */
  readonly noteTimes: ReadonlyMap<string, number>;
}

/** Every table of the workbook but About, as the exports have them too. */
export interface WorkbookTables {
  readonly experiments: ExperimentTable;
  readonly ranks: ReturnType<typeof rankTable>;
  readonly epochs: ReturnType<typeof epochTable>;
  readonly settings: ReturnType<typeof settingTable>;
  readonly problems: ReturnType<typeof problemTable>;
}

/** Rows of the sheets Ranks and Epochs, at most: more make a file that spreadsheet programs open too slowly. */
export const longSheetLimit = 100_000;
/** Rows of a sheet below its header, by the file format. */
const sheetLimit = 1_048_575;

/** The bytes of the workbook; the same input gives the same bytes. */
export async function renderWorkbook(input: WorkbookInput): Promise<Buffer> {
  const tables = workbookTables(input);
  const sorted = tables.experiments.rows.map(({ experiment }) => experiment);
  const { objective } = input.options;
  const about = aboutTable(input.about, sorted, { objective, noise: tables.experiments.noise }, describe(tables));
  const sheets = [
    ...experimentsSheets(tables.experiments, input.options),
    longSheet(tables.ranks, 'Ranks', 'ranks'),
    longSheet(tables.epochs, 'Epochs', 'epochs'),
    settingsSheet(tables.settings),
    { ...sheetOf(tables.problems, { name: 'Problems' }), printedColumns: tables.problems.columns.length - 1 },
    { ...sheetOf(about, { name: 'About', lookOf: aboutLook }), hasFilter: false },
  ];
  const names = [...sheets.map(({ name }) => name), stateSheetName];
  const headers = tables.experiments.columns.map(({ header }) => header);
  const changedMs = sorted.reduce((latest, { changedMs }) => Math.max(latest, changedMs), 0);
  return renderXlsx([...sheets, stateSheet(sorted, input.noteTimes, headers, names)], {
    title: `Experiments of ${input.about.root}`,
    creator: 'training-log-wizard',
    changed: new Date(changedMs),
  });
}

/** The tables that the workbook and the exports are made of; rows of ranks and epochs are read as they are asked for. */
export function workbookTables({
  experiments,
  options,
  ranksOf,
  epochsOf,
}: Omit<WorkbookInput, 'about' | 'noteTimes'>): WorkbookTables {
  const stragglers = new Map<string, string>();
  for (const { key } of experiments) {
    const said = maybeStragglers(ranksOf(key));
    if (said !== null) stragglers.set(key, said);
  }
  const table = experimentTable(experiments, { ...options, stragglers });
  const sorted = table.rows.map(({ experiment }) => experiment);
  return {
    experiments: table,
    ranks: rankTable(sorted, ranksOf),
    epochs: epochTable(sorted, epochsOf),
    settings: settingTable(table, options.objective, options.repeatKeys),
    problems: problemTable(sorted),
  };
}

function experimentsSheets(table: ExperimentTable, { objective }: Pick<TableOptions, 'objective'>): Sheet[] {
  const sheets: Sheet[] = [];
  for (let first = 0; first === 0 || first < table.rows.length; first += sheetLimit) {
    const part = { ...table, rows: table.rows.slice(first, first + sheetLimit) };
    sheets.push(experimentsSheet(part, objective, first === 0 ? 'Experiments' : `Experiments ${sheets.length + 1}`));
  }
  return sheets;
}

function experimentsSheet(table: ExperimentTable, objective: TableOptions['objective'], name: string): Sheet {
  const { rows, columns } = table;
  const finished = rows.filter(({ experiment }) => isFinished(experiment.run.status));
  const firstUnfinished = rows[finished.length];
  const lookOf = (row: ExperimentRow): RowLook => {
    if (!isFinished(row.experiment.run.status)) return row === firstUnfinished ? 'first_unfinished' : 'unfinished';
    return row.place === '1' || row.place === '=1' ? 'best' : 'plain';
  };
  const lastPrinted = columns.findIndex(({ header }) => header === 'name') + 1;
  const sheet = {
    ...sheetOf(table, { name, lookOf, frozenColumns: 11, paper: 'A3' }),
    printedColumns: lastPrinted,
  };
  const column = columns.findIndex(({ metric }) => objective !== null && metric === objective.metric) + 1;
  if (!objective || column === 0 || finished.length < 2) return sheet;
  return { ...sheet, colourScale: { column, lastRow: finished.length + 1, best: objective.direction } };
}

function longSheet<Row>(table: Table<Row>, name: string, exported: string): Sheet {
  const more = `There are more rows: tlw export --table ${exported} --format csv gives them all.`;
  return sheetOf(table, {
    name,
    limit: { rows: longSheetLimit, more },
    frozenColumns: 2,
  });
}

function settingsSheet(table: WorkbookTables['settings']): Sheet {
  const first = new Set([...table.rows].filter(({ setting }, row, rows) => rows[row - 1]?.setting !== setting));
  return sheetOf(table, { name: 'Settings', lookOf: (row) => (first.has(row) ? 'first_of_group' : 'plain') });
}

function aboutLook({ isHeading }: { readonly isHeading?: boolean }): RowLook {
  return isHeading ? 'heading' : 'plain';
}

function describe(tables: WorkbookTables): Parameters<typeof aboutTable>[3] {
  return {
    Experiments: tables.experiments.columns,
    Ranks: tables.ranks.columns,
    Epochs: tables.epochs.columns,
    Settings: tables.settings.columns,
  };
}
