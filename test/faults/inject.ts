/** strace as a tool that ends a program, or fails one of its calls, at the N-th call of a kind. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Sandbox } from '../program.js';

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

export interface Injected {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of the kind by thread: injections count in each thread by itself. */
  readonly calls: ReadonlyMap<string, number>;
  /** How many calls were failed. */
  readonly failed: number;
  /** All calls of the kind, as strace writes them. */
  readonly trace: string;
}

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
  // Not --seccomp-bpf: with it, signals for the program's first thread get lost (strace 6.1).
  const strace = ['-f', '-qq', '-o', trace, '-e', `trace=${calls}`, '-e', 'signal=none', ...inject];
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
    calls: countByThread(text),
    failed: text.split('(INJECTED)').length - 1,
    trace: text,
  };
}

/** The highest number of calls that any thread made: behind it an injection hits nothing. */
export function mostCalls({ calls }: Injected): number {
  return Math.max(0, ...calls.values());
}

function countByThread(trace: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, thread = ''] of trace.matchAll(/^(\d+) +[a-z]\w*\(/gm))
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return counts;
}
