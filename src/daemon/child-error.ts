/** What may go wrong with a child process. */

import { errnoOf, messageOf } from '../errors.js';

/** A child process could not be started, died, or was killed because it did not answer. */
export class ChildError extends Error {
  override readonly name = 'ChildError';

  constructor(
    message: string,
    readonly hasTimedOut: boolean,
    /** The child began with the work; else it can be given to another. */
    readonly hasBegun: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Why the system gives no child: no more processes or threads, or no memory for one. Some errors come at once, others as an event. */
export function maybeRefusal(reason: unknown): string | undefined {
  const isOfSpawning = errnoOf(reason) !== undefined && String(Object(reason).syscall).startsWith('spawn');
  return isOfSpawning ? messageOf(reason) : undefined;
}

/** ` (SIGKILL)`, where that is why a child died; else nothing. */
export function signalOf(error: Error): string {
  const signal = /signalCode: `(SIG\w+)`/.exec(error.message)?.[1];
  return signal === undefined ? '' : ` (${signal})`;
}
