/** Talks to the user's own systemd through its commands. */

import { execFileSync } from 'node:child_process';
import { accountName } from '../account.js';
import { messageOf } from '../errors.js';
import { maybeSystemdVersion } from './unit.js';

/** Runs a command; gives its output, or throws what `execFileSync` throws. */
export type Run = (command: string, words: readonly string[], input?: string) => string;

/** Runs for real, for at most half a minute. */
export const runCommand: Run = (command, words, input) =>
  execFileSync(command, [...words], {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input }),
  });

/** What there is of systemd for this user. */
export interface UserManager {
  /** undefined: there is no systemd on this host. */
  readonly version: number | undefined;
  /** Why the user's manager cannot be reached; null where it answers. */
  readonly trouble: string | null;
}

/** Asks systemd for its version and the user's manager for an answer. */
export function findUserManager(run: Run): UserManager {
  const version = maybeSystemdVersion(attempt(() => run('systemctl', ['--version'])).output);
  if (version === undefined) return { version, trouble: 'there is no systemd on this host' };
  const { error } = attempt(() => run('systemctl', ['--user', 'show-environment']));
  return { version, trouble: error };
}

/** Whether the user's services go on after the last logout: `yes`, `no`, or why that is not known. */
export function readLinger(run: Run): string {
  const { output, error } = attempt(() =>
    run('loginctl', ['show-user', accountName(), '--property=Linger', '--value']),
  );
  return error === null ? output.trim() : error;
}

/** Result of something that may fail: its output, or the first line of what it said. */
export function attempt(action: () => string): { readonly output: string; readonly error: string | null } {
  try {
    return { output: action(), error: null };
  } catch (error) {
    // Of a command that could not be started there is no stderr: null.
    const said = String(Object(error).stderr ?? '').trim();
    const [line = ''] = (said || messageOf(error)).split('\n');
    return { output: '', error: line };
  }
}
