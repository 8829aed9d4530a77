/** A log that takes for ever to read keeps nothing else from being done, and its reader does not outlive the watcher. */

import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { childrenOf, endWithTest } from './faults/processes.js';
import { createSandbox, said } from './program.js';

const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;
const noOutputs = ['package', 'report', 'csv', 'workbook', 'results'].flatMap((kind) => [
  '--set',
  `outputs.${kind}=false`,
]);

test('UN8: what was read beside a log without end is saved at once, and a killed watcher leaves no reader', async (t) => {
  const sandbox = createSandbox(t);
  const huge = sandbox.write('huge/huge.log', '');
  sandbox.write('exp/exp.log', keras('0.5'));
  // Nothing but a hole: it takes no space, and an hour to read.
  truncateSync(huge, 2 ** 40);
  // The newest is read first.
  const watcher = sandbox.start(['watch', '--root', 'root', ...noOutputs]);
  endWithTest(t, watcher);
  await said(t, watcher, /experiment was read.*exp/);
  const runs = await sandbox.run('runs', '--root', 'root', '--format', 'csv');
  t.regex(runs.stdout, /completed/);
  const readers = childrenOf(watcher.pid).filter((pid) => isReader(pid));
  t.true(readers.length > 0);
  watcher.kill('SIGKILL');
  await watcher;
  for (let tries = 0; readers.some(isReader) && tries < 300; tries += 1) await sleep(100);
  t.deepEqual(readers.filter(isReader), []);
});

test('UN8: a rank’s file that is a pipe, or a link to wherever, is noted, and not waited for', async (t) => {
  const sandbox = createSandbox(t);
  const log = sandbox.write('exp/exp.log', keras('0.5'));
  execFileSync('mkfifo', [join(log, '..', 'rank-1.log')]);
  symlinkSync('/dev/zero', join(log, '..', 'rank-2.log'));
  const { exitCode, stdout, stderr } = await sandbox.run('parse', 'root/exp/exp.log');
  t.is(exitCode, 0, stderr);
  const { receipt } = JSON.parse(stdout);
  t.deepEqual(
    receipt.notes.filter((note: string) => note.startsWith('rank-')).map((note: string) => note.slice(0, 20)),
    ['rank-1.log: not a re', 'rank-2.log: ELOOP: t'],
  );
});

function isReader(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('daemon/child.js');
  } catch {
    return false;
  }
}
