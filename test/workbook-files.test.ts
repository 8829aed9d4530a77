import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { renderWorkbook } from '../src/outputs/workbook.js';
import { besidePath, collectEdits, placeWorkbook } from '../src/outputs/workbook-files.js';
import { buildInput } from './build-overview.js';
import {
  cellOf,
  editWorkbook,
  experimentOf,
  makeWorkbookRoot,
  type NotesDatabase,
  openWorkbook,
  updateNotes,
} from './workbook-root.js';

const isWithStrace = (await execa('strace', ['-V'], { reject: false })).exitCode === 0;
const straceTest = isWithStrace ? test : test.skip;
/** strace counts the calls of each thread by itself. */
const oneThread = { UV_THREADPOOL_SIZE: '1' };
const child = join(dirname(fileURLToPath(import.meta.url)), 'workbook-child.js');

test('what is typed into Notes, Tags and Keep goes into the database and stays in every later workbook', async (t) => {
  const root = await makeWorkbookRoot(t);
  t.is((await root.update()).state, 'written');
  await root.edit((workbook) => {
    cellOf(workbook, 'b', 'Notes').value = 'the one for the paper\nsecond line =1+1';
    cellOf(workbook, 'b', 'Tags').value = 'paper, fig 3';
    cellOf(workbook, 'c', 'Keep').value = 1;
    cellOf(workbook, 'd', 'Notes').value = { richText: [{ text: 'rich ' }, { text: 'text' }] };
  });
  t.is((await root.update()).state, 'written');
  t.deepEqual(root.database.notes, {
    'b/b.log': { notes: 'the one for the paper\nsecond line =1+1', tags: ['paper', 'fig 3'], keep: '' },
    'c/c.log': { notes: '', tags: [], keep: '1' },
    'd/d.log': { notes: 'rich text', tags: [], keep: '' },
  });
  root.experiments.push(experimentOf('e'));
  await root.update();
  const workbook = await openWorkbook(root.path);
  t.is(cellOf(workbook, 'b', 'Notes').text, 'the one for the paper\nsecond line =1+1');
  t.is(cellOf(workbook, 'b', 'Tags').text, 'paper, fig 3');
  t.deepEqual(await root.files(), ['master.xlsx']);
});

test('an untouched workbook is neither read nor written again', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  t.deepEqual((await collectEdits(root.path, root.database.recorded)).rows, []);
  t.is((await root.update()).state, 'unchanged');
});

test('notes follow their experiment when rows are sorted, filtered or deleted', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  await root.edit((workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'of a';
    cellOf(workbook, 'd', 'Notes').value = 'of d';
    const sheet = workbook.getWorksheet('Experiments');
    const rows = [5, 4, 3].map((number) => sheet?.getRow(number).values ?? []);
    const last = sheet?.getRow(2).values ?? [];
    for (const [index, values] of [...rows, last].entries()) {
      const row = sheet?.getRow(index + 2);
      if (row) row.values = values;
    }
    sheet?.spliceRows(4, 1);
    const hidden = sheet?.getRow(2);
    if (hidden) hidden.hidden = true;
  });
  await root.update();
  t.deepEqual(
    Object.entries(root.database.notes)
      .map(([key, { notes }]) => [key, notes])
      .sort(),
    [
      ['a/a.log', 'of a'],
      ['d/d.log', 'of d'],
    ],
  );
});

test('where only the visible columns were sorted, the name counts', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  await root.edit((workbook) => {
    const [first, last] = [cellOf(workbook, 'a', 'name'), cellOf(workbook, 'd', 'name')];
    const notes = cellOf(workbook, 'd', 'Notes');
    [first.value, last.value] = [last.value, first.value];
    notes.value = 'beside the name a';
  });
  await root.update();
  t.is(root.database.notes['a/a.log']?.notes, 'beside the name a');
  t.is(root.database.notes['d/d.log'], undefined);
});

test('a renamed sheet, rows above the header and columns in another order do not hinder', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  await root.edit((workbook) => {
    cellOf(workbook, 'c', 'Notes').value = 'found';
    const sheet = workbook.getWorksheet('Experiments');
    if (!sheet) return;
    sheet.name = 'My runs';
    sheet.spliceColumns(1, 3);
    sheet.spliceRows(1, 0, ['Sweep of July'], []);
  });
  const placed = await root.update();
  t.is(root.database.notes['c/c.log']?.notes, 'found');
  t.deepEqual(placed.additions, ['rows above the header']);
});

test('a file with sheets and columns of the user is kept under a dated name, the last three', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  for (let n = 1; n <= 5; n++) {
    await root.edit((workbook) => {
      workbook.addWorksheet('Plots').getCell('A1').value = `mine ${n}`;
      const sheet = workbook.getWorksheet('Experiments');
      if (sheet) sheet.getCell(1, sheet.columnCount + 1).value = 'my column';
      cellOf(workbook, 'a', 'Notes').value = `note ${n}`;
    });
    const placed = await root.update();
    t.deepEqual(placed.additions, ['sheet "Plots"', 'column "my column"']);
    t.regex(placed.kept ?? '', /master\.kept-\d{4}-\d\d-\d\d-\d{6}(-\d)?\.xlsx$/);
    t.is((await openWorkbook(placed.kept ?? '')).getWorksheet('Plots')?.getCell('A1').text, `mine ${n}`);
    t.is(root.database.notes['a/a.log']?.notes, `note ${n}`);
    t.is((await root.update()).kept, null);
  }
  const kept = (await root.files()).filter((name) => name.includes('kept'));
  t.is(kept.length, 3);
});

for (const lock of ['~$master.xlsx', '.~lock.master.xlsx#']) {
  test(`OUT7: while ${lock} is there the new workbook lies beside, and takes its place when it is gone`, async (t) => {
    const root = await makeWorkbookRoot(t);
    await root.update();
    const before = await readFile(root.path);
    await writeFile(join(root.folder, lock), 'user');
    root.experiments.push(experimentOf('e'));
    const placed = await root.update();
    t.is(placed.state, 'beside');
    t.true(placed.obstacle?.includes('is open in'), `${placed.obstacle}`);
    t.true(before.equals(await readFile(root.path)));
    t.is(cellOf(await openWorkbook(besidePath(root.path)), 'e', 'name').text, 'e');
    await root.edit((workbook) => {
      cellOf(workbook, 'a', 'Notes').value = 'typed into the open one';
    });
    await root.edit((workbook) => {
      cellOf(workbook, 'b', 'Notes').value = 'typed into the new one';
    }, besidePath(root.path));
    await unlink(join(root.folder, lock));
    t.is((await root.update()).state, 'written');
    t.is(root.database.notes['a/a.log']?.notes, 'typed into the open one');
    t.is(root.database.notes['b/b.log']?.notes, 'typed into the new one');
    t.deepEqual(await root.files(), ['master.xlsx']);
  });
}

for (const [title, spoil] of [
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['encrypted', () => Buffer.from('D0CF11E0A1B11AE1', 'hex')],
  ['not the program’s own', () => Buffer.from('precious')],
] as const) {
  test(`a workbook that is ${title} is left alone, and the new one lies beside`, async (t) => {
    const root = await makeWorkbookRoot(t);
    await root.update();
    const spoilt = spoil(await readFile(root.path));
    await writeFile(root.path, spoilt);
    const placed = await root.update();
    t.is(placed.state, 'beside');
    t.regex(placed.obstacle ?? '', /^master\.xlsx (is damaged or no workbook|was not written)/);
    t.true(Buffer.from(spoilt).equals(await readFile(root.path)));
    await unlink(root.path);
    t.is((await root.update()).state, 'written');
    t.deepEqual(await root.files(), ['master.xlsx']);
  });
}

test('any damage in the middle of the file leaves it alone or loses no note', async (t) => {
  const root = await makeWorkbookRoot(t);
  root.database.notes = { 'a/a.log': { notes: 'precious', tags: [], keep: '' } };
  await root.update();
  const whole = await readFile(root.path);
  for (let at = 100; at < whole.length; at += Math.ceil(whole.length / 12)) {
    const spoilt = Buffer.from(whole);
    spoilt.fill(0x5a, at, at + 16);
    await writeFile(root.path, spoilt);
    const placed = await root.update();
    t.true(placed.state === 'written' || spoilt.equals(await readFile(root.path)), `${at}: ${placed.state}`);
    t.is(root.database.notes['a/a.log']?.notes, 'precious', `${at}`);
    await writeFile(root.path, whole);
    await rm(besidePath(root.path), { force: true });
  }
});

test('OUT6: another program’s workbook, a link and a folder of that name are left alone', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  await root.edit((workbook) => workbook.removeWorksheet('_tlw'));
  t.is((await root.update()).state, 'beside');
  await rename(root.path, join(root.folder, 'elsewhere.xlsx'));
  await symlink(join(root.folder, 'elsewhere.xlsx'), root.path);
  t.is((await root.update()).state, 'beside');
  await unlink(root.path);
  await mkdir(root.path);
  t.is((await root.update()).state, 'beside');
  t.deepEqual(await root.files(), ['elsewhere.xlsx', 'master.new.xlsx', 'master.xlsx']);
});

test('a workbook that is edited between reading and replacing is read again', async (t) => {
  const root = await makeWorkbookRoot(t);
  await root.update();
  const collected = await collectEdits(root.path, root.database.recorded);
  await root.edit((workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'in between';
  });
  const placed = await placeWorkbook(root.path, await renderWorkbook(buildInput([])), collected);
  t.is(placed.state, 'edited');
  t.is(cellOf(await openWorkbook(root.path), 'a', 'Notes').text, 'in between');
  await root.update();
  t.is(root.database.notes['a/a.log']?.notes, 'in between');
});

test('a note that looks like the code of a character stays what it is', async (t) => {
  const root = await makeWorkbookRoot(t);
  const notes = { 'a/a.log': { notes: '_x0041_ <&> "\' \u{1F600}', tags: ['_x000d_'], keep: '' } };
  root.database.notes = { ...notes };
  await root.update();
  t.is(cellOf(await openWorkbook(root.path), 'a', 'Notes').text, notes['a/a.log'].notes);
  root.database.recorded = null;
  await root.update();
  t.deepEqual(root.database.notes, notes);
});

test('a database that was deleted gets the notes back', async (t) => {
  const root = await makeWorkbookRoot(t);
  const notes = { 'a/a.log': { notes: 'n', tags: ['t'], keep: 'k' } };
  root.database.notes = { ...notes };
  await root.update();
  root.database.notes = {};
  root.database.recorded = null;
  await root.update();
  t.deepEqual(root.database.notes, notes);
});

straceTest('an edit in place while the file is replaced is not lost', async (t) => {
  const root = await makeWorkbookRoot(t);
  root.experiments = ['a', 'b'].map(experimentOf);
  await root.update();
  await root.edit((workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'first';
  });
  const databaseFile = join(root.folder, 'notes.json');
  await writeFile(databaseFile, JSON.stringify(root.database));
  const late = join(root.folder, 'late.xlsx');
  await writeFile(late, await readFile(root.path));
  await editWorkbook(late, (workbook) => {
    cellOf(workbook, 'b', 'Notes').value = 'late';
  });
  const edited = await readFile(late);
  const delay = ['-f', '-qq', '-o', '/dev/null', '-e', 'inject=rename:delay_enter=1500000:when=2'];
  const running = execa('strace', [...delay, process.execPath, child, root.path, databaseFile], { env: oneThread });
  // The second rename, that of the workbook, waits: the version to be replaced has its second name by then.
  const previous = join(root.folder, '.tlw-previous-master.xlsx');
  while (!(await root.files()).includes('.tlw-previous-master.xlsx')) await new Promise(setImmediate);
  await writeFile(previous, edited);
  await running;
  const { notes } = JSON.parse(await readFile(databaseFile, 'utf8'));
  t.is(notes['a/a.log'].notes, 'first');
  t.is(notes['b/b.log'].notes, 'late');
  t.is(cellOf(await openWorkbook(root.path), 'b', 'Notes').text, 'late');
});

straceTest('OUT1: killed at any system call that changes a file, no note and no addition is lost', async (t) => {
  t.timeout(180_000);
  const root = await makeWorkbookRoot(t);
  root.experiments = ['a', 'b'].map(experimentOf);
  await root.update();
  const before = JSON.stringify(root.database);
  await root.edit((workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'typed';
    workbook.addWorksheet('Plots');
  });
  const edited = await readFile(root.path);
  const databaseFile = join(root.folder, 'notes.json');
  let kills = 0;
  for (const call of ['rename', 'link', 'unlink', 'fsync']) {
    for (let n = 1; n < 20; n++) {
      for (const name of await root.files()) await rm(join(root.folder, name), { force: true });
      await writeFile(root.path, edited);
      await writeFile(databaseFile, before);
      const strace = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:signal=KILL:when=${n}`];
      const command = [...strace, process.execPath, child, root.path, databaseFile];
      const { exitCode } = await execa('strace', command, { reject: false, env: oneThread });
      t.truthy(cellOf(await openWorkbook(root.path), 'a', 'name'), `${call} ${n}: the workbook is whole`);
      const database: NotesDatabase = JSON.parse(await readFile(databaseFile, 'utf8'));
      await updateNotes(root.path, root.experiments, database);
      t.is(database.notes['a/a.log']?.notes, 'typed', `${call} ${n}`);
      t.is(cellOf(await openWorkbook(root.path), 'a', 'Notes').text, 'typed', `${call} ${n}`);
      const [kept = ''] = (await root.files()).filter((name) => name.includes('.kept-'));
      t.truthy((await openWorkbook(join(root.folder, kept))).getWorksheet('Plots'), `${call} ${n}`);
      if (exitCode === 0) break;
      kills++;
    }
  }
  t.true(kills >= 8, `${kills} kills`);
});
