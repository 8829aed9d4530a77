/** A state folder in which something else lies than was left there, and a watcher to which more happens than it needs. */

import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { childrenOf, endWithTest, send } from './faults/processes.js';
import { rowsOf } from './faults/scene.js';
import { createSandbox, said } from './program.js';

const noReports = ['--set', 'outputs.report=false'];
const once = ['watch', '--root', 'root', '--once', ...noReports];
const fixture = 'keras-openmpi-one-rank';

for (const [what, spoil] of [
  ['lock.db is a folder', (state: string) => replaceByFolder(join(state, 'lock.db'))],
  ['daemon.json is a folder', (state: string) => replaceByFolder(join(state, 'daemon.json'))],
  ['the state folder is a file', (state: string) => writeFileSync(removed(state), '')],
  ['the state folder is a link to nowhere', (state: string) => symlinkSync('/nowhere/at/all', removed(state))],
] as const) {
  test(`UN34: where ${what}, one line says so, exit 74, and all is there when it is mended`, async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture(fixture, 'a');
    await sandbox.run(...once);
    const rows = rowsOf(sandbox);
    const state = dirname(sandbox.database());
    const kept = join(sandbox.home, 'kept');
    renameSync(state, kept);
    mkdirSync(state);
    spoil(state);
    const { exitCode, stderr } = await sandbox.run(...once);
    t.is(exitCode, 74, stderr);
    t.regex(stderr, /^tlw: database: .*root-[0-9a-f]+.*$/);
    renameSync(kept, removed(state));
    t.is((await sandbox.run(...once)).exitCode, 0);
    t.deepEqual(rowsOf(sandbox), rows);
  });
}

test('UN35: a write-ahead log of random bytes, left while nothing ran, changes nothing', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture(fixture, 'a');
  await sandbox.run(...once);
  const rows = rowsOf(sandbox);
  const random = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 251));
  for (const end of ['-wal', '-shm']) writeFileSync(`${sandbox.database()}${end}`, random);
  const { exitCode, stderr } = await sandbox.run(...once);
  t.is(exitCode, 0, stderr);
  t.deepEqual(rowsOf(sandbox), rows);
});

test('UN36: signals that ask for nothing, and children that are killed, end no watcher; two SIGTERM end it in order', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture(fixture, 'a');
  const fast = ['--set', 'watch.rootSeconds=1', '--set', 'finished.settleSeconds=0.5'];
  const watch = sandbox.start(['watch', '--root', 'root', ...noReports, ...fast]);
  endWithTest(t, watch);
  await said(t, watch, /experiment was read experiment=a/);
  for (let i = 0; i < 10; i++) {
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGPIPE', 'SIGWINCH', 'SIGTSTP', 'SIGCONT'] as const)
      watch.kill(signal);
    for (const child of childrenOf(watch.pid).slice(i % 2)) send(child, 'SIGKILL');
    await sleep(20);
  }
  sandbox.addFixture('keras-openmpi-early-stops', 'b');
  await said(t, watch, /experiment was read experiment=b/);
  watch.kill('SIGTERM');
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
  t.deepEqual(
    [...rowsOf(sandbox).keys()].sort(),
    readdirSync(sandbox.root)
      .filter((name) => name.length === 1)
      .map((name) => `${name}/${name}.log`),
  );
});

function removed(path: string): string {
  rmSync(path, { recursive: true, force: true });
  return path;
}

function replaceByFolder(path: string): void {
  mkdirSync(removed(path));
}
