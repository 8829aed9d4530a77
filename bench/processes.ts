/** What the system knows of processes. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process and all below it. */
export function tree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const file = `/proc/${pid}/task/${task}/children`;
    return existsSync(file) ? readFileSync(file, 'latin1').split(' ').filter(Boolean).map(Number) : [];
  });
  return [pid, ...children.flatMap(tree)];
}

/** What processes that are alive have used by themselves. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.filter(isAlive).map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
