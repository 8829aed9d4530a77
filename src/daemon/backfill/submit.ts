import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { accountName } from '../../account.js';
import type { Config } from '../../config.js';
import { publishError } from '../../outputs/publish-error.js';
import { packageRoot } from '../../package.js';
import { bytesOfPath } from '../../path-text.js';
import { exitCodes, UserError } from '../../user-error.js';
import { askSlurm } from '../../watch/slurm-command.js';
import { outputFolderOf } from '../places.js';
import { type JobOptions, renderJobScript, renderList } from './script.js';
import type { Shard } from './shards.js';

export interface BackfillOptions extends JobOptions {
  /** Absolute. */
  readonly root: string;
  readonly config: Config;
  readonly shards: readonly Shard[];
}

/** The folder of a root's backfills; each has one in it whose name is when it was submitted. */
export function backfillFolderOf(root: string, config: Config): string {
  return join(outputFolderOf(root, config), '.tlw-backfill');
}

/** What all backfills of a root are called in the queue, so that they are found without anything being remembered. */
export function backfillJobName(root: string): string {
  return `tlw-backfill-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}

/** A task of a backfill in the queue. */
export interface QueuedTask {
  /** `123_4` */
  readonly id: string;
  /** `RUNNING`, `PENDING` and so on. */
  readonly state: string;
}

/** The tasks that are not over; null where the queue cannot be asked. */
export async function readQueuedTasks(root: string): Promise<readonly QueuedTask[] | null> {
  const words = ['--array', '--noheader', `--user=${accountName()}`, `--name=${backfillJobName(root)}`];
  const answer = await askSlurm('squeue', [...words, '--format=%i %T']);
  if (!('text' in answer)) return null;
  return answer.text.split('\n').flatMap((line) => {
    const [id, state] = line.trim().split(' ');
    return id && state ? [{ id, state }] : [];
  });
}

/** Text of the job script, as it will lie in `folder`. */
export function jobScriptOf({ root, config, shards, ...options }: BackfillOptions, folder: string): string {
  const { dir, report, csv } = config.outputs;
  const settings = [`outputs.report=${report}`, `outputs.csv=${csv}`, ...(dir === null ? [] : [`outputs.dir=${dir}`])];
  return renderJobScript({
    ...options,
    ...{ jobName: backfillJobName(root), tasks: shards.length, folder, root, settings },
    node: process.execPath,
    program: join(packageRoot, 'build/src/cli.js'),
  });
}

/**
 * Writes lists and script, and submits them as one array job; gives its number. Whoever is killed on the way leaves at most
 * a folder that the next call removes, or a job that `readQueuedTasks` finds.
 */
export async function submitBackfill(options: BackfillOptions, now: () => number): Promise<string> {
  const { root, config } = options;
  const queued = await readQueuedTasks(root);
  if (queued !== null && queued.length > 0) {
    const job = queued[0]?.id.replace(/_.*/, '');
    const words = `${root}: job ${job} is a backfill of it that is not over (tlw backfill --status shows it, scancel ${job} ends it)`;
    throw new UserError(words, exitCodes.unavailable);
  }
  const folder = writeRun(options, backfillFolderOf(root, config), now());
  const answer = await askSlurm('sbatch', ['--parsable', join(folder, 'job.sh')]);
  if ('text' in answer) return answer.text.trim().replace(/;.*/, '');
  rmSync(backfillFolderOf(root, config), { recursive: true, force: true });
  throw new UserError(
    answer.missing
      ? 'expected sbatch, as on a login node of a Slurm cluster, got a host without it; --local N does the same here'
      : `sbatch did not take the job: ${answer.error}`,
    exitCodes.unavailable,
  );
}

/** Appears whole or not at all; what earlier backfills left is removed, since none of them is in the queue. */
function writeRun(options: BackfillOptions, parent: string, nowMs: number): string {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o755 });
    for (const name of readdirSync(parent)) rmSync(join(parent, name), { recursive: true, force: true });
    const made = mkdtempSync(join(parent, '.new-'));
    const folder = join(parent, new Date(nowMs).toISOString().replaceAll(':', ''));
    for (const [index, { logs }] of options.shards.entries()) {
      writeFileSync(join(made, `shard-${index + 1}`), renderList(logs.map(({ file }) => file)));
    }
    writeFileSync(join(made, 'job.sh'), bytesOfPath(jobScriptOf(options, folder)));
    renameSync(made, folder);
    return folder;
  } catch (error) {
    const { message } = publishError(join(parent, basename(parent)), error);
    throw new UserError(`${message} (--set outputs.dir=DIR names another folder)`, exitCodes.cannotCreate);
  }
}
