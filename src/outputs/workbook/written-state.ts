/**
 * What the workbook remembers of itself, on a sheet that nobody sees: which notes it was written with, so that an edit is known
 * from what was there, and which sheets and columns are the program's, so that the user's own are known.
 */

import type { ExperimentOverview } from '../../summary.js';
import type { Sheet, SheetRow } from './xlsx.js';

export const stateSheetName = '_tlw';
/** In the first cell; a workbook with it was written by the program, whoever saved it since. */
export const stateMark = 'training-log-wizard/workbook/1';
export const stateColumns = [
  stateMark,
  'name',
  'fingerprint',
  'notes',
  'tags',
  'keep',
  'columns',
  'sheets',
  'changed',
] as const;

/**
 * The internal sheet for `experiments`; `noteTimes` tells when the notes on each last changed (ms since 1970, UTC, by key), `columns`
 * are the headers of the sheet Experiments, `sheets` the names of all.
 */
export function stateSheet(
  experiments: readonly ExperimentOverview[],
  noteTimes: ReadonlyMap<string, number>,
  columns: readonly string[],
  sheets: readonly string[],
): Sheet {
  return {
    name: stateSheetName,
    isInternal: true,
    columns: stateColumns.map((header) => ({ header, width: 20 })),
    rows: stateRows(experiments, noteTimes, columns, sheets),
  };
}

function* stateRows(
  experiments: readonly ExperimentOverview[],
  noteTimes: ReadonlyMap<string, number>,
  columns: readonly string[],
  sheets: readonly string[],
): Generator<SheetRow> {
  const length = Math.max(experiments.length, columns.length, sheets.length);
  for (let row = 0; row < length; row++) {
    const experiment = experiments[row];
    const user = experiment?.user;
    yield {
      cells: [
        experiment?.key ?? null,
        experiment?.name ?? null,
        experiment?.log.fingerprint ?? null,
        user?.notes || null,
        user?.tags.join(', ') || null,
        user?.keep || null,
        columns[row] ?? null,
        sheets[row] ?? null,
        (experiment && noteTimes.get(experiment.key)) ?? null,
      ],
    };
  }
}
