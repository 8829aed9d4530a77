import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.js';
import { identify } from '../../watch/identity.js';
import { askSlurm } from '../../watch/slurm-command.js';
import { hasCurrentPackage, packagePathsOf } from '../current-package.js';
import { parseList } from './script.js';
import { backfillFolderOf, backfillJobName, type QueuedTask, readQueuedTasks } from './submit.js';

/** How far one task is. */
export interface TaskStatus {
  /** From 1. */
  readonly task: number;
  /** `ended`: it left the queue without having done all its logs. */
  readonly state: 'done' | 'running' | 'waiting' | 'ended';
  /** Slurm's word for how it ended, such as TIMEOUT, where it tells. */
  readonly word: string | null;
  readonly logs: number;
  readonly done: number;
  readonly sizeBytes: number;
  readonly doneBytes: number;
  /** What it said of logs that could not be read or written, last first. */
  readonly failures: readonly string[];
}

export interface BackfillStatus {
  readonly folder: string;
  /** null where it is not in the queue (any longer), or that cannot be asked. */
  readonly jobId: string | null;
  readonly submittedMs: number;
  readonly isQueueKnown: boolean;
  readonly tasks: readonly TaskStatus[];
}

/** The last backfill of a root, by its lists, the packages that there are, and the queue; undefined where there was none. */
export async function readBackfillStatus(root: string, config: Config): Promise<BackfillStatus | undefined> {
  const parent = backfillFolderOf(root, config);
  const name = existsSync(parent)
    ? readdirSync(parent)
        .filter((each) => /^\d{4}-/.test(each))
        .sort()
        .at(-1)
    : undefined;
  if (name === undefined) return undefined;
  const folder = join(parent, name);
  const submittedMs = Date.parse(name.replace(/T(\d\d)(\d\d)/, 'T$1:$2:'));
  const queued = await readQueuedTasks(root);
  const words = await readEndWords(root, submittedMs);
  const shards = readdirSync(folder).filter((each) => /^shard-\d+$/.test(each)).length;
  return {
    ...{ folder, submittedMs, isQueueKnown: queued !== null },
    jobId: queued?.[0]?.id.replace(/_.*/, '') ?? null,
    tasks: Array.from({ length: shards }, (_, index) => readTask(index + 1, { root, config, folder, queued, words })),
  };
}

interface Known {
  readonly root: string;
  readonly config: Config;
  readonly folder: string;
  readonly queued: readonly QueuedTask[] | null;
  readonly words: ReadonlyMap<number, string>;
}

function readTask(task: number, { root, config, folder, queued, words }: Known): TaskStatus {
  const files = parseList(readFileSync(join(folder, `shard-${task}`)));
  const counts = { logs: files.length, done: 0, sizeBytes: 0, doneBytes: 0 };
  for (const file of files) {
    const [sizeBytes, isDone] = look(root, file, config);
    counts.sizeBytes += sizeBytes;
    if (!isDone) continue;
    counts.done += 1;
    counts.doneBytes += sizeBytes;
  }
  const queuedState = queued?.find(({ id }) => id.endsWith(`_${task}`))?.state;
  const ended = counts.done === counts.logs ? 'done' : 'ended';
  const state = queuedState === undefined ? ended : queuedState === 'PENDING' ? 'waiting' : 'running';
  return { task, state, word: words.get(task) ?? null, ...counts, failures: readFailures(folder, task) };
}

/** A log that is gone needs no package. */
function look(root: string, file: string, config: Config): [sizeBytes: number, isDone: boolean] {
  try {
    const identity = identify(join(root, file));
    const paths = packagePathsOf({ root, file, key: file, name: '' }, config);
    return [identity.sizeBytes, hasCurrentPackage(paths, identity)];
  } catch {
    return [0, true];
  }
}

function readFailures(folder: string, task: number): string[] {
  const file = join(folder, `task-${task}.txt`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('tlw: ')).reverse();
}

/** How tasks ended, where accounting tells. */
async function readEndWords(root: string, sinceMs: number): Promise<Map<number, string>> {
  const since = new Date(sinceMs).toISOString().slice(0, 19);
  const words = ['--allocations', '--noheader', '--parsable2', '--format=JobID,State', `--starttime=${since}`];
  const answer = await askSlurm('sacct', [...words, `--name=${backfillJobName(root)}`]);
  const ended = new Map<number, string>();
  if (!('text' in answer)) return ended;
  for (const line of answer.text.split('\n')) {
    const match = /^\d+_(\d+)\|([A-Z_]+)/.exec(line);
    if (match?.[1] && match[2] && !/^(PENDING|RUNNING|COMPLETED|COMPLETING)$/.test(match[2])) {
      ended.set(Number(match[1]), match[2]);
    }
  }
  return ended;
}
