/**
 * Backfills as array jobs of a real Slurm, with whatever may go wrong on the way. TLW_BACKFILL_LOGS sets of how many logs.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { createSandbox, type Sandbox } from './program.js';
import { maybeNoSlurm, startSlurm } from './slurm-node.js';
import { storedRows } from './table-rows.js';

const reason = maybeNoSlurm();
const withSlurm = reason === undefined ? test : test.skip;
if (reason !== undefined) process.stderr.write(`skipped: backfills by a real Slurm ${reason}\n`);

const logs = Number(process.env.TLW_BACKFILL_LOGS ?? 24);

withSlurm(
  'scancel of half of the tasks, a killed submission and a full disk lose nothing and double nothing',
  async (t) => {
    t.timeout(240_000 + logs * 3_000);
    const slurm = await startSlurm();
    t.teardown(() => slurm.stop());
    const alone = withLogs(createSandbox(t));
    await alone.run('watch', '--root', alone.root, '--once');
    const sandbox = withLogs(createSandbox(t));
    const env = { ...sandbox.environment, ...slurm.environment };
    const backfill = async (...words: string[]) =>
      String((await sandbox.start(['backfill', sandbox.root, ...words], { env })).stdout);
    const isQueued = (): boolean => execFileSync('squeue', ['--noheader'], { env, encoding: 'utf8' }).trim() !== '';
    const untilOver = async (): Promise<void> => {
      while (isQueued()) await sleep(200);
    };

    // Whoever submits is killed, early or late: there is a job or there is none.
    for (const ms of [400, 900]) {
      const submitting = sandbox.start(['backfill', '--slurm', sandbox.root, '--tasks', '4'], { env });
      await sleep(ms);
      submitting.kill('SIGKILL');
      await submitting;
      execFileSync('scancel', ['--user=root'], { env });
      await untilOver();
    }

    // No disk for what one task has to write.
    const full = join(sandbox.root, 'run_0');
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k,mode=755', 'tmpfs', full]).status === 0;
    t.true(isMounted, 'a small file system can be mounted');
    t.teardown(() => void spawnSync('umount', ['-l', full]));
    writeFileSync(join(full, 'run_0.log'), readFileSync(join(alone.root, 'run_0/run_0.log')));
    execFileSync('touch', ['-d', '1 hour ago', join(full, 'run_0.log')]);
    const submitted = await backfill('--slurm', '--tasks', '4');
    const id = /^submitted as job (\d+): 4 tasks/.exec(submitted)?.[1];
    t.truthy(id, submitted);
    // In the middle of their work.
    while (countPackages(sandbox) < logs / 8) await sleep(50);
    execFileSync('scancel', [`${id}_2`, `${id}_3`], { env });
    await untilOver();
    const status = await backfill('--status');
    t.regex(status, /^tasks {2}\d done, 0 running, 0 waiting, [1-4] failed$/m);
    t.regex(status, /cannot write \S*run_0\.tlw\.pdf: no space left on the disk/);

    spawnSync('mount', ['-o', 'remount,size=8m', full]);
    t.regex(await backfill('--slurm', '--tasks', '2'), /^submitted as job/);
    await untilOver();
    t.regex(await backfill('--status'), /^tasks {2}2 done, 0 running, 0 waiting, 0 failed$/m);
    t.is(await backfill('--slurm'), '', 'there is nothing left to submit');
    const imported = await sandbox.start(['watch', '--root', sandbox.root, '--once'], { env });
    t.regex(String(imported.stdout), new RegExp(`^${logs} logs read`));
    t.deepEqual(storedRows(sandbox.database()), storedRows(alone.database()));
  },
);

function countPackages({ root }: Sandbox): number {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tlw.json')).length;
}

/** Experiments that do not have the same content. */
function withLogs(sandbox: Sandbox): Sandbox {
  const name = 'keras-openmpi-one-rank';
  const log = readFileSync(`test/fixtures/experiments/${name}/${name}.log`, 'utf8');
  for (let n = 0; n < logs; n++) {
    mkdirSync(join(sandbox.root, `run_${n}`));
    sandbox.write(`run_${n}/run_${n}.log`, `run ${n}\n${log}`);
  }
  return sandbox;
}
