/** Archives, and what comes from elsewhere. */

import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openStore } from '../src/store/open.js';
import { createSandbox } from './program.js';
import { storedRows } from './table-rows.js';

const fixtures = ['keras-openmpi-one-rank', 'keras-openmpi-nan-one-rank'];

test('a database that is rebuilt from an archive equals the old one; an archive is brought up to date', async (t) => {
  const sandbox = createSandbox(t);
  for (const [n, fixture] of fixtures.entries()) sandbox.addFixture(fixture, `run_${n}`);
  const root = ['--root', sandbox.root];
  await sandbox.run('watch', ...root, '--once');
  await sandbox.run('note', 'run_0', 'the one in the paper', ...root);
  await sandbox.run('tag', 'run_0', 'good', ...root);
  rmSync(join(sandbox.root, 'run_1'), { recursive: true });
  await sandbox.run('watch', ...root, '--once');

  const archive = join(sandbox.home, 'archive');
  t.is((await sandbox.run('archive', '--to', archive, ...root)).stdout, '2 packages written, 0 unchanged: archive');
  const file = join(archive, 'run_0/run_0.tlw.json');
  const { ino } = statSync(file);
  t.is((await sandbox.run('archive', '--to', archive, ...root)).stdout, '0 packages written, 2 unchanged: archive');
  t.is(statSync(file).ino, ino);

  const rows = storedRows(sandbox.database());
  rmSync(join(sandbox.home, 'state'), { recursive: true });
  t.is((await sandbox.run('import', archive, ...root)).stdout, '2 taken, 0 unchanged, 0 not taken');
  t.is((await sandbox.run('import', archive, ...root)).stdout, '0 taken, 2 unchanged, 0 not taken');
  t.deepEqual(withoutOrigin(storedRows(sandbox.database())), withoutOrigin(rows));

  // Once the log is read, the experiment is the root's own again.
  await sandbox.run('watch', ...root, '--once');
  t.regex(
    (await sandbox.run('import', file, ...root)).stderr,
    /run_0\/run_0\.log: the root has a log of its own for it/,
  );
});

test('what cannot be taken is said, a file each', async (t) => {
  const sandbox = createSandbox(t);
  const folder = join(sandbox.home, 'elsewhere');
  mkdirSync(folder);
  for (const [name, text] of [
    ['a.json', '{"some": "thing"}'],
    ['b.json', 'no json'],
    ['c.csv', 'a,b\n1,2\n'],
    ['d.json', '{\n"schema": "training-log-wizard/package/1",\n'],
  ] as const)
    writeFileSync(join(folder, name), text);
  const { exitCode, stdout, stderr } = await sandbox.run('import', folder, '--root', sandbox.root);
  t.is(exitCode, 66);
  t.is(stdout, '0 taken, 0 unchanged, 4 not taken');
  t.is(stderr.split('\n').length, 4);
  t.regex(stderr, /c\.csv: not taken, expected the columns of the earlier tool’s spreadsheet/);
  t.regex(stderr, /d\.json: not taken, torn: /);
  t.is((await sandbox.run('archive', '--root', sandbox.root)).exitCode, 64);
});

test('packages of the earlier tool: the last row of an epoch counts, and -1 is no figure', async (t) => {
  const sandbox = createSandbox(t);
  const file = join(sandbox.home, 'lr_0.1-bs_16.json');
  const rows = (rank: number) => [
    [rank, 1, 1, 13, '2:42', 0.9, 0.5, 0.1, -1, -1, -1],
    [rank, 1, 13, 13, '10s/step', 0.8, 0.6, 0.2, 0.7 + rank, 0.65, -1],
    [rank, 2, 13, 13, '125ms/step', 0.5, 0.7, 0.3, Number.NaN, 0.75, -1],
  ];
  const json = {
    'Total epochs': 2,
    steps_per_epoch: 13,
    ranks: { 0: rows(0), 1: rows(1) },
    total_training_time: 25.5,
    early_stop_epoch: -1,
  };
  writeFileSync(file, JSON.stringify(json).replaceAll('null', 'NaN'));
  const { stdout } = await sandbox.run('import', file, '--root', sandbox.root);
  t.is(stdout, 'lr_0.1-bs_16.json: package of the earlier tool, 1 taken\n1 taken, 0 unchanged, 0 not taken');
  const store = openStore(sandbox.database(), { fileSystem: 'local', readonly: true });
  const epochs = store.connection
    .prepare('SELECT rank, epoch, partial, seconds_per_step, loss, val_loss, non_finite FROM epochs')
    .raw()
    .all();
  t.deepEqual(epochs, [
    [0, 1, 0, 10, 0.8, 0.7, null],
    [0, 2, 0, 0.125, 0.5, null, '{"val_loss":"NaN"}'],
    [1, 1, 0, 10, 0.8, 1.7, null],
    [1, 2, 0, 0.125, 0.5, null, '{"val_loss":"NaN"}'],
  ]);
  const [row] = store.connection
    .prepare('SELECT early_stop_epoch, planned_epochs, total_training_time, ranks FROM summaries')
    .raw()
    .all();
  t.deepEqual(row, [null, 2, 25.5, 2]);
  store.connection.close();
});

test('the spreadsheet of the earlier tool: a row is an experiment with its final figures', async (t) => {
  const sandbox = createSandbox(t);
  const file = join(sandbox.home, 'results.csv');
  const header =
    'processes per socket,cores per process,total processes,intra thread,inter thread,blocktime,training images,learning rate,momentum,batch size,dropout,total epochs,steps per epoch,total training time,early stop iteration,val_loss,val_acc,val_custom_metric';
  writeFileSync(
    file,
    `${header}\n1,24,2,24,2,60,6982,1e-05,0.9,64,"[0.5, 0.3]",50,13,2125.7,16,0.25,0.97,0.91\n2,12,4,12,2,0,6982,0.1,-1,16,0.5,50,13,-1,-1,0.5,-1,-1\n`,
  );
  utimesSync(file, 1.7e9, 1.7e9);
  await sandbox.run('import', file, '--root', sandbox.root);
  const { stdout } = await sandbox.run(
    'top',
    '--root',
    sandbox.root,
    '--all',
    '--by',
    'val_loss',
    '--columns',
    'lr,mom,dpout,ranks,epochs,time,val_custom',
    '--format',
    'csv',
  );
  t.deepEqual(stdout.replaceAll('\r', '').split('\n').slice(1), [
    '1,0.25,0.25,16,early_stopped,1e-05,0.9,0.5 0.3,2,16,2125.7,0.91',
    '2,0.5,0.5,50,completed,0.1,,0.5,4,50,,',
  ]);
  t.regex(
    (await sandbox.run('show', 'lr_1e-05', '--root', sandbox.root)).stdout,
    /read from what an earlier tool wrote/,
  );
});

test('one leaderboard over several roots', async (t) => {
  const sandbox = createSandbox(t);
  const other = join(sandbox.root, '../other');
  sandbox.addFixture(fixtures[0] ?? '', 'run_0');
  sandbox.addFixture(fixtures[0] ?? '', '../other/run_0');
  for (const root of [sandbox.root, other]) await sandbox.run('watch', '--root', root, '--once');
  const { stdout, stderr } = await sandbox.run(
    'top',
    '--root',
    sandbox.root,
    '--root',
    other,
    '--columns',
    'name',
    '--format',
    'csv',
  );
  const names = stdout
    .replaceAll('\r', '')
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').at(-1));
  t.deepEqual(names.sort(), ['other/run_0', 'root/run_0'], stderr);
});

/** Where experiments came from is what differs. */
function withoutOrigin(rows: Record<string, string[]>) {
  return Object.fromEntries(
    Object.entries(rows).map(([table, all]) => [
      table,
      all.map((row) => row.replace(/"imported_from":(null|"[^"]*"),?/, '')).sort(),
    ]),
  );
}
