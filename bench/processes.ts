/** What the system knows of processes. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process and all below it. */
export function tree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const file = `/proc/${pid}/task/${task}/children`;
    return existsSync(file) ? readFileSync(file, 'latin1').split(' ').filter(Boolean).map(Number) : [];
  });
  return [pid, ...children.flatMap(tree)];
}

/** What processes that are alive have used by themselves, in threads that are alive. Finer than the hundredths of a second of `stat`. */
export function cpuSeconds(pids: readonly number[]): number {
  const nanoseconds = pids
    .filter(isAlive)
    .flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((task) =>
        Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]),
      ),
    );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
