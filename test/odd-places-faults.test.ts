/** Folders that outputs go to, as nobody would have them: names that are no text, folders that are files, or that went away. */

import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { baseFolder } from '../src/account.js';
import { publish } from '../src/outputs/publish.js';
import { PublishError } from '../src/outputs/publish-error.js';
import { canInject, runInjected } from './faults/inject.js';
import { endWithTest } from './faults/processes.js';
import { createSandbox, said } from './program.js';

const keras = 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.5000\n';
const noReports = ['--set', 'outputs.report=false'];
const straceTest = (await canInject()) ? test.serial : test.serial.skip;
const once = ['watch', '--root', 'root', '--once', ...noReports];

test('FS25: files of an experiment whose folder’s name is no UTF-8 lie in it, beside its log or elsewhere', async (t) => {
  const sandbox = createSandbox(t);
  const name = Buffer.from([0x6c, 0x72, 0x5f, 0xff, 0xfe]);
  // A name that looks like the text of the other one.
  const alike = 'lr_\\xFF\\xFE';
  for (const folder of [name, Buffer.from(alike)]) {
    const path = Buffer.concat([Buffer.from(`${sandbox.root}/`), folder]);
    mkdirSync(path);
    writeFileSync(Buffer.concat([path, Buffer.from('/train.log')]), keras);
  }
  const filesBelow = (root: string) =>
    [name, Buffer.from(alike)].map((folder) =>
      readdirSync(Buffer.concat([Buffer.from(`${root}/`), folder])).filter((file) => file.includes('.tlw.')),
    );
  for (const [args, root] of [
    [once, sandbox.root],
    [[...once, '--set', 'outputs.dir=out'], join(sandbox.home, 'out')],
  ] as const) {
    const { exitCode, stderr } = await sandbox.run(...args);
    t.is(exitCode, 0, stderr);
    t.deepEqual(filesBelow(root), [
      ['train.tlw.csv', 'train.tlw.json'],
      ['train.tlw.csv', 'train.tlw.json'],
    ]);
  }
  t.regex((await sandbox.run(...once, '--set', 'outputs.dir=out')).stdout, /^0 logs read, 0 files written/);
});

test('UN9: an outputs folder that was moved away comes again when the workbook is asked for', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  const watcher = sandbox.start(['watch', '--root', 'root', ...noReports, '--set', 'outputs.dir=out']);
  endWithTest(t, watcher);
  await said(t, watcher, /experiment was read/);
  const exportNow = ['export', '--root', 'root', '--set', 'outputs.dir=out'];
  t.is((await sandbox.run(...exportNow)).exitCode, 0);
  const out = join(sandbox.home, 'out');
  renameSync(out, `${out}.old`);
  t.is((await sandbox.run(...exportNow)).exitCode, 0);
  t.true(existsSync(join(out, 'master.xlsx')));
  renameSync(out, `${out}.older`);
  writeFileSync(out, '');
  const { exitCode, stderr } = await sandbox.run(...exportNow);
  t.is(exitCode, 73);
  t.regex(stderr, /^tlw: cannot write \S+\/out\/master\S*\.xlsx: \S+\/out is no folder[^\n]*$/);
});

test('UN9: a folder that is a file is told as that', async (t) => {
  const sandbox = createSandbox(t);
  writeFileSync(join(sandbox.home, 'out'), '');
  for (const createFolder of [true, false]) {
    const error = await t.throwsAsync(publish(join(sandbox.home, 'out', 'a.json'), '{}', { createFolder }), {
      instanceOf: PublishError,
    });
    t.regex(error?.message ?? '', /out is no folder|there is no folder \S+out$/);
  }
});

straceTest('UN10: a file system that lets nobody say who may read a file is told as that', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  const hurt = await runInjected(sandbox, { calls: 'fchmod', fault: 'error=EPERM' }, once);
  t.is(hurt.exitCode, 77, hurt.stderr);
  t.regex(hurt.stderr, /exp\.tlw\.json: its file system does not let the program say who may read it \(EPERM[^\n]*\n/);
  t.is((await sandbox.run(...once)).exitCode, 0);
});

straceTest('UN11: a system that does not say what a folder lies on is taken for a network’s', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  const { exitCode, stdout, stderr } = await runInjected(sandbox, { calls: 'statfs', fault: 'error=ENOSYS' }, once);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^1 log read, 2 files written/);
});

test('UN12: XDG folders that are no absolute paths are none, as their rules say', (t) => {
  const environment = { HOME: '/home/me', XDG_STATE_HOME: 'state', XDG_CONFIG_HOME: '.', XDG_CACHE_HOME: '' };
  t.is(baseFolder(environment, 'XDG_STATE_HOME'), '/home/me/.local/state');
  t.is(baseFolder(environment, 'XDG_CONFIG_HOME'), '/home/me/.config');
  t.is(baseFolder(environment, 'XDG_CACHE_HOME'), '/home/me/.cache');
  t.is(baseFolder({ XDG_CACHE_HOME: '/scratch' }, 'XDG_CACHE_HOME'), '/scratch');
});

test('DB5: a command that writes says in one line that the database is read-only', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  t.is((await sandbox.run(...once)).exitCode, 0);
  const note = ['note', 'exp', 'good', '--root', 'root'];
  chmodSync(sandbox.database(), 0o400);
  const { exitCode, stderr } = await sandbox.startWithoutOverride(note);
  t.is(exitCode, 77);
  t.regex(stderr, /^tlw: database: read-only: [^\n]*$/);
  chmodSync(sandbox.database(), 0o600);
  t.is((await sandbox.run(...note)).exitCode, 0);
});
