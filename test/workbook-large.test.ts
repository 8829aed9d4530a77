/** A workbook to which somebody added more rows than the library that reads workbooks could hold in memory. */

import { readFileSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import JSZip from 'jszip';
import { trimWorkbook } from '../src/outputs/workbook/archive.js';
import { parseUserWorkbook, type UserWorkbook } from '../src/outputs/workbook/user-workbook.js';
import { stateSheetName } from '../src/outputs/workbook/written-state.js';
import { experimentOf, makeWorkbookRoot } from './workbook-root.js';

const rowsAdded = 3000;
/** So that the sheet is large. */
const filling = 'x'.repeat(3200);

/** How a program stores texts: in cells, in the table of all texts, or there once more for each cell. */
type Storing = 'inline' | 'shared' | 'shared again';

/** The workbook with rows of a person's own between the header's neighbours and what was its last row, whose note is another. */
async function withManyRows(t: ExecutionContext, names: readonly string[], storing: Storing) {
  const root = await makeWorkbookRoot(t);
  root.experiments = names.map(experimentOf);
  await root.update();
  await root.edit((workbook) => {
    const sheet = workbook.getWorksheet('Experiments');
    const header = sheet?.getRow(1).values;
    if (sheet === undefined || !Array.isArray(header)) throw new Error('expected a sheet with a header');
    const note = header.indexOf('Notes');
    sheet.getRow(names.length + 1).getCell(note).value = 'seen <here> & there';
    sheet.getRow(2).getCell(note).value = 'first';
  });
  const archive = await JSZip.loadAsync(readFileSync(root.path));
  const file = Object.keys(archive.files).find((name) => name.endsWith('worksheets/sheet1.xml')) ?? '';
  const sheet = (await archive.file(file)?.async('string')) ?? '';
  let strings = (await archive.file('xl/sharedStrings.xml')?.async('string')) ?? '';
  let count = strings.match(/<si\b/g)?.length ?? 0;
  const texts: string[] = [];
  const add = (text: string): number => {
    texts.push(`<si><t>${text}</t></si>`);
    return count++;
  };
  const inCell = (place: string, text: string): string => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const cell = (place: string, text: string): string =>
    storing === 'inline' ? inCell(place, text) : `<c r="${place}" t="s"><v>${add(text)}</v></c>`;
  const mine = Array.from({ length: rowsAdded }, (_, i) => {
    const row = names.length + 1 + i;
    return `<row r="${row}">${cell(`A${row}`, `mine ${i}`)}<c r="B${row}"><v>${i}</v></c>${inCell(`C${row}`, filling)}</row>`;
  });
  const at = sheet.lastIndexOf('<row ');
  const lastRow = sheet.slice(at, sheet.indexOf('</row>', at)).replaceAll(/r="([A-Z]*)\d+"/g, (_, column) => {
    return `r="${column}${names.length + 1 + rowsAdded}"`;
  });
  const known = [...strings.matchAll(/<si\b[\s\S]*?<\/si>/g)].map(([si]) => si);
  const last =
    storing === 'shared again'
      ? lastRow.replaceAll(/t="s"><v>(\d+)<\/v>/g, (_, index) => {
          texts.push(known[Number(index)] ?? '');
          return `t="s"><v>${count++}</v>`;
        })
      : lastRow;
  strings = strings.replace('</sst>', () => `${texts.join('')}</sst>`);
  archive.file('xl/sharedStrings.xml', strings);
  archive.file(file, sheet.slice(0, at) + mine.join('') + last + sheet.slice(sheet.indexOf('</row>', at)));
  const bytes = await archive.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  writeFileSync(root.path, bytes);
  return { root, bytes };
}

function notesIn(book: UserWorkbook | undefined): unknown[] {
  return [...(book?.rows ?? [])].map(({ name, now }) => [name, now.notes]).sort();
}

for (const storing of ['inline', 'shared', 'shared again'] as const)
  test(`UN21: notes beside many rows of a person’s own are read without holding these, texts ${storing}`, async (t) => {
    const { root, bytes } = await withManyRows(t, ['a', 'b', 'c', 'd & <e>'], storing);
    const trimmed = await trimWorkbook(bytes, { isWanted: () => true, stateSheet: stateSheetName });
    t.true((trimmed.dropped.get('Experiments') ?? 0) > rowsAdded - 150, 'hardly any was kept');
    t.true(trimmed.bytes.length < 100_000, `${trimmed.bytes.length} bytes were kept`);
    let steps = 0;
    const book = await parseUserWorkbook(bytes, () => {
      steps += 1;
    });
    t.true(steps > 10, 'it says that it gets on');
    t.deepEqual(notesIn(book), [
      ['a', 'first'],
      ['b', ''],
      ['c', ''],
      ['d & <e>', 'seen <here> & there'],
    ]);
    t.deepEqual(book?.additions, [`${rowsAdded} rows that are no experiment`]);
    const placed = await root.update();
    t.regex(placed.kept ?? '', /master\.kept-/);
    t.deepEqual(
      Object.entries(root.database.notes).map(([key, { notes }]) => [key, notes]),
      [
        ['a/a.log', 'first'],
        ['d & <e>/d & <e>.log', 'seen <here> & there'],
      ],
    );
  });

test('UN21: where an experiment’s name may be a date in the file, all rows are read', async (t) => {
  const { bytes } = await withManyRows(t, ['a', '2024-05-01'], 'inline');
  const trimmed = await trimWorkbook(bytes, { isWanted: () => true, stateSheet: stateSheetName });
  t.is(trimmed.dropped.size, 0);
  const book = await parseUserWorkbook(bytes);
  t.deepEqual(notesIn(book).length, 2);
  t.deepEqual(book?.additions, [`${rowsAdded} rows that are no experiment`]);
});
