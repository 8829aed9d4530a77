/** What the system allows only so much of: open files, events of the kernel. */

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { createSandbox, said } from './program.js';

const cli = new URL('../src/cli.js', import.meta.url).pathname;
const log = 'Epoch 1/1\n8/8 - 1s - 100ms/step - accuracy: 0.5000 - loss: 0.5000\n';

test('RS1: 60 logs are read with 128 open files', async (t) => {
  t.timeout(5 * 60_000);
  const sandbox = createSandbox(t);
  for (let i = 0; i < 60; i++) sandbox.write(`run_${i}/run_${i}.log`, log);
  const command = 'ulimit -n 128; exec "$0" "$@"';
  const args = ['watch', '--root', 'root', '--once', '--set', 'outputs.report=false'];
  const { exitCode, stdout, stderr } = await execa('sh', ['-c', command, process.execPath, cli, ...args], {
    ...{ cwd: sandbox.home, extendEnv: false, reject: false, env: sandbox.environment },
  });
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^60 logs read, 120 files written/);
});

const queue = '/proc/sys/fs/inotify/max_queued_events';
const whyNot = process.getuid?.() === 0 ? undefined : 'only root may make the queue of events small';
if (whyNot !== undefined) process.stderr.write(`skipped, lost events: ${whyNot}\n`);
const asRoot = whyNot === undefined ? test.serial : test.serial.skip;

asRoot('FS28: logs whose events are lost are found by looking', async (t) => {
  t.timeout(5 * 60_000);
  const sandbox = createSandbox(t);
  const usual = readFileSync(queue, 'latin1');
  const restore = () => writeFileSync(queue, usual);
  t.teardown(restore);
  writeFileSync(queue, '16');
  const limited = sandbox.start(['watch', '--root', 'root', '--set', 'outputs.report=false']);
  t.teardown(() => limited.kill('SIGKILL'));
  // The limit is that of the moment at which a program begins to watch.
  await said(t, limited, /watching/);
  const statusOf = async () => JSON.parse((await sandbox.run('status', '--root', 'root', '--json')).stdout);
  while ((await statusOf()).fileSystem == null) await sleep(100);
  restore();
  for (let i = 0; i < 40; i++) sandbox.write(`run_${i}/run_${i}.log`, log);
  while ((await statusOf()).logs.parsed < 40) await sleep(500);
  t.pass();
});
