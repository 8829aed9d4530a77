import test from 'ava';
import type { Table } from '../src/outputs/table.js';
import { readableColumns, renderTable, type TableFormat } from '../src/outputs/table-export.js';
import { workbookTables } from '../src/outputs/workbook.js';
import { buildInput, buildOverview } from './build-overview.js';

interface Row {
  readonly name: string;
  readonly loss: number | null;
}

const table: Table<Row> = {
  columns: [
    { header: 'name', kind: 'text', meaning: '', value: ({ name }) => name },
    { header: 'val_loss', kind: 'metric', meaning: '', value: ({ loss }) => loss },
    { header: 'when', kind: 'time', meaning: '', value: () => new Date(0) },
    { header: 'report', kind: 'link', meaning: '', value: () => ({ text: 'PDF', target: 'a/a.tlw.pdf' }) },
  ],
  rows: [
    { name: '=a_1|b', loss: 1.2345678e-5 },
    { name: 'two\nlines 5 % {x}', loss: Number.NaN },
    { name: '~^\\', loss: null },
  ],
};

for (const [format, lines] of [
  [
    'csv',
    [
      'name,val_loss,when,report',
      "'=a_1|b,0.000012345678,1970-01-01T00:00:00.000Z,a/a.tlw.pdf",
      '"two',
      'lines 5 % {x}",NaN,1970-01-01T00:00:00.000Z,a/a.tlw.pdf',
      '~^\\,,1970-01-01T00:00:00.000Z,a/a.tlw.pdf',
    ],
  ],
  [
    'json',
    [
      '[',
      '{"name": "=a_1|b", "val_loss": 0.000012345678, "when": "1970-01-01T00:00:00.000Z", "report": "a/a.tlw.pdf"},',
      '{"name": "two\\nlines 5 % {x}", "val_loss": "NaN", "when": "1970-01-01T00:00:00.000Z", "report": "a/a.tlw.pdf"},',
      '{"name": "~^\\\\", "val_loss": null, "when": "1970-01-01T00:00:00.000Z", "report": "a/a.tlw.pdf"}',
      ']',
    ],
  ],
  [
    'md',
    [
      '| name | val\\_loss | when | report |',
      '| --- | ---: | --- | --- |',
      '| =a\\_1\\|b | 1.23e-5 | 1970-01-01 00:00 | PDF |',
      '| two<br>lines 5 % {x} | NaN | 1970-01-01 00:00 | PDF |',
      '| ~^\\\\ |  | 1970-01-01 00:00 | PDF |',
    ],
  ],
  [
    'latex',
    [
      '% needs \\usepackage{booktabs}',
      '\\begin{tabular}{lrll}',
      '\\toprule',
      'name & val\\_loss & when & report \\\\',
      '\\midrule',
      '=a\\_1|b & 1.23e-5 & 1970-01-01 00:00 & PDF \\\\',
      'two lines 5 \\% \\{x\\} & NaN & 1970-01-01 00:00 & PDF \\\\',
      '\\textasciitilde{}\\textasciicircum{}\\textbackslash{} &  & 1970-01-01 00:00 & PDF \\\\',
      '\\bottomrule',
      '\\end{tabular}',
    ],
  ],
] as const satisfies readonly (readonly [TableFormat, readonly string[]])[]) {
  test(`a table as ${format}`, (t) => {
    t.deepEqual([...renderTable(table, format)].join('').split('\n'), [...lines, '']);
  });
}

test('an empty table is valid JSON', (t) => {
  t.deepEqual(JSON.parse([...renderTable({ ...table, rows: [] }, 'json')].join('')), []);
});

test('for reading, settings that vary and columns with something in them are left', (t) => {
  const run = (name: string, lr: string) =>
    buildOverview({ name, key: `${name}.log`, hyperparameters: { lr, mom: '0.9' }, finals: { val_loss: 0.5 } });
  const { experiments } = workbookTables(buildInput([run('a', '0.1'), run('b', '0.2')]));
  const headers = readableColumns(experiments).map(({ header }) => header);
  t.true(headers.includes('learning rate') && headers.includes('val_loss') && headers.includes('name'));
  t.deepEqual(
    headers.filter((header) => ['momentum', 'dropout', 'straggler', 'report', 'Notes', 'key'].includes(header)),
    [],
  );
});

test('every table of the workbook has headers that differ, ignoring case', (t) => {
  const experiment = buildOverview({
    hyperparameters: { Status: '1', NOTES: '2', lr: '3', learning_rate: '4', val_loss: '5' },
    finals: { status: 1, experiment: 2, RANK: 3, Epoch: 4, val_loss: 5 },
  });
  for (const [name, { columns }] of Object.entries(workbookTables(buildInput([experiment])))) {
    const headers: string[] = [];
    for (const { header } of columns) headers.push(header.toLowerCase());
    t.is(new Set(headers).size, headers.length, `${name}: ${headers}`);
  }
});
