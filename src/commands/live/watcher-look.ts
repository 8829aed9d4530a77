/** Whether a watcher keeps what the screen shows up to date. */

import { join } from 'node:path';
import { heartbeatMs, maybeSignOfLife, rootHeartbeat, type SignOfLife, signOfLife } from '../../daemon/sign-of-life.js';
import { askRoot } from '../control.js';

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
      const heartbeat = await askRoot(root, (jobs) => jobs.maybeHeartbeatIn(join(root, rootHeartbeat)));
      asked = { sign: heartbeat && signOfLife(heartbeat, nowMs), atMs: nowMs };
    }
    const { sign } = asked;
    return own === undefined || (sign !== undefined && sign.atMs > own.atMs) ? sign : own;
  };
}
