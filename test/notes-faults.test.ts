/** What people typed is theirs: what was done to database, workbook and folders to make the program lose it, or put it elsewhere. */

import { cpSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import { createSandbox } from './program.js';
import { cellOf, editWorkbook, openWorkbook } from './workbook-root.js';

const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;

/** A root whose workbook shows notes on `a` and `b`. */
async function makeNotedRoot(t: ExecutionContext) {
  const sandbox = createSandbox(t);
  const path = join(sandbox.root, 'master.xlsx');
  const once = async () => {
    const quick = ['--set', 'outputs.report=false', '--set', 'finished.settleSeconds=0'];
    const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once', ...quick);
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

test('UN40: what was typed since is still there after the database was put back to an older copy', async (t) => {
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

test('a note that a command removed stays removed, though the workbook still shows it', async (t) => {
  const root = await makeNotedRoot(t);
  await root.run('note', 'a', '', '--root', 'root');
  await editWorkbook(root.path, (workbook) => {
    cellOf(workbook, 'b', 'Notes').value = 'of b, and more';
  });
  await root.once();
  t.deepEqual(root.notes(), { 'b/b.log': 'of b, and more' });
  t.is(cellOf(await openWorkbook(root.path), 'a', 'Notes').text, '');
});

test('UN41: a sheet of the user’s own that has names and notes too changes no note, and is kept', async (t) => {
  const root = await makeNotedRoot(t);
  await editWorkbook(root.path, (workbook) => {
    workbook.addWorksheet('Plan').addRows([
      ['name', 'Notes'],
      ['a', null],
      ['b', 'ask Bob'],
    ]);
  });
  await root.addExperiment('c');
  t.deepEqual(root.notes(), { 'a/a.log': 'of a', 'b/b.log': 'of b' });
  const kept = readdirSync(root.root).find((file) => file.startsWith('master.kept-')) ?? '';
  t.is((await openWorkbook(join(root.root, kept))).getWorksheet('Plan')?.getCell('B3').text, 'ask Bob');
});
