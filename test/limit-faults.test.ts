/** What the system allows only so much of: open files, events of the kernel. */

import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { childrenOf, send } from './faults/processes.js';
import { createSandbox, said } from './program.js';

/** Open files without which the program says that it cannot run. */
const least = 128;
const log = 'Epoch 1/1\n8/8 - 1s - 100ms/step - accuracy: 0.5000 - loss: 0.5000\n';

test('RS1: 60 logs are read with 128 open files', async (t) => {
  t.timeout(5 * 60_000);
  const sandbox = createSandbox(t);
  for (let i = 0; i < 60; i++) sandbox.write(`run_${i}/run_${i}.log`, log);
  const args = ['watch', '--root', 'root', '--once', '--set', 'outputs.report=false'];
  const { exitCode, stdout, stderr } = await sandbox.startWithFiles(least, args);
  t.is(exitCode, 0, String(stderr));
  t.regex(String(stdout), /^60 logs read, 120 files written/);
});

test('DB6: where too few files may be open for the program to load, that is what it says', async (t) => {
  const { exitCode, stderr } = await createSandbox(t).startWithFiles(64, ['status']);
  t.is(exitCode, 78);
  t.is(stderr, 'tlw: expected that 128 files may be open at once, only 64 may: ulimit -n 1024\n');
});

test('DB6: with 128 open files and more callers than that, what is read is saved and published', async (t) => {
  const sandbox = createSandbox(t);
  const words = ['watch', '--root', 'root', '--set', 'watch.queue=false', '--set', 'watch.rootSeconds=1'];
  const watch = sandbox.startWithFiles(least, words);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /workbook written/);
  const socket = join(sandbox.database(), '../control.sock');
  const callers = Array.from({ length: 200 }, () => connect(socket).on('error', () => {}));
  t.teardown(() => {
    for (const caller of callers) caller.destroy();
  });
  await Promise.all(
    callers.map((caller) => new Promise((resolve) => caller.once('connect', resolve).once('close', resolve))),
  );
  // Another child must be started, which takes descriptors too.
  const workers = () =>
    readFileSync(`/proc/${watch.pid}/task/${watch.pid}/children`, 'utf8')
      .split(' ')
      .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('daemon/child.js'));
  for (const pid of workers()) process.kill(Number(pid), 'SIGKILL');
  while (workers().length > 0) await sleep(20);
  sandbox.write('a/a.log', log);
  await said(t, watch, /experiment was read experiment=a[\s\S]*workbook written/);
  for (const caller of callers) caller.destroy();
  let status = await sandbox.run('status', '--root', 'root');
  while (status.exitCode !== 0) status = await sandbox.run('status', '--root', 'root');
  t.regex(status.stdout, /watching 1 experiment/);
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
});

/** A user of whom no other process is, with root's right to read everything: root itself has no limit of processes. */
const lonely = 61_234;
const lonelyUser = ['--reuid', String(lonely), '--regid', String(lonely), '--clear-groups'];
const readAll = '+dac_override,+dac_read_search';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('skipped, no more processes: only root may become a user without any\n');

(isRoot ? test.serial : test.serial.skip)(
  'RS6: without another process work waits, nothing ends, and it goes on when there are some again',
  async (t) => {
    t.timeout(5 * 60_000);
    const sandbox = createSandbox(t);
    chownSync(sandbox.root, lonely, lonely);
    chownSync(sandbox.home, lonely, lonely);
    const as = ['setpriv', ...lonelyUser, '--inh-caps', readAll, '--ambient-caps', readAll];
    const watch = sandbox.startBy(as, ['watch', '--root', 'root']);
    t.teardown(() => watch.kill('SIGKILL'));
    await said(t, watch, /watching/);
    const status = async () => JSON.parse((await sandbox.run('status', '--root', 'root', '--json')).stdout);
    while ((await status()).fileSystem == null) await sleep(100);
    const allow = (most: string) =>
      execa('setpriv', [...lonelyUser, 'prlimit', '--pid', String(watch.pid), `--nproc=${most}:`]);
    await allow('1');
    const kill = (isMeant: (command: string) => boolean): void => {
      for (const child of childrenOf(watch.pid))
        if (isMeant(readFileSync(`/proc/${child}/cmdline`, 'latin1'))) send(child, 'SIGKILL');
    };
    kill((command) => !command.includes('scan-child'));
    const write = (text: string) => chownSync(sandbox.write('run.log', text), lonely, lonely);
    write(log);
    await said(t, watch, /the reader gave up: no child process can be started: spawn \S+ EAGAIN/);
    await allow('1000');
    write(log.replaceAll('0.5000', '0.2500'));
    await said(t, watch, /experiment was read experiment=run/);
    await allow('1');
    kill(() => true);
    write(log.replaceAll('0.5000', '0.1250'));
    await said(t, watch, /trouble with the root .*spawn \S+ EAGAIN/);
    t.regex((await status()).health.join(), /EAGAIN/);
    watch.kill('SIGTERM');
    t.is((await watch).exitCode, 0);
  },
);

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
