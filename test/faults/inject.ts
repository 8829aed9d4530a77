/** strace as a tool that ends a program, or fails one of its calls, at the N-th call of a kind. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pMap from 'p-map';
import type { Sandbox } from '../program.js';

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

export interface Injected {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** How many calls were failed. */
  readonly failed: number;
  /** All calls of the kind, as strace writes them, with the path behind each file descriptor. */
  readonly trace: string;
}

/** Which of the moments of a pass are tried, and how many passes run side by side: some and one, or all and one on each core. */
export const isLong = process.env.TLW_FAULTS === 'long';
const sideBySide = isLong ? availableParallelism() : 1;

/** Whether strace is there and may trace. */
export async function canInject(): Promise<boolean> {
  return (await execa('strace', ['-qq', '-o', '/dev/null', 'true'], { reject: false })).exitCode === 0;
}

export interface Injection {
  /** Names of system calls, as strace has them, such as `fsync,fdatasync`. */
  readonly calls: string;
  /** What strace's `inject=CALLS:` takes, such as `signal=KILL:when=3` or `error=ENOSPC:when=3+`; null: calls are counted. */
  readonly fault: string | null;
  /** Only calls that concern these files; absent: all. */
  readonly files?: readonly string[];
}

/** Runs the program under strace. */
export async function runInjected(
  sandbox: Sandbox,
  { calls, fault, files = [] }: Injection,
  args: readonly string[],
): Promise<Injected> {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-strace-'));
  const trace = join(folder, 'trace');
  const inject = fault === null ? [] : ['-e', `inject=${calls}:${fault}`];
  // With --seccomp-bpf other calls run at their full speed, but signals for the program's first thread get lost (strace 6.1).
  const fast = fault?.startsWith('signal=') ? [] : ['--seccomp-bpf'];
  const strace = ['-f', '-y', '-qq', ...fast, '-o', trace, '-e', `trace=${calls}`, '-e', 'signal=none', ...inject];
  const only = files.flatMap((file) => ['-P', file]);
  const result = await execa('strace', [...strace, ...only, process.execPath, cli, ...args], {
    ...{ cwd: sandbox.home, extendEnv: false, reject: false, stripFinalNewline: false },
    env: { ...sandbox.environment, UV_THREADPOOL_SIZE: '1' },
  });
  const text = readFileSync(trace, 'latin1');
  rmSync(folder, { recursive: true });
  return {
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    failed: text.split('(INJECTED)').length - 1,
    trace: text,
  };
}

/**
 * The N of the calls that match, ascending: each thread's calls of a name are numbered from 1, as injections count them. Behind the
 * last one an injection hits nothing.
 */
export function momentsOf({ trace }: Injected, matching = /(?:)/): number[] {
  const counts = new Map<string, number>();
  const moments = new Set<number>();
  for (const line of trace.split('\n')) {
    const who = /^\d+ +[a-z]\w*(?=\()/.exec(line)?.[0];
    if (who === undefined) continue;
    const n = (counts.get(who) ?? 0) + 1;
    counts.set(who, n);
    if (matching.test(line)) moments.add(n);
  }
  return [...moments].sort((a, b) => a - b);
}

/** Tries every moment, some side by side, and gathers what was wrong; tells how far it is where that takes hours. */
export async function tryAll<T>(moments: readonly T[], wrongAt: (moment: T) => Promise<readonly string[]>) {
  let done = 0;
  const wrong = await pMap(
    moments,
    async (moment) => {
      const found = await wrongAt(moment);
      done += 1;
      if (isLong) process.stderr.write(`${done} of ${moments.length} tried\n`);
      return found;
    },
    { concurrency: sideBySide },
  );
  return wrong.flat();
}
