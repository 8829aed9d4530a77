/** What the user may still write on a file system, by the programs that know. */

import { spawnSync } from 'node:child_process';
import { accountName } from '../../account.js';
import type { Mount } from '../../mounts.js';

/** What is used of something that is limited; 0 where there is no such limit. */
export interface Share {
  readonly used: number;
  /** What may be passed for some days. */
  readonly soft: number;
  readonly hard: number;
}

export interface Quota {
  /** In bytes. */
  readonly space: Share;
  readonly files: Share;
}

/** For what a person waits for; these programs ask servers that may be down. */
export const quotaDeadlineMs = 2000;

/** The user's quota on a mount: null where no program reports one, `silent` where it does not answer. */
export function readQuota({ type, mountPoint }: Mount): Quota | 'silent' | null {
  const [command, words] =
    type === 'lustre'
      ? ['lfs', ['quota', '-q', '-u', accountName(), mountPoint]]
      : ['quota', ['-w', '-p', '-f', mountPoint]];
  // SIGKILL: what hangs on a server hears nothing else. That a quota is passed is an error for `quota`, and still an answer.
  const { error, stdout } = spawnSync(command, words, {
    encoding: 'utf8',
    timeout: quotaDeadlineMs,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT') return 'silent';
  return error === undefined ? (parseQuota(stdout) ?? null) : null;
}

/**
 * The first file system of what `quota -w -p` or `lfs quota -q` print: its name, then kB, soft limit, hard limit and time of grace,
 * and the same of files. undefined where they print none. Pure.
 */
export function parseQuota(text: string): Quota | undefined {
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/).slice(-8);
    const [kB, softKB, hardKB, , files, softFiles, hardFiles] = columns.map(numberIn);
    const all = [kB, softKB, hardKB, files, softFiles, hardFiles];
    if (columns.length < 8 || all.some((value) => value === undefined)) continue;
    const share = (unit: number, [used = 0, soft = 0, hard = 0]: readonly (number | undefined)[]): Share => ({
      ...{ used: used * unit, soft: soft * unit, hard: hard * unit },
    });
    return { space: share(1024, all.slice(0, 3)), files: share(1, all.slice(3)) };
  }
  return undefined;
}

/** Both mark what passes a limit with a star, and Lustre brackets what it is not sure of. */
function numberIn(word: string): number | undefined {
  return /^\[?\d+\]?\*?$/.test(word) ? Number(word.replace(/[[\]*]/g, '')) : undefined;
}
