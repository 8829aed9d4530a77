/** The user's jobs, by `squeue`. */

import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import type { QueuedJob } from './jobs.js';

const separator = '\t';
const timeoutMs = 20_000;

/** All jobs of this user that are not over; null where there is no squeue, or it fails: then nothing is known. */
export function readSlurmQueue(squeue = 'squeue'): Promise<readonly QueuedJob[] | null> {
  return new Promise((resolve) => {
    execFile(
      squeue,
      ['--user', userInfo().username, '--noheader', '--format', ['%i', '%A', '%j', '%Z'].join(separator)],
      { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' },
      (error, stdout) => resolve(error === null ? parseQueue(stdout) : null),
    );
  });
}

/** Lines of both numbers, name and work folder, as `readSlurmQueue` asks for them. */
export function parseQueue(text: string): readonly QueuedJob[] {
  return text.split('\n').flatMap((line) => {
    const [id, ownId, name, ...folder] = line.split(separator);
    if (!id || !ownId || name === undefined || folder.length === 0) return [];
    return [{ id, ownId, name, workFolder: folder.join(separator) }];
  });
}
