import test from 'ava';
import type ExcelJS from 'exceljs';
import { renderWorkbook } from '../src/outputs/workbook.js';
import { buildInput, buildOverview } from './build-overview.js';
import { readWorkbook } from './workbook-root.js';

function valuesOf(workbook: ExcelJS.Workbook, sheet: string): ExcelJS.CellValue[][] {
  const rows: ExcelJS.CellValue[][] = [];
  workbook.getWorksheet(sheet)?.eachRow((row) => {
    rows.push(Array.isArray(row.values) ? row.values.slice(1) : []);
  });
  return rows;
}

test('the sheet Experiments begins with the 18 columns, in order, by name', async (t) => {
  const rows = valuesOf(await readWorkbook(await renderWorkbook(buildInput([]))), 'Experiments');
  t.is(
    rows[0]?.slice(0, 18).join(' | '),
    'processes per socket | cores per process | total processes | intra thread | inter thread | blocktime | training images | learning rate | momentum | batch size | dropout | total epochs | steps per epoch | total training time | early stop iteration | val_loss | val_acc | val_custom_metric',
  );
});

test('a row has typed cells: numbers, lists, what is missing is empty, NaN is text', async (t) => {
  const experiments = [
    buildOverview({
      hyperparameters: { ppn: '1', cps: '24', lr: '1e-05', mom: '-0.9', bs: '64', dpout: ['0.5', '0.3'] },
      ranks: [{}, {}],
      finals: { val_loss: Number.NaN, val_dsc: 0.8514 },
      summary: { totalTrainingTime: 2125.779879808426, earlyStopEpoch: 16 },
    }),
  ];
  const [, row] = valuesOf(await readWorkbook(await renderWorkbook(buildInput(experiments))), 'Experiments');
  t.deepEqual(
    Array.from(row?.slice(0, 18) ?? [], (value) => value ?? null),
    [1, 24, 2, null, null, null, null, 1e-5, -0.9, 64, '0.5, 0.3', 50, 13, 2125.779879808426, 16, 'NaN', null, 0.8514],
  );
});

test('finished first, best objective first, then lowest val_loss; missing and NaN last', async (t) => {
  const run = (
    name: string,
    finals: Record<string, number>,
    status: 'completed' | 'early_stopped' | 'killed' = 'completed',
  ) => buildOverview({ name, finals, run: { status } });
  const experiments = [
    run('killed', { val_dsc: 0.99 }, 'killed'),
    run('nan', { val_dsc: Number.NaN }),
    run('none', {}),
    run('none but a loss', { val_loss: 0.1 }),
    run('second', { val_dsc: 0.8, val_loss: 0.1 }, 'early_stopped'),
    run('third', { val_dsc: 0.8, val_loss: 0.2 }),
    run('first', { val_dsc: 0.9 }),
  ];
  const [header, ...rows] = valuesOf(await readWorkbook(await renderWorkbook(buildInput(experiments))), 'Experiments');
  const shown = (column: string) => rows.map((row) => row[header?.indexOf(column) ?? -1]);
  t.deepEqual(shown('name'), ['first', 'second', 'third', 'none but a loss', 'nan', 'none', 'killed']);
  t.deepEqual(shown('place'), [1, '=2', '=2', undefined, undefined, undefined, undefined]);
});

test('the same rows give the same bytes', async (t) => {
  const experiments = [buildOverview({ finals: { val_dsc: 0.5 } })];
  const bytes = await renderWorkbook(buildInput(experiments));
  t.true(bytes.equals(await renderWorkbook(buildInput(experiments))));
});
