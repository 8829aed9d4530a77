/** The rows of a package back to columns. */

import { type EpochTable, epochFlags, type MetricColumn, type StepTable } from '../experiment.js';
import { type Fields, fieldsOf, flagOf, integerOf, maybeFigure } from './package-fields.js';

/** The epochs of one rank. */
export function parseEpochs(rows: readonly unknown[]): EpochTable {
  const table = {
    length: rows.length,
    epoch: new Int32Array(rows.length),
    segment: new Int32Array(rows.length),
    offset: new Float64Array(rows.length),
    flags: new Uint8Array(rows.length),
    seconds: new Float64Array(rows.length),
    secondsPerStep: new Float64Array(rows.length),
    metrics: new Map<string, MetricColumn>(),
    local: new Map<string, MetricColumn>(),
  };
  for (const [row, value] of rows.entries()) {
    const fields = fieldsOf(value, 'epochs');
    table.epoch[row] = integerOf(fields, 'epoch');
    table.segment[row] = integerOf(fields, 'segment');
    table.offset[row] = integerOf(fields, 'offset');
    table.flags[row] =
      (flagOf(fields, 'partial') ? epochFlags.partial : 0) | (flagOf(fields, 'repaired') ? epochFlags.repaired : 0);
    table.seconds[row] = maybeFigure(fields.seconds, 'seconds') ?? Number.NaN;
    table.secondsPerStep[row] = maybeFigure(fields.seconds_per_step, 'seconds_per_step') ?? Number.NaN;
    addFigures(table.metrics, fieldsOf(fields.metrics, 'metrics'), row, rows.length);
    if ('local' in fields) addFigures(table.local, fieldsOf(fields.local, 'local'), row, rows.length);
  }
  return table;
}

/** The steps of one rank. */
export function parseSteps(rows: readonly unknown[]): StepTable {
  const table = {
    length: rows.length,
    segment: new Int32Array(rows.length),
    epoch: new Int32Array(rows.length),
    step: new Int32Array(rows.length),
    metrics: new Map<string, MetricColumn>(),
  };
  for (const [row, value] of rows.entries()) {
    const fields = fieldsOf(value, 'steps');
    table.segment[row] = integerOf(fields, 'segment');
    table.epoch[row] = integerOf(fields, 'epoch');
    table.step[row] = integerOf(fields, 'step');
    addFigures(table.metrics, fieldsOf(fields.metrics, 'metrics'), row, rows.length);
  }
  return table;
}

function addFigures(columns: Map<string, MetricColumn>, figures: Fields, row: number, length: number): void {
  for (const name of Object.keys(figures)) {
    const value = maybeFigure(figures[name], name);
    let column = columns.get(name);
    if (!column) {
      column = { values: new Float64Array(length), present: new Uint8Array(length) };
      columns.set(name, column);
    }
    if (value === null) continue;
    column.values[row] = value;
    column.present[row] = 1;
  }
}
