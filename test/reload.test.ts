import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { closeStore, openStore } from '../src/store/open.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readOverviews } from '../src/store/read-overviews.js';
import type { ExperimentOverview } from '../src/summary.js';
import { createSandbox, fixtureLog, type Sandbox, said } from './program.js';

const fixtures = ['keras-openmpi-early-stops', 'keras-openmpi-nan-one-rank', 'keras3-openmpi-early-stops'];

function overviews(sandbox: Sandbox): ExperimentOverview[] {
  const store = openStore(sandbox.database(), { fileSystem: 'local', readonly: true });
  try {
    return readOverviews(store);
  } finally {
    closeStore(store);
  }
}

/** `status (log state): reason` by experiment. */
function statuses(sandbox: Sandbox): Record<string, string> {
  return Object.fromEntries(
    overviews(sandbox).map(({ name, run, logState }) => [
      name,
      `${run.status} (${logState})${run.reason === null ? '' : `: ${run.reason}`}`,
    ]),
  );
}

/** All that is stored of all experiments, but when that was. */
function allRows(sandbox: Sandbox): unknown {
  const store = openStore(sandbox.database(), { fileSystem: 'local', readonly: true });
  try {
    return readOverviews(store).map(({ key }) => {
      const { experiment, summary } = readExperiment(store, key) ?? {};
      return { experiment, summary };
    });
  } finally {
    closeStore(store);
  }
}

test.serial('one pass makes rows, files and workbook; the next changes nothing', async (t) => {
  const sandbox = createSandbox(t);
  for (const fixture of fixtures) sandbox.addFixture(fixture);
  const first = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(first.exitCode, 0, first.stderr);
  t.is(first.stdout, '3 logs read, 9 files written below root\nworkbook: root/master.xlsx');
  t.deepEqual(statuses(sandbox), {
    'keras-openmpi-early-stops': 'early_stopped (parsed)',
    'keras-openmpi-nan-one-rank': 'diverged (parsed): loss and val_loss not finite at epoch 1',
    'keras3-openmpi-early-stops': 'early_stopped (parsed)',
  });
  t.deepEqual(
    overviews(sandbox).map(({ summary }) => summary.objective?.metric),
    ['val_dsc', 'val_dsc', 'val_dsc'],
  );
  const files = sandbox.files();
  t.is(files.length, 3 + 9 + 2);

  const second = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(second.stdout, '0 logs read, 0 files written below root');
  t.deepEqual(sandbox.files(), files);
});

test.serial('without its database the same rows and the same files come again', async (t) => {
  const sandbox = createSandbox(t);
  for (const fixture of fixtures) sandbox.addFixture(fixture);
  await sandbox.run('watch', '--root', 'root', '--once');
  const [rows, files] = [allRows(sandbox), sandbox.files()];
  rmSync(join(sandbox.home, 'state'), { recursive: true });
  const { exitCode, stdout } = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(exitCode, 0);
  t.is(stdout.split('\n')[0], '3 logs read, 0 files written below root');
  t.deepEqual(allRows(sandbox), rows);
  const besideLogs = (list: string[]) => list.filter((file) => !/^(master\.xlsx|results\.db) /.test(file));
  t.deepEqual(besideLogs(sandbox.files()), besideLogs(files));
});

test.serial('a log that says nothing is a state with a reason, and holds nothing up', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a/lr_0.1-bs_8');
  sandbox.write('b/b.log', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0xff, 0xfe, 0, 0, 0, 3, 0, 0x90, 0]));
  sandbox.write('c/lr_0.2-bs_8.log', '');
  sandbox.write('d/d.log', 'Dear diary,\nnothing was trained today.\n');
  const result = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(result.exitCode, 0, result.stderr);
  t.deepEqual(statuses(sandbox), {
    'lr_0.1-bs_8': 'completed (parsed)',
    b: 'ignored (parsed): binary data, not text',
    c: 'empty (new): nothing was ever written to it',
    d: 'unrecognised (parsed): no line of the log was understood as a trainer’s',
  });
  t.regex(result.stderr, /warn +log says nothing experiment=d status=unrecognised/);
  t.deepEqual(
    sandbox.files().filter((file) => /^[bcd].*tlw/.test(file)),
    [],
  );
});

const asRoot = process.getuid?.() === 0;
test.serial('a log that may not be read is unreadable, until it may be', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'good');
  const secret = sandbox.addFixture('keras-openmpi-early-stops', 'secret');
  chmodSync(secret, 0o000);
  const args = ['watch', '--root', 'root', '--once'];
  const run = () => (asRoot ? sandbox.startWithoutOverride(args) : sandbox.start(args));
  const first = await run();
  t.is(first.exitCode, 0, String(first.stderr));
  t.deepEqual(statuses(sandbox), {
    good: 'completed (parsed)',
    secret: 'unreadable (parse_failed): permission denied (EACCES)',
  });
  chmodSync(secret, 0o600);
  t.is((await run()).exitCode, 0);
  t.is(statuses(sandbox).secret, 'early_stopped (parsed)');
});

test.serial('a database of a newer program is refused and not touched', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank');
  await sandbox.run('watch', '--root', 'root', '--once');
  const database = new Database(sandbox.database());
  database.pragma('user_version = 9999');
  database.pragma('journal_mode = DELETE');
  database.close();
  const before = readFileSync(sandbox.database());
  const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(exitCode, 78);
  t.regex(stderr, /^tlw: .*tlw\.db: expected .*, got schema 9999: a newer program wrote it$/m);
  t.true(readFileSync(sandbox.database()).equals(before));
});

test.serial('OUT15: files that were deleted are written again, those of others are left alone', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  await sandbox.run('watch', '--root', 'root', '--once');
  rmSync(join(sandbox.root, 'a', 'a.tlw.pdf'));
  rmSync(join(sandbox.root, 'master.xlsx'));
  rmSync(join(sandbox.root, 'results.db'));
  writeFileSync(join(sandbox.root, 'a', 'a.tlw.csv'), 'mine');
  const again = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(again.stdout, '0 logs read, 1 file written below root\nworkbook: root/master.xlsx');
  t.true(existsSync(join(sandbox.root, 'results.db')));

  rmSync(join(sandbox.home, 'state'), { recursive: true });
  const refused = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(refused.exitCode, 73);
  t.regex(refused.stderr, /cannot write .*a\.tlw\.csv: was not written by training-log-wizard/);
  t.is(readFileSync(join(sandbox.root, 'a', 'a.tlw.csv'), 'utf8'), 'mine');
});

test.serial('outputs go elsewhere when the config says so, and the root is left as it was', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'x/a');
  const before = sandbox.files();
  const { exitCode, stdout } = await sandbox.run(
    ...['watch', '--root', 'root', '--once', '--set', 'outputs.dir=results', '--set', 'outputs.csv=false'],
  );
  t.is(exitCode, 0);
  t.is(stdout, '1 log read, 2 files written below results\nworkbook: results/master.xlsx');
  t.deepEqual(sandbox.files(), before);
  t.true(readFileSync(join(sandbox.home, 'results/x/a/a.tlw.pdf'), 'latin1').startsWith('%PDF'));
});

test.serial(
  'an option that changes what tables show is applied at the next pass, also where no log is new',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'lr_0.1-dpout_0.5_0.3');
    const run = (...args: string[]) => sandbox.run('watch', '--root', 'root', '--once', ...args);
    const headers = () => {
      const database = new Database(join(sandbox.root, 'results.db'), { readonly: true });
      const row = database.prepare<[], object>('SELECT * FROM experiments_wide').get() ?? {};
      database.close();
      return Object.entries(row).filter(([name]) => name.startsWith('dropout'));
    };
    await run();
    t.deepEqual(headers(), [['dropout', '0.5, 0.3']]);
    const split = ['--set', 'hyperparameters.splitLists=[dpout]'];
    t.is((await run(...split)).stdout, '0 logs read, 0 files written below root\nworkbook: root/master.xlsx');
    t.deepEqual(headers(), [
      ['dropout', '0.5, 0.3'],
      ['dropout 1', 0.5],
      ['dropout 2', 0.3],
    ]);
    const files = sandbox.files();
    t.is((await run(...split)).stdout, '0 logs read, 0 files written below root');
    t.deepEqual(sandbox.files(), files);
  },
);

test.serial('settings come from names, a file and a parent folder', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'experiments_4_nodes/ppn_2-lr_1e-05-dpout_0.5_0.3');
  sandbox.write('experiments_4_nodes/ppn_2-lr_1e-05-dpout_0.5_0.3/run.yaml', 'seed: 7\nlr: 2e-05\n');
  await sandbox.run('watch', '--root', 'root', '--once', '--set', 'hyperparameters.file=run.yaml');
  const [experiment] = overviews(sandbox);
  t.is(experiment?.nodes, 4);
  t.deepEqual(experiment?.hyperparameters, [
    { name: 'ppn', values: ['2'] },
    { name: 'lr', values: ['2e-05'] },
    { name: 'dpout', values: ['0.5', '0.3'] },
    { name: 'seed', values: ['7'] },
  ]);
});

test.serial('a log that has grown since is read again, as a new revision', async (t) => {
  const sandbox = createSandbox(t);
  const log = sandbox.addFixture('keras-openmpi-one-rank', 'a');
  await sandbox.run('watch', '--root', 'root', '--once');
  appendFileSync(log, readFileSync(fixtureLog('keras-openmpi-one-rank')));
  utimesSync(log, Date.now() / 1000 - 1800, Date.now() / 1000 - 1800);
  const { stdout } = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(stdout.split('\n')[0], '1 log read, 3 files written below root');
  t.is(overviews(sandbox)[0]?.revision, 2);
});

test.serial('a growing log is running, then completed; Ctrl-C ends the watch cleanly', async (t) => {
  const sandbox = createSandbox(t);
  const whole = readFileSync(fixtureLog('keras-openmpi-early-stops'));
  const log = sandbox.write('a/a.log', whole.subarray(0, whole.length / 2));
  const now = new Date();
  utimesSync(log, now, now);
  const watch = sandbox.start(['watch', '--root', 'root', '-v', '--set', 'finished.settleSeconds=0.5']);
  await said(t, watch, /growing log was read experiment=a status=running/);
  appendFileSync(log, whole.subarray(whole.length / 2));
  await said(t, watch, /experiment was read experiment=a status=early_stopped/);
  await said(t, watch, /files written files=3/);
  watch.kill('SIGINT');
  const { exitCode, stderr } = await watch;
  t.is(exitCode, 0);
  t.regex(String(stderr), /stopped$/m);
  t.is(statuses(sandbox).a, 'early_stopped (parsed)');
});

test('files of an experiment whose folder was just deleted are not written, and that is no error', async (t) => {
  const sandbox = createSandbox(t);
  for (const name of ['a', 'b']) sandbox.addFixture('keras-openmpi-one-rank', name);
  t.is((await sandbox.run('watch', '--root', 'root', '--once')).exitCode, 0);
  rmSync(join(sandbox.root, 'b'), { recursive: true });
  // What is best is another figure now, and so is every report.
  const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once', '--set', 'objective.metric=loss');
  t.is(exitCode, 0, stderr);
  t.false(existsSync(join(sandbox.root, 'b')));
});
