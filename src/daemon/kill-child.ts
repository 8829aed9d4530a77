import { readFileSync } from 'node:fs';

/**
 * Sends SIGKILL to a child of this process: one that hangs in a system call, or in a loop, hears nothing else. Where it has ended,
 * another process may have its number.
 */
export function killChild(pid: number): void {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) === process.pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
