/** The master workbook: one row an experiment, best first. */

import type { ExperimentOverview } from '../summary.js';
import type { ExperimentRow } from './workbook/experiment-columns.js';
import { type ExperimentTable, experimentTable, type TableOptions } from './workbook/experiment-table.js';
import { isFinished } from './workbook/order.js';
import { sheetOf } from './workbook/sheet.js';
import type { RowLook } from './workbook/styles.js';
import { renderXlsx, type Sheet } from './workbook/xlsx.js';

export interface WorkbookInput {
  readonly experiments: readonly ExperimentOverview[];
  readonly options: TableOptions;
}

/** The bytes of the workbook; the same input gives the same bytes. */
export async function renderWorkbook({ experiments, options }: WorkbookInput): Promise<Buffer> {
  const table = experimentTable(experiments, options);
  const changedMs = experiments.reduce((latest, { changedMs }) => Math.max(latest, changedMs), 0);
  return renderXlsx([experimentsSheet(table, options)], {
    title: 'Experiments',
    creator: 'training-log-wizard',
    changed: new Date(changedMs),
  });
}

function experimentsSheet(table: ExperimentTable, { objective }: TableOptions): Sheet {
  const { rows, columns } = table;
  const finished = rows.filter(({ experiment }) => isFinished(experiment.run.status));
  const firstUnfinished = rows[finished.length];
  const lookOf = (row: ExperimentRow): RowLook => {
    if (!isFinished(row.experiment.run.status)) return row === firstUnfinished ? 'first_unfinished' : 'unfinished';
    return row.place === '1' || row.place === '=1' ? 'best' : 'plain';
  };
  const sheet = sheetOf(table, { name: 'Experiments', lookOf, sample: rows, frozenColumns: 11, paper: 'A3' });
  const column = columns.findIndex(({ metric }) => objective !== null && metric === objective.metric) + 1;
  if (!objective || column === 0 || finished.length < 2) return sheet;
  return { ...sheet, colourScale: { column, lastRow: finished.length + 1, best: objective.direction } };
}
