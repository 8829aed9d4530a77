/** Whether a watcher keeps what the screen shows up to date. */

import { join } from 'node:path';
import {
  heartbeatMs,
  maybeSignIn,
  maybeSignOfLife,
  rootHeartbeat,
  type SignOfLife,
} from '../../daemon/sign-of-life.js';
import { maybeTextInRoot } from '../slow-root/ask-root.js';

/** Looks for the last sign of a watcher; undefined where there never was one. */
export type WatcherLook = (nowMs: number) => Promise<SignOfLife | undefined>;

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
      const text = await maybeTextInRoot(root, join(root, rootHeartbeat));
      asked = { sign: text === undefined ? undefined : maybeSignIn(text, nowMs), atMs: nowMs };
    }
    const { sign } = asked;
    return own === undefined || (sign !== undefined && sign.atMs > own.atMs) ? sign : own;
  };
}
