/** What the scheduler's queue tells about logs, by itself and with a real Slurm. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type QueuedJob, seeQueue } from '../src/watch/jobs.js';
import { parseQueue, readSlurmQueue } from '../src/watch/slurm-queue.js';
import { maybeNoSlurm, startSlurm } from './slurm-node.js';
import { createTestRoot, hour, minute, openTestRoot, readByLastLine, type TestRoot } from './watch-root.js';

const patterns = { logPatterns: ['*.log', '*.out'] };
const job = (id: string, name = 'wrap', workFolder = '/elsewhere', ownId = id): QueuedJob => ({
  ...{ id, ownId, name, workFolder },
});

/** Lets time pass with the queue asked every minute. */
function passWith(root: TestRoot, jobs: readonly QueuedJob[], ms: number): void {
  for (let done = 0; done < ms; done += minute) {
    seeQueue(root.known, jobs, root.folder);
    root.pass(Math.min(minute, ms - done));
  }
}

const ties: readonly [title: string, path: string, job: (root: TestRoot) => QueuedJob][] = [
  ['by the number in the log’s name', 'EXP/slurm-77.out', () => job('77')],
  ['by the number of an array’s task', 'EXP/slurm-77_3.out', () => job('77_3')],
  ['by the number of an array whose tasks wait', 'EXP/slurm-77_3.out', () => job('77_[3-9]')],
  ['by the number of a job of several ranks', 'EXP/slurm-77_3.out', () => job('77')],
  ['by the number of any task', 'EXP/slurm-77.out', () => job('77_3')],
  ['by the number that a task has of its own', 'EXP/slurm-80.out', () => job('77_3', 'wrap', '/elsewhere', '80')],
  ['by the job’s work folder', 'EXP/train.log', (root) => job('9', 'wrap', join(root.folder, 'EXP'))],
  ['by the job’s name', 'EXP/train.log', () => job('9', 'EXP')],
];
for (const [title, path, jobOf] of ties) {
  test(`a log is tied to its job ${title}`, (t) => {
    const root = createTestRoot(t, { settings: patterns });
    root.write(path, 'epoch 1\n');
    root.pass(minute);
    passWith(root, [jobOf(root), job('1')], 3 * hour);
    t.is(root.state(path), 'new 0', 'while the job runs, silence says nothing');
    passWith(root, [job('1')], 3 * minute);
    t.is(root.state(path), 'parsed 1');
    t.is(root.orders.at(-1), `final ${path} (job gone)`);
  });
}

test('a log that is named by its job is not taken for that of another one in its folder, or of its name', (t) => {
  const root = createTestRoot(t, { settings: patterns });
  root.write('EXP/slurm-77.out', 'epoch 1\n');
  root.pass(minute);
  passWith(root, [job('88', 'EXP', join(root.folder, 'EXP'))], 5 * minute);
  t.is(root.state('EXP/slurm-77.out'), 'parsed 1');
  t.is(root.known.logs.get('EXP/slurm-77.out')?.job?.id, '77');
});

test('the job that the text of a log tells is believed, also where another one runs in its folder', (t) => {
  const root = createTestRoot(t, {
    settings: patterns,
    read: (file) => ({ ...readByLastLine(file), jobId: '77' }),
  });
  const folder = join(root.folder, 'EXP');
  root.write('EXP/train.log', 'SLURM_JOB_ID=77\nepoch 1\n');
  passWith(root, [job('88', 'wrap', folder)], 30 * minute);
  // It may be the one that goes on with the log, but what is known of 88 is not known of this run.
  t.is(root.known.logs.get('EXP/train.log')?.job?.id, '77');
  t.regex(root.state('EXP/train.log'), / 0$/);
  passWith(root, [], 3 * minute);
  t.is(root.state('EXP/train.log'), 'parsed 1');
});

test('a root that is reached by a link is known to Slurm by what it leads to', (t) => {
  const real = createTestRoot(t, { settings: patterns });
  const link = `${real.folder}.link`;
  symlinkSync(real.folder, link);
  t.teardown(() => rmSync(link));
  const root = openTestRoot(link, { settings: patterns });
  root.write('EXP/train.log', 'epoch 1\n');
  root.pass(minute);
  passWith(root, [job('9', 'wrap', join(real.folder, 'EXP'))], hour);
  t.is(root.state('EXP/train.log'), 'new 0');
});

test('two jobs in one folder tie nothing, and a queue that is not known says nothing', (t) => {
  const root = createTestRoot(t, { settings: patterns });
  root.write('EXP/train.log', 'epoch 1\n');
  root.pass(minute);
  const folder = join(root.folder, 'EXP');
  passWith(root, [job('1', 'a', folder), job('2', 'b', folder)], 4 * minute);
  passWith(root, [], 4 * minute);
  t.is(root.state('EXP/train.log'), 'new 0');
});

test('the queue as squeue prints it', async (t) => {
  t.deepEqual(parseQueue('123\t123\tname of it\t/a/b\n124_[1-9]\t124\tx\t/c\td\n\n'), [
    { id: '123', ownId: '123', name: 'name of it', workFolder: '/a/b' },
    { id: '124_[1-9]', ownId: '124', name: 'x', workFolder: '/c\td' },
  ]);
  t.is(await readSlurmQueue('/nowhere/squeue'), null);
  t.is(await readSlurmQueue('false'), null);
});

const reason = maybeNoSlurm();
const withSlurm = reason === undefined ? test : test.skip;
if (reason !== undefined) process.stderr.write(`skipped: the test with a real Slurm ${reason}\n`);

withSlurm('a real Slurm: jobs are seen, tied, and seen to be gone', async (t) => {
  const slurm = await startSlurm();
  t.teardown(() => slurm.stop());
  const environment = { ...process.env, ...slurm.environment };
  process.env.SLURM_CONF = slurm.environment.SLURM_CONF;
  const root = createTestRoot(t, { settings: patterns });
  const submit = (folder: string, ...options: string[]): string => {
    mkdirSync(join(root.folder, folder));
    const script = join(root.folder, folder, 'job.sh');
    writeFileSync(script, '#!/bin/sh\necho epoch 1\nwhile [ ! -e go ]; do sleep 0.2; done\n');
    const args = ['--parsable', `--chdir=${join(root.folder, folder)}`, ...options, script];
    return execFileSync('sbatch', args, { env: environment, encoding: 'utf8' }).trim();
  };
  const id = submit('A');
  submit('B', '--output=train.log');
  submit('C', '--output=C.log', '--chdir=/', `--job-name=C`, `--output=${join(root.folder, 'C/C.log')}`);
  const logs = [`A/slurm-${id}.out`, 'B/train.log', 'C/C.log'];
  const ask = async (): Promise<readonly QueuedJob[]> => {
    const jobs = await readSlurmQueue();
    if (jobs === null) throw new Error('squeue failed');
    seeQueue(root.known, jobs, root.folder);
    root.pass(minute);
    return jobs;
  };
  while (!logs.every((path) => root.known.logs.get(path)?.watch.job?.isRunning)) await ask();
  for (let minutes = 0; minutes < 60; minutes += 1) await ask();
  // Whether the first line was there at the first look is up to Slurm.
  for (const path of logs) t.regex(root.state(path) ?? '', /^(new|growing) 0$/);

  for (const folder of ['A', 'B']) writeFileSync(join(root.folder, folder, 'go'), '');
  execFileSync('scancel', ['--name=C'], { env: environment });
  while ((await ask()).length > 0);
  for (let minutes = 0; minutes < 5; minutes += 1) await ask();
  for (const path of logs) {
    t.regex(root.state(path), /^parsed/);
    t.true(root.orders.includes(`final ${path} (job gone)`));
  }
});
