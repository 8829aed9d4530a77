/** Whether a watcher of a root runs, from what it writes once a minute; without what its other words need to be checked. */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../is-running.js';
import { readText } from '../read-file.js';
import { rootFolder } from '../watch/root-folder.js';

/** How often a watcher writes its heartbeat. */
export const heartbeatMs = 60_000;
/** Written a minute ago, seen through a cache of another minute, and some patience. */
export const aliveMs = 3 * heartbeatMs;
/** Name of the heartbeat in the state folder. */
export const heartbeatName = 'heartbeat.json';
/** Where the state folder is for this host alone, the same lies in the root's own folder. */
export const rootHeartbeat = join(rootFolder, '.heartbeat.json');

export interface SignOfLife {
  readonly host: string;
  /** When it was written, ms since 1970. */
  readonly atMs: number;
  /** Whether the watcher can be taken to run still. */
  readonly isAlive: boolean;
}

/** The last sign that a watcher gave in a state folder; undefined where it never gave one, or none can be read. */
export function maybeSignOfLife(stateFolder: string, nowMs: number): SignOfLife | undefined {
  try {
    return maybeSignIn(readText(join(stateFolder, heartbeatName)), nowMs);
  } catch {
    return undefined;
  }
}

/** The control socket of the watcher of this host that gave that sign; undefined where it told none. */
export function maybeSocketPath(stateFolder: string): string | undefined {
  try {
    const { host, socket } = Object(JSON.parse(readText(join(stateFolder, heartbeatName))));
    return host === hostname() && typeof socket === 'string' ? socket : undefined;
  } catch {
    return undefined;
  }
}

/** What the text of a heartbeat's file is a sign of; undefined where it is none. */
export function maybeSignIn(text: string, nowMs: number): SignOfLife | undefined {
  let heartbeat: unknown;
  try {
    heartbeat = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof heartbeat !== 'object' || heartbeat === null) return undefined;
  const { host, pid, atMs, hasStopped } = heartbeat as Readonly<Record<string, unknown>>;
  if (typeof host !== 'string' || typeof atMs !== 'number' || typeof pid !== 'number') return undefined;
  // On this host one that was killed is known by its number before its last word is old.
  const isHeard = hasStopped === false && nowMs - atMs < aliveMs;
  return { host, atMs, isAlive: isHeard && (host !== hostname() || isRunning(pid)) };
}
