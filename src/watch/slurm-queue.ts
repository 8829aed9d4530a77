/** The user's jobs, by `squeue`. */

import { accountName } from '../account.js';
import type { QueuedJob } from './jobs.js';
import { askSlurm } from './slurm-command.js';

const separator = '\t';
const timeoutMs = 20_000;

/** All jobs of this user that are not over; null where there is no squeue, or it fails: then nothing is known. */
export async function readSlurmQueue(squeue = 'squeue'): Promise<readonly QueuedJob[] | null> {
  const format = ['%i', '%A', '%j', '%Z'].join(separator);
  const words = ['--user', accountName(), '--noheader', '--format', format];
  const answer = await askSlurm(squeue, words, timeoutMs);
  return 'text' in answer ? parseQueue(answer.text) : null;
}

/** Lines of both numbers, name and work folder, as `readSlurmQueue` asks for them. */
export function parseQueue(text: string): readonly QueuedJob[] {
  return text.split('\n').flatMap((line) => {
    const [id, ownId, name, ...folder] = line.split(separator);
    if (!id || !ownId || name === undefined || folder.length === 0) return [];
    return [{ id, ownId, name, workFolder: folder.join(separator) }];
  });
}
