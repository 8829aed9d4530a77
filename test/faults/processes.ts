import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

/** ms that a test of so many rounds may take; one that hangs must not hold a whole test run. */
export function timeLimit(rounds: number): number {
  return 5 * 60_000 + rounds * 10_000;
}

/** Stops a process and waits until it stands: what it says from then on was said before. */
export async function freeze(pid: number): Promise<void> {
  send(pid, 'SIGSTOP');
  while (!'TtZX'.includes(stateOf(pid))) await sleep(1);
}

/** Ends a process and its children with the test, even when the test failed while they were stopped. */
export function endWithTest(
  t: Pick<ExecutionContext, 'teardown'>,
  program: Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode'>,
): void {
  t.teardown(() => {
    const { pid, exitCode, signalCode } = program;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    for (const each of [...childrenOf(pid), pid]) send(each, 'SIGKILL');
  });
}

/** The processes that a process started; none where it has ended. */
export function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sends a signal; to one that has ended already, none. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** The letter of its state, as in proc(5); X where it has ended. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return 'X';
  }
}
