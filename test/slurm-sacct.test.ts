/** What accounting says of jobs: its lines, the words that settle a run, and a real one. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { Status } from '../src/experiment.js';
import { type SlurmJob, settledByJob } from '../src/slurm-job.js';
import { findJobs, parseAccounts, parseMemory, readSlurmAccounts } from '../src/watch/slurm-accounts.js';
import { createSandbox } from './program.js';
import { maybeNoSlurm, startSlurm } from './slurm-node.js';

const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`);
const line = (
  id: string,
  state: string,
  start: string,
  end: string,
  seconds: number,
  nodes = 2,
  more = 'n[1-2]|',
): string =>
  `${id}|${id.replace(/_.*|\+.*/, '')}|${state}|0:0|2026-03-01T${start}|${end === '' ? 'Unknown' : `2026-03-01T${end}`}|${seconds}|${nodes}|${more}`;
const find = (text: string, id: string, time = '10:30:00') =>
  findJobs(parseAccounts(text), [{ id, logMtimeMs: at(time) }])[0];

test('a job, with the largest memory of its steps', (t) => {
  const text = [
    line('7', 'TIMEOUT', '10:00:00', '10:30:10', 1810),
    '7.batch|7.batch|CANCELLED|0:15|2026-03-01T10:00:00|2026-03-01T10:30:10|1810|1|n1|1200K',
    '7.0|7.0|FAILED|1:0|2026-03-01T10:00:01|2026-03-01T10:30:00|1799|2|n[1-2]|1.5G',
  ].join('\n');
  t.deepEqual(find(text, '7'), {
    ...{ id: '7', state: 'TIMEOUT', exitCode: '0:0', startMs: at('10:00:00'), endMs: at('10:30:10') },
    ...{ elapsedSeconds: 1810, nodes: 2, nodeList: 'n[1-2]', nodeHours: (2 * 1810) / 3600 },
    ...{ maxMemoryBytes: 1.5 * 1024 ** 3, records: 1 },
  });
  t.is(find(text, '8'), undefined);
});

for (const [text, bytes] of [
  ['1.5G', 1610612736],
  ['0n', null],
  ['0', null],
  ['', null],
  ['1200K', 1228800],
  ['4Gn', 4294967296],
  ['512', 512],
  ['nonsense', null],
] as const) {
  test(`memory ${JSON.stringify(text)}`, (t) => t.is(parseMemory(text), bytes));
}

test('a number that came again is not taken for the job that wrote the log', (t) => {
  const text = [
    line('7', 'FAILED', '02:00:00', '02:10:00', 600),
    line('7', 'COMPLETED', '20:00:00', '21:00:00', 3600),
  ].join('\n');
  t.is(find(text, '7', '10:30:00'), undefined);
  t.is(find(text, '7', '02:10:05')?.state, 'FAILED');
  t.is(find(text, '7', '20:59:00')?.state, 'COMPLETED');
});

test('a job that was requeued: the last word, and the cost of all starts', (t) => {
  const text = [
    line('7', 'NODE_FAIL', '09:00:00', '09:30:00', 1800),
    line('7', 'CANCELLED by 1000', '09:40:00', '10:30:00', 3000),
  ].join('\n');
  const job = find(text, '7');
  t.is(job?.state, 'CANCELLED');
  t.is(job?.records, 2);
  t.is(job?.nodeHours, (2 * 4800) / 3600);
});

test('tasks of arrays by either number, and what still waits', (t) => {
  const text = [
    '77_[5-9]|77|PENDING|0:0|Unknown|Unknown|0|1|None assigned|',
    '77_3|80|COMPLETED|0:0|2026-03-01T10:00:00|2026-03-01T10:30:00|1800|1|n1|',
    '77_4|77|FAILED|2:0|2026-03-01T10:00:00|2026-03-01T10:20:00|1200|1|n2|',
  ].join('\n');
  t.is(find(text, '77_3')?.state, 'COMPLETED');
  t.is(find(text, '80')?.state, 'COMPLETED');
  t.is(find(text, '77')?.state, 'FAILED');
  t.is(find(text, '77_9'), undefined);
});

test('the parts of a heterogeneous job are one job', (t) => {
  const text = [
    '7+0|7|COMPLETED|0:0|2026-03-01T10:00:00|2026-03-01T10:30:00|1800|1|n1|',
    '7+1|8|OUT_OF_MEMORY|0:125|2026-03-01T10:00:00|2026-03-01T10:30:00|1800|4|n[2-5]|',
  ].join('\n');
  const job = find(text, '7');
  t.is(job?.state, 'OUT_OF_MEMORY');
  t.is(job?.nodes, 5);
  t.is(job?.nodeHours, 2.5);
  t.is(job?.nodeList, 'n1,n[2-5]');
});

test('no sacct, or one that fails, is no error', async (t) => {
  t.is(await readSlurmAccounts([{ id: '7', logMtimeMs: 0 }], '/nowhere/sacct'), null);
  t.is(await readSlurmAccounts([{ id: '7', logMtimeMs: 0 }], 'false'), null);
});

const job = (state: string): SlurmJob => ({
  ...{ id: '7', state, exitCode: '1:0', startMs: 0, endMs: 1, elapsedSeconds: 1, nodes: 1 },
  ...{ nodeList: null, nodeHours: 1, maxMemoryBytes: null, records: 1 },
});
for (const [status, state, settled] of [
  ['stalled', 'TIMEOUT', 'killed'],
  ['stalled', 'OUT_OF_MEMORY', 'killed'],
  ['stalled', 'CANCELLED', 'killed'],
  ['stalled', 'NODE_FAIL', 'killed'],
  ['stalled', 'PREEMPTED', 'killed'],
  ['stalled', 'FAILED', 'failed'],
  ['failed', 'OUT_OF_MEMORY', 'killed'],
  ['failed', 'TIMEOUT', undefined],
  ['killed', 'TIMEOUT', 'killed'],
  ['completed', 'TIMEOUT', undefined],
  ['stalled', 'RUNNING', undefined],
  ['stalled', 'COMPLETED', undefined],
] as const satisfies readonly (readonly [Status, string, Status | undefined])[]) {
  test(`a log that is ${status} of a job that is ${state}`, (t) => {
    const known = { hasLastWord: true, isPlanned: true };
    const after = settledByJob({ status, reason: null }, job(state), known);
    t.is(after?.status, settled);
    if (after !== undefined) {
      t.true(after.reason?.startsWith(`${state}, by Slurm (job 7)`));
      t.is(settledByJob(after, job(state), known), undefined, 'once');
    }
    t.is(settledByJob({ status, reason: null }, job(state), { ...known, hasLastWord: false }), undefined);
  });
}

const reason = maybeNoSlurm({ accounting: true });
const withAccounts = reason === undefined ? test : test.skip;
if (reason !== undefined) process.stderr.write(`skipped: the test with Slurm’s accounting ${reason}\n`);

withAccounts('a real accounting: the words and node-hours of jobs are those that sacct prints', async (t) => {
  t.timeout(240_000);
  const slurm = await startSlurm({ accounting: true });
  t.teardown(() => slurm.stop());
  const sandbox = createSandbox(t);
  const env = { ...sandbox.environment, ...slurm.environment };
  const run = (command: string, ...words: string[]): string => execFileSync(command, words, { env, encoding: 'utf8' });
  const submit = (name: string, end: string, ...options: string[]): string => {
    const folder = join(sandbox.root, name);
    mkdirSync(folder);
    const script = join(sandbox.home, `${name}.sh`);
    const epoch = '5/5 [==============================] - 1s 10ms/step - loss: 0.5 - val_loss: 0.4';
    writeFileSync(script, `#!/bin/sh\nprintf 'Epoch 1/3\\n${epoch}\\n'\n${end}\n`);
    return run('sbatch', '--parsable', `--output=${folder}/slurm-%j.out`, ...options, script).trim();
  };
  const rest = `printf 'Epoch 2/3\\n5/5 [=====] - 1s 10ms/step - loss: 0.4 - val_loss: 0.3\\n'`;
  const ids = {
    cancelled: submit('cancelled', 'sleep 300'),
    failed: submit('failed', 'exit 3'),
    success: submit('success', rest),
    timeout: submit('timeout', 'sleep 300', '--time=1'),
  };
  while (!run('squeue', '--noheader', '--states=RUNNING', '--format=%i').split('\n').includes(ids.cancelled))
    await sleep(200);
  run('scancel', ids.cancelled);
  // A minute is the shortest time limit that Slurm knows.
  while (run('squeue', '--noheader').trim() !== '') await sleep(500);
  await sleep(1000);
  const pass = await sandbox.start(['watch', '--root', sandbox.root, '--once'], { env });
  t.is(pass.exitCode, 0, String(pass.stderr));

  const expected = {
    cancelled: ['KILLED', 'CANCELLED'],
    failed: ['FAILED', 'FAILED, exit code 3:0'],
    success: ['STALLED', 'COMPLETED'],
    timeout: ['KILLED', 'TIMEOUT'],
  };
  for (const [name, [status = '', word]] of Object.entries(expected)) {
    const id = ids[name as keyof typeof ids];
    const [, elapsed, nodes] = run('sacct', '-X', '-n', '-P', '-j', id, '-o', 'State,ElapsedRaw,NNodes')
      .trim()
      .split('|');
    const show = await sandbox.start(['show', name, '--root', sandbox.root], { env });
    t.is(show.exitCode, 0, String(show.stderr));
    const shown = String(show.stdout);
    t.regex(shown, new RegExp(`^${status} · `, 'm'));
    t.true(shown.includes(`job       ${id} · ${word} · ${nodes} node `), shown);
    const hours = await sandbox.start(
      ['top', '--root', sandbox.root, '--all', '--columns', 'job,node_hours', '--format', 'csv'],
      { env },
    );
    const row = String(hours.stdout)
      .split('\n')
      .find((each) => each.split(',').includes(id));
    t.is(Number(row?.trim().split(',').at(-1)), (Number(elapsed) * Number(nodes)) / 3600);
  }
});
