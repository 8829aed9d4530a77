/** Whether a watcher keeps what the screen shows up to date. */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  heartbeatMs,
  maybeSignIn,
  maybeSignOfLife,
  rootHeartbeat,
  type SignOfLife,
} from '../../daemon/sign-of-life.js';
import { exitCodes, UserError } from '../../user-error.js';

/** Looks for the last sign of a watcher; undefined where there never was one. */
export type WatcherLook = (nowMs: number) => Promise<SignOfLife | undefined>;

/** What a person waits for. */
const answerMs = 10_000;
const program = fileURLToPath(new URL('reading-child.js', import.meta.url));

/**
 * The root is asked by a child, not more often than a watcher writes there, and only where the state folder knows of none that
 * lives. A root that does not answer is a `UserError`.
 */
export function createWatcherLook(stateFolder: string, root: string): WatcherLook {
  let asked: { readonly sign: SignOfLife | undefined; readonly atMs: number } | undefined;
  return async (nowMs) => {
    const own = maybeSignOfLife(stateFolder, nowMs);
    if (own?.isAlive) return own;
    if (asked === undefined || nowMs - asked.atMs >= heartbeatMs) {
      const text = await maybeTextInRoot(root, rootHeartbeat);
      asked = { sign: text === undefined ? undefined : maybeSignIn(text, nowMs), atMs: nowMs };
    }
    const { sign } = asked;
    return own === undefined || (sign !== undefined && sign.atMs > own.atMs) ? sign : own;
  };
}

/**
 * A file in the root, read by a child of two modules: those that look through roots for the watcher take half a second to
 * load. A child that cannot even be killed is left to the system.
 */
function maybeTextInRoot(root: string, name: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const settle = (act: () => void): void => {
      clearTimeout(deadline);
      act();
    };
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      child.disconnect();
      child.unref();
      const advice = `where a watcher runs cannot be seen in it; tlw doctor --root ${root} says more`;
      const message = `${root}: no answer within ${answerMs / 1000} s from its disk or file server; ${advice}`;
      reject(new UserError(message, exitCodes.inputOutput));
    }, answerMs);
    child.once('message', (text) => settle(() => resolve(typeof text === 'string' ? text : undefined)));
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', () => settle(() => resolve(undefined)));
    child.send(join(root, name));
  });
}
