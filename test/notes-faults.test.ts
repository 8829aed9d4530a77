/** What people typed is theirs: what was done to database, workbook and folders to make the program lose it, or put it elsewhere. */

import { cpSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import { mergeNotes } from '../src/outputs/workbook/merge-notes.js';
import { renderWorkbook } from '../src/outputs/workbook.js';
import { collectEdits } from '../src/outputs/workbook-files.js';
import { readAllUserNotes, readNoteTimes, readUserNotes, setUserNotes } from '../src/store/notes.js';
import { closeStore, openStore } from '../src/store/open.js';
import { buildInput } from './build-overview.js';
import { createSandbox } from './program.js';
import { cellOf, editWorkbook, experimentOf, makeWorkbookRoot, openWorkbook } from './workbook-root.js';

const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;

/** A root whose workbook shows notes on `a` and `b`. */
async function makeNotedRoot(t: ExecutionContext) {
  const sandbox = createSandbox(t);
  const path = join(sandbox.root, 'master.xlsx');
  const once = async () => {
    const noReports = ['--set', 'outputs.report=false'];
    const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once', ...noReports);
    t.is(exitCode, 0, stderr);
    return stderr;
  };
  for (const [name, loss] of [
    ['a', '0.5000'],
    ['b', '0.2500'],
  ] as const) {
    sandbox.write(`${name}/${name}.log`, keras(loss));
  }
  await once();
  for (const name of ['a', 'b']) await sandbox.run('note', name, `of ${name}`, '--root', 'root');
  await once();
  return {
    ...sandbox,
    path,
    once,
    /** Has the workbook written anew, as another experiment does. */
    addExperiment: (name: string) => {
      sandbox.write(`${name}/${name}.log`, keras('0.7500'));
      return once();
    },
    notes(): Record<string, string> {
      const database = new Database(sandbox.database(), { readonly: true });
      const rows = database.prepare<[], [string, string]>('SELECT key, notes FROM user_notes').raw().all();
      database.close();
      return Object.fromEntries(rows.filter(([, notes]) => notes !== ''));
    },
  };
}

test('UN23: what was typed since is still there after the database was put back to an older copy', async (t) => {
  const root = await makeNotedRoot(t);
  const state = dirname(root.database());
  const copy = join(root.home, 'copy');
  cpSync(state, copy, { recursive: true });
  await editWorkbook(root.path, (workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'of a, and more';
    cellOf(workbook, 'b', 'Tags').value = 'paper';
  });
  await root.addExperiment('c');
  await root.run('note', 'c', 'of c', '--root', 'root');
  await root.addExperiment('d');
  rmSync(state, { recursive: true });
  cpSync(copy, state, { recursive: true });

  await root.once();
  const notes = root.notes();
  t.regex(notes['a/a.log'] ?? '', /^of a, and more$/m);
  t.is(notes['b/b.log'], 'of b');
  t.is(notes['c/c.log'], 'of c');
  const workbook = await openWorkbook(root.path);
  t.regex(cellOf(workbook, 'a', 'Notes').text, /^of a, and more$/m);
  t.is(cellOf(workbook, 'b', 'Tags').text, 'paper');
  t.is(cellOf(workbook, 'c', 'Notes').text, 'of c');
});

test('a note that was removed stays removed, though the workbook still shows it', async (t) => {
  const root = await makeWorkbookRoot(t);
  const store = openStore(join(root.folder, 'tlw.db'), { fileSystem: 'local', now: () => 1000 });
  t.teardown(() => closeStore(store));
  setUserNotes(store, 'a/a.log', { notes: 'of a', tags: [], keep: '' });
  const withNotes = () => [{ ...experimentOf('a'), user: readUserNotes(store, 'a/a.log') }];
  const noteTimes = () => readNoteTimes(store);
  await writeFile(root.path, await renderWorkbook(buildInput(withNotes(), { noteTimes: noteTimes() })));
  setUserNotes(store, 'a/a.log', { notes: '', tags: [], keep: '' });
  t.deepEqual(readAllUserNotes(store), new Map());
  const { rows } = await collectEdits(root.path, null);
  const merge = (times: ReadonlyMap<string, number>) =>
    mergeNotes({ rows, experiments: withNotes(), noteTimes: times, isDatabaseOlder: true }).changes;
  t.is(merge(noteTimes()).size, 0);
  t.is(merge(new Map()).get('a/a.log')?.notes, 'of a');
});

test('UN24: a sheet of the user’s own that has names and notes too changes no note, and is kept', async (t) => {
  const root = await makeWorkbookRoot(t);
  for (const name of ['a', 'b'])
    root.database.notes[`${name}/${name}.log`] = { notes: `of ${name}`, tags: [], keep: '' };
  await root.update();
  await root.edit((workbook) => {
    workbook.addWorksheet('Plan').addRows([
      ['name', 'Notes'],
      ['a', null],
      ['b', 'ask Bob'],
    ]);
  });
  root.experiments.push(experimentOf('e'));
  const { kept } = await root.update();
  t.is(root.database.notes['a/a.log']?.notes, 'of a');
  t.is(root.database.notes['b/b.log']?.notes, 'of b');
  t.is((await openWorkbook(kept ?? '')).getWorksheet('Plan')?.getCell('B3').text, 'ask Bob');
});

test('UN28: what was typed is taken by an export, though nothing else is new', async (t) => {
  const root = await makeNotedRoot(t);
  await editWorkbook(root.path, (workbook) => {
    cellOf(workbook, 'a', 'Notes').value = 'of a, and more';
  });
  t.is((await root.run('export', '--root', 'root')).exitCode, 0);
  t.is(root.notes()['a/a.log'], 'of a, and more');
  t.regex((await root.run('export', '--root', 'root')).stdout, /0 files written/);
  t.is(cellOf(await openWorkbook(root.path), 'a', 'Notes').text, 'of a, and more');
});

test('UN29: a note that is a formula without a value, or a time of day, is kept as its text', async (t) => {
  const root = await makeWorkbookRoot(t);
  for (const name of ['a', 'b']) root.database.notes[`${name}/${name}.log`] = { notes: '', tags: [], keep: '' };
  await root.update();
  await root.edit((workbook) => {
    cellOf(workbook, 'a', 'Notes').value = { formula: 'SUM(1,2)' } as never;
    const time = cellOf(workbook, 'b', 'Notes');
    time.value = new Date(Date.UTC(1899, 11, 30, 3, 4));
    time.numFmt = 'h:mm:ss';
  });
  await root.update();
  t.is(root.database.notes['a/a.log']?.notes, '=SUM(1,2)');
  t.is(root.database.notes['b/b.log']?.notes, '03:04:00');
});
