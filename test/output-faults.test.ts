/** What outputs do when something is in their way. Codes are those of the fault list; more of them stand beside what they test. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import Database from 'better-sqlite3';
import { execaSync } from 'execa';
import { askControl, socketPathsOf } from '../src/daemon/control-server.js';
import { createSandbox, type Sandbox, said } from './program.js';

const watchWords = [
  ...['watch', '--root', 'root', '--set', 'watch.queue=false'],
  ...['--set', 'watch.rootSeconds=1', '--set', 'finished.settleSeconds=0.5'],
];
const noTables = ['--set', 'outputs.workbook=false', '--set', 'outputs.results=false'];
const isRoot = process.getuid?.() === 0;
const clock = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
  .map((folder) => join(folder, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file));
const testWithClock = clock === undefined ? test.skip : test.serial;
if (clock === undefined)
  process.stderr.write('skipped: the daily look at outputs needs faketime, to jump over a day\n');

function statuses(sandbox: Sandbox): unknown[] {
  const database = new Database(sandbox.database(), { readonly: true });
  const rows = database.prepare('SELECT name, log_state FROM experiments ORDER BY name').raw().all();
  database.close();
  return rows;
}

for (const [title, setUp, trouble] of [
  ['may not be written in', (folder: string) => mkdirSync(folder, { mode: 0o555 }), /you may not write in/],
  [
    'lies in one that may not be written in',
    (folder: string) => mkdirSync(dirname(folder), { mode: 0o555 }),
    /you may not write in/,
  ],
] as const) {
  test.serial(
    `OUT5: where the folder of the results ${title}, the rows are kept and the exit code is 77`,
    async (t) => {
      const sandbox = createSandbox(t);
      sandbox.addFixture('keras-openmpi-one-rank', 'a');
      const folder = join(sandbox.home, 'results', 'of-mine');
      mkdirSync(dirname(title.startsWith('lies') ? dirname(folder) : folder), { recursive: true });
      setUp(folder);
      const words = ['watch', '--root', 'root', '--once', '--set', `outputs.dir=${folder}`];
      const run = () => (isRoot ? sandbox.startWithoutOverride(words) : sandbox.start(words));
      const denied = await run();
      t.is(denied.exitCode, 77, String(denied.stderr));
      t.regex(String(denied.stderr), trouble);
      t.deepEqual(statuses(sandbox), [['a', 'parsed']]);
      execaSync('chmod', ['-R', 'u+w', join(sandbox.home, 'results')]);
      t.is((await run()).exitCode, 0);
      t.true(existsSync(join(folder, 'master.xlsx')));
    },
  );
}

test.serial(
  'OUT11, OUT13: what draws and what writes workbooks is loaded by child processes alone; where it fails, the rest is there',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const loaded = join(sandbox.home, 'loaded');
    const hook = join(sandbox.home, 'hook.cjs');
    writeFileSync(
      hook,
      `const { appendFileSync } = require('node:fs');
    const Module = require('node:module');
    const note = (what) => appendFileSync(${JSON.stringify(loaded)}, process.pid + ' ' + what + '\\n');
    const load = Module._load;
    Module._load = function (name, ...rest) { if (name.includes('exceljs')) note('exceljs'); return load.call(this, name, ...rest); };
    const open = process.dlopen;
    process.dlopen = function (module, file, ...rest) {
      if (!file.includes('canvas')) return open.call(this, module, file, ...rest);
      note('canvas');
      throw new Error('no memory left to draw');
    };`,
    );
    const hooked = { env: { ...sandbox.environment, NODE_OPTIONS: `--require ${hook}` } };
    const run = sandbox.start(['watch', '--root', 'root', '--once'], hooked);
    const { exitCode, stderr } = await run;
    t.is(exitCode, 73);
    t.regex(String(stderr), /cannot make the report of a\/a\.log: no memory left to draw/);
    const loads = readFileSync(loaded, 'utf8').trim().split('\n');
    t.deepEqual(
      ['canvas', 'exceljs'].filter((what) => !loads.some((line) => line.endsWith(what))),
      [],
    );
    t.deepEqual(
      loads.filter((line) => line.startsWith(`${run.pid} `)),
      [],
    );
    t.deepEqual(statuses(sandbox), [['a', 'parsed']]);
    t.deepEqual(readdirSync(join(sandbox.root, 'a')).sort(), ['a.log', 'a.tlw.csv', 'a.tlw.json']);
    t.true(existsSync(join(sandbox.root, 'master.xlsx')));
    t.is((await sandbox.run('watch', '--root', 'root', '--once')).stdout, '0 logs read, 1 file written below root');
    t.true(existsSync(join(sandbox.root, 'a/a.tlw.pdf')));
  },
);

test.serial('OUT12: a burst of finished logs makes one workbook, and one more at the end', async (t) => {
  const sandbox = createSandbox(t);
  const drop = (name: string): void => {
    for (let n = 0; n < 30; n++) sandbox.addFixture('keras-openmpi-one-rank', `${name}${n}`);
  };
  const readAll = async (name: string): Promise<void> => {
    for (let n = 0; n < 30; n++) await said(t, watch, new RegExp(`experiment was read experiment=${name}`));
  };
  drop('first');
  const watch = sandbox.start(watchWords);
  t.teardown(() => watch.kill('SIGKILL'));
  await readAll('first');
  await said(t, watch, /workbook written/);
  drop('burst');
  await readAll('burst');
  watch.kill('SIGTERM');
  const { stderr } = await watch;
  t.is(String(stderr).match(/experiment was read/g)?.length, 60);
  // One a burst, and at most one more where the first of it were read long before the last.
  const written = String(stderr).match(/workbook written[^\n]*/g) ?? [];
  t.true(written.length >= 2 && written.length <= 3, written.join('\n'));
  t.regex((await sandbox.run('export', '--root', 'root')).stdout, /60/);
});

test.serial('OUT15: what somebody deleted beside logs is written again once its folder was looked at', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const watch = sandbox.start([...watchWords, ...noTables, '-v']);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /files written/);
  rmSync(join(sandbox.root, 'a/a.tlw.pdf'));
  t.is((await sandbox.run('rescan', '--root', 'root')).exitCode, 0);
  await untilThere(join(sandbox.root, 'a/a.tlw.pdf'));
  t.pass();
  watch.kill('SIGTERM');
  await watch;
});

testWithClock('OUT15: what somebody deleted elsewhere is noticed by the daily look, and written again', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const now = join(sandbox.home, 'now');
  writeFileSync(now, '+0');
  const watch = sandbox.start([...watchWords, ...noTables, '--set', 'outputs.dir=results', '-v'], {
    env: {
      ...sandbox.environment,
      ...{ LD_PRELOAD: clock, FAKETIME_TIMESTAMP_FILE: now, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    },
  });
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /files written/);
  const file = join(sandbox.home, 'results/a/a.tlw.pdf');
  rmSync(file);
  writeFileSync(now, '+25h');
  await untilThere(file);
  t.pass();
  watch.kill('SIGTERM');
  await watch;
});

/** Waits for it as long as a test may take. */
async function untilThere(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(100);
}

test.serial('OUT16: an export that is asked for while one runs is the same export', async (t) => {
  const sandbox = createSandbox(t);
  for (let n = 0; n < 6; n++) sandbox.addFixture('keras-openmpi-early-stops', `a${n}`);
  const watch = sandbox.start(watchWords);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /experiment was read experiment=a/);
  const [socket = ''] = socketPathsOf(dirname(sandbox.database()), sandbox.environment);
  const ask = () => askControl(socket, 'export') as Promise<{ path: string; rows: number }>;
  const [first, second] = await Promise.all([ask(), ask()]);
  t.is(first.path, join(sandbox.root, 'master.xlsx'));
  // What it took is part of the answer, and no two exports take the same.
  t.deepEqual(second, first);
  watch.kill('SIGTERM');
  const { stderr } = await watch;
  t.is(String(stderr).match(/workbook exported/g)?.length, 2);
});

test.serial(
  'OUT5: a folder for the results that is not there is made, also where the workbook is all that is written',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const off = ['package', 'report', 'csv', 'results'].flatMap((kind) => ['--set', `outputs.${kind}=false`]);
    const words = ['watch', '--root', 'root', '--once', '--set', 'outputs.dir=deep/results', ...off];
    t.is((await sandbox.run(...words)).exitCode, 0);
    t.deepEqual(readdirSync(join(sandbox.home, 'deep/results')), ['.tlw-outputs.json', 'master.xlsx']);
  },
);

test.serial('OUT17: results in a folder within the root are no experiments, whatever is taken for a log', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const words = [
    'watch',
    '--root',
    'root',
    '--once',
    '--set',
    'outputs.dir=root/results',
    '--set',
    'logPatterns=["*"]',
  ];
  t.regex((await sandbox.run(...words)).stdout, /^1 log read, 3 files written/);
  t.is((await sandbox.run(...words)).stdout, '0 logs read, 0 files written below root/results');
  t.deepEqual(statuses(sandbox), [['a', 'parsed']]);
});
