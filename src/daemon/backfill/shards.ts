/** Cuts a list of logs into parts of about equal work. Pure. */

import TinyQueue from 'tinyqueue';
import type { UnpackagedLog } from './find.js';

/** The logs of one task, largest first. */
export interface Shard {
  readonly logs: readonly UnpackagedLog[];
  readonly sizeBytes: number;
}

/** Drawing a report takes as long as reading so many bytes, however small the log is. */
const drawingBytes = 40_000_000;
/** A task of so many logs takes some minutes, which is long beside its start and short beside a time limit. */
const logsPerTask = 500;
/** Slurm's default MaxArraySize is 1001. */
const mostTasks = 1000;

/** Into how many tasks so many logs are cut where the user does not say. */
export function usualTasks(logs: number): number {
  return Math.min(mostTasks, Math.max(1, Math.ceil(logs / logsPerTask)));
}

/** At most so many shards, none of them empty: the largest log first, each to the shard that has least to do. */
export function cutShards(logs: readonly UnpackagedLog[], tasks: number): Shard[] {
  const shards = Array.from({ length: Math.min(tasks, logs.length) }, (_, index) => ({
    index,
    logs: [] as UnpackagedLog[],
    sizeBytes: 0,
  }));
  const work = (shard: (typeof shards)[number]): number => shard.sizeBytes + shard.logs.length * drawingBytes;
  const queue = new TinyQueue(shards, (a, b) => work(a) - work(b) || a.index - b.index);
  const largestFirst = [...logs].sort((a, b) => b.sizeBytes - a.sizeBytes || (a.file < b.file ? -1 : 1));
  for (const log of largestFirst) {
    const shard = queue.pop();
    if (shard === undefined) break;
    shard.logs.push(log);
    shard.sizeBytes += log.sizeBytes;
    queue.push(shard);
  }
  return shards.map(({ logs: own, sizeBytes }) => ({ logs: own, sizeBytes }));
}
