/**
 * Looks at a disk or file server that may not answer, by a child of two modules: those that look through roots for the watcher
 * take half a second to load. That there is no answer within the time a person waits is a `UserError`.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { exitCodes, UserError } from '../../user-error.js';

/** What the child is told. */
export interface Order {
  readonly path: string;
  readonly wants: 'text' | 'time';
}

/** What a person waits for. */
const answerMs = 10_000;
const program = fileURLToPath(new URL('reading-child.js', import.meta.url));

/** The text of a file of a root; undefined where there is none that can be read. */
export async function maybeTextInRoot(root: string, path: string): Promise<string | undefined> {
  const text = await ask(root, { path, wants: 'text' }, 'where a watcher runs cannot be seen in it; ');
  return typeof text === 'string' ? text : undefined;
}

/** When a file or folder of a root was last changed, ms since 1970; undefined where there is none. */
export async function maybeTimeInRoot(root: string, path: string): Promise<number | undefined> {
  const timeMs = await ask(root, { path, wants: 'time' }, '');
  return typeof timeMs === 'number' ? timeMs : undefined;
}

/** A child that cannot even be killed is left to the system. */
function ask(root: string, order: Order, consequence: string): Promise<unknown> {
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
      const advice = `${consequence}tlw doctor --root ${root} says more`;
      const message = `${root}: no answer within ${answerMs / 1000} s from its disk or file server; ${advice}`;
      reject(new UserError(message, exitCodes.inputOutput));
    }, answerMs);
    child.once('message', (answer) => settle(() => resolve(answer)));
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', () => settle(() => resolve(undefined)));
    child.send(order);
  });
}
