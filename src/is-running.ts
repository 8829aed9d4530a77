/** Whether a process of this host runs, known by its number. */

import { readFileSync } from 'node:fs';

/**
 * Asks the system. One that has ended does not run, though its number stays taken until its parent takes note: in a container
 * whose first process never does, for good.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !hasEnded(pid);
}

/** Whether it is a zombie; where there is no /proc that tells, none is. */
function hasEnded(pid: number): boolean {
  try {
    // The name in brackets may hold anything, brackets and line breaks too.
    return /\) [ZX][^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
