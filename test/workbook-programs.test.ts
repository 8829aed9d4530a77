import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { renderWorkbook, workbookTables } from '../src/outputs/workbook.js';
import { buildInput, buildOverview } from './build-overview.js';
import { strictlyParsed } from './strict-workbook.js';
import { cellOf, makeWorkbookRoot, openWorkbook } from './workbook-root.js';

/** The Python of the system, which has the modules of its packages. */
const python = process.env.PYTHON ?? '/usr/bin/python3';
const script = fileURLToPath(new URL('../../test/spreadsheet.py', import.meta.url));
const has = async (module: string) =>
  (await execa(python, ['-c', `import ${module}`], { reject: false })).exitCode === 0;
const hasOpenpyxl = await has('openpyxl');
const hasLibreOffice = (await has('uno')) && existsSync('/usr/bin/soffice');
const onOpenpyxl = hasOpenpyxl ? test : test.skip;
if (!hasOpenpyxl) process.stderr.write('skipped: the workbook in openpyxl needs Debian’s python3-openpyxl\n');
if (!hasLibreOffice)
  process.stderr.write('skipped: the workbook in LibreOffice needs libreoffice-calc and python3-uno\n');
const programs = [
  { name: 'openpyxl', action: 'openpyxl', isThere: hasOpenpyxl, kept: 1 },
  { name: 'LibreOffice', action: 'libreoffice', isThere: hasLibreOffice, kept: 0 },
];

onOpenpyxl('openpyxl reads every cell of every sheet as it was meant', async (t) => {
  const root = await makeWorkbookRoot(t);
  const experiments = [
    buildOverview({
      name: '=HYPERLINK("http://x/")',
      key: 'λ=0.1,模型/😀.log',
      hyperparameters: { lr: '1e-05', dpout: ['0.5', '0.3'], 模型: '変換器', _x0041_: '<&>"' },
      finals: { val_loss: Number.NaN, val_dsc: 0.8514123456789, loss: Infinity, accuracy: -1e-300 },
      user: { notes: ' two\nlines ', tags: ['a', 'b'] },
    }),
    buildOverview({
      name: 'b',
      key: 'b/b.log',
      finals: { val_dsc: 0.1 + 0.2 },
      run: { status: 'killed', reason: 'x' },
    }),
  ];
  const input = buildInput(experiments);
  await writeFile(root.path, await renderWorkbook(input));
  const sheets = JSON.parse((await execa(python, [script, 'dump', root.path])).stdout);
  const { columns, rows } = workbookTables(input).experiments;
  const cells = rows.map((row) => columns.map(({ value }) => plain(value(row))));
  t.deepEqual(sheets.Experiments, [columns.map(({ header }) => header), ...cells]);
  t.deepEqual(Object.keys(sheets).slice(0, 6), ['Experiments', 'Ranks', 'Epochs', 'Settings', 'Problems', 'About']);
});

for (const { name, action, isThere, kept } of programs) {
  (isThere ? test : test.skip)(`what is typed into the workbook in ${name} is kept`, async (t) => {
    const root = await makeWorkbookRoot(t);
    root.database.notes['c/c.log'] = { notes: 'from before', tags: ['old'], keep: 'yes' };
    await root.update();
    await execa(python, [script, action, root.path], { timeout: 100_000 });
    const saved = await readFile(root.path);
    const placed = await root.update();
    t.is(placed.state, 'written');
    t.is(placed.kept === null ? 0 : 1, kept);
    t.deepEqual(root.database.notes, {
      'b/b.log': { notes: `typed into ${name}, line one\nline two`, tags: ['paper', 'fig 3'], keep: '1' },
      'c/c.log': { notes: 'from before', tags: ['old'], keep: 'yes' },
    });
    const workbook = await openWorkbook(root.path);
    t.is(cellOf(workbook, 'c', 'Notes').text, 'from before');
    t.is(cellOf(workbook, 'b', 'Tags').text, 'paper, fig 3');
    if (placed.kept !== null) t.true(saved.equals(await readFile(placed.kept)));
    await strictlyParsed(await readFile(root.path));
  });
}

/** As JSON has it. */
function plain(cell: unknown): unknown {
  if (cell instanceof Date) return cell.toISOString().slice(0, 19);
  if (typeof cell === 'object' && cell !== null && 'text' in cell) return cell.text;
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}
