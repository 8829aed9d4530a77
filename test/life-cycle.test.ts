/** What a watcher lives through besides its own faults: signals, faults of the program, a terminal that is gone. */

import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { childrenOf, send } from './faults/processes.js';
import { createSandbox, said } from './program.js';

const words = ['watch', '--root', 'root', '--set', 'watch.queue=false', '--set', 'watch.rootSeconds=1'];

test.serial('PR8: a fault that nobody expected is one line, saves what there is, and ends with 70', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  // In the main process alone: its children have somebody to talk to.
  const fault =
    "if(!process.send)process.once('SIGWINCH',()=>setImmediate(()=>Promise.reject(new Error('by\\nsurprise'))))";
  const env = { ...sandbox.environment, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const watch = sandbox.start(words, { env });
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /experiment was read experiment=a/);
  watch.kill('SIGWINCH');
  await said(
    t,
    watch,
    /tlw: this is a fault of the program, please report it \(exit code 70\): Error: by \| surprise \|[^\n]*\n/,
  );
  t.is((await watch).exitCode, 70);
  t.is((await sandbox.run('runs', '--root', 'root', '--format', 'csv')).stdout.split('\n').length, 2);
});

test.serial('PR2, PR3: the first SIGTERM ends in order, the second at once, and the database is sound', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const watch = sandbox.start(words);
  await said(t, watch, /experiment was read experiment=a/);
  watch.kill('SIGTERM');
  watch.kill('SIGTERM');
  const { exitCode, signal } = await watch;
  t.true(exitCode === 0 || signal === 'SIGTERM', `${exitCode} ${signal}`);
  const again = await sandbox.run(...words, '--once');
  t.is(again.exitCode, 0, again.stderr);
  t.is((await sandbox.run('runs', '--root', 'root', '--format', 'csv')).stdout.split('\n').length, 2);
});

test.serial('PR7: who reads what the watcher says may go away', async (t) => {
  const sandbox = createSandbox(t);
  const watch = sandbox.start(words);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /watching root=/);
  watch.stderr?.destroy();
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  for (let stdout = ''; !/watching 1 experiment,/.test(stdout); ) {
    stdout = (await sandbox.run('status', '--root', 'root')).stdout;
  }
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
});

test.serial('PR4, PR7, UN17: the terminal that it was started in may be closed', async (t) => {
  const sandbox = createSandbox(t);
  const cli = join(import.meta.dirname, '../src/cli.js');
  const ended = join(sandbox.home, 'ended');
  const command = `trap '' HUP; '${process.execPath}' '${cli}' ${words.join(' ')}; echo $? >'${ended}'`;
  const terminal = execa('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    ...{ cwd: sandbox.home, env: sandbox.environment, extendEnv: false, reject: false },
  });
  t.teardown(() => terminal.kill('SIGKILL'));
  const status = async () => {
    const { stdout } = await sandbox.run('status', '--root', 'root', '--json');
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  let pid: number | undefined;
  while (pid === undefined) pid = (await status())?.pid;
  const watcher = pid;
  t.teardown(() => send(watcher, 'SIGKILL'));
  terminal.kill('SIGKILL');
  await terminal;
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const read = async () => {
    const now = await status();
    t.is(now?.pid, watcher, 'it goes on');
    return now?.logs.parsed;
  };
  while ((await read()) !== 1);
  for (const child of childrenOf(watcher)) {
    const leadTo = [0, 1, 2].map((fd) => readlinkSync(`/proc/${child}/fd/${fd}`));
    t.deepEqual(
      leadTo.filter((target) => /pts|tty/.test(target)),
      [],
      'a child has no terminal',
    );
  }
  send(watcher, 'SIGTERM');
  const exitCode = () => (existsSync(ended) ? readFileSync(ended, 'utf8') : '');
  for (let tries = 0; exitCode() === '' && tries < 600; tries += 1) await sleep(100);
  t.is(exitCode(), '0\n', 'it ends in order');
});

test.serial('PR14: it starts and works without stdin, stdout and stderr', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const cli = join(import.meta.dirname, '../src/cli.js');
  const script = 'exec "$@" <&- >&- 2>&-';
  const { exitCode } = await execa('sh', ['-c', script, 'sh', process.execPath, cli, ...words, '--once'], {
    ...{ cwd: sandbox.home, env: sandbox.environment, extendEnv: false, reject: false },
  });
  t.is(exitCode, 0);
  closeSync(openSync(join(sandbox.root, 'master.xlsx'), 'r'));
});
