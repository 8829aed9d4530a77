/**
 * What a watcher does, written once a minute for those who cannot reach its control socket: other login nodes that share
 * the state folder, or at least the root.
 */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readText } from '../read-file.js';
import type { Jobs } from './jobs.js';
import { aliveMs, heartbeatName, rootHeartbeat } from './sign-of-life.js';
import type { WatcherStatus } from './watcher-status.js';

export interface Heartbeat extends WatcherStatus {
  /** When it was written, ms since 1970. */
  readonly atMs: number;
  /** The watcher ended then, and said so. */
  readonly hasStopped: boolean;
}

/** The heartbeat in a file; undefined where there is none, or it cannot be read. */
export function maybeHeartbeatIn(file: string): Heartbeat | undefined {
  try {
    return heartbeatSchema.parse(JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}

/**
 * The newest heartbeat of a root's watcher; undefined where there is none, or none can be read. The root is asked by a child, and
 * only where the state folder knows of no watcher that lives; a `null` root is not asked. A root that does not answer is a
 * `ChildError`.
 */
export async function maybeHeartbeat(
  stateFolder: string,
  root: string | null,
  jobs: Pick<Jobs, 'maybeHeartbeatIn'>,
): Promise<Heartbeat | undefined> {
  const own = maybeHeartbeatIn(join(stateFolder, heartbeatName));
  if (root === null || (own !== undefined && isAliveElsewhere(own))) return own;
  const other = await jobs.maybeHeartbeatIn(join(root, rootHeartbeat));
  return other === undefined || (own !== undefined && own.atMs > other.atMs) ? own : other;
}

/** Whether the watcher that wrote it can be taken to run still: on another host, where nobody can look. */
export function isAliveElsewhere({ host, atMs, hasStopped }: Heartbeat, nowMs = Date.now()): boolean {
  return !hasStopped && host !== hostname() && nowMs - atMs < aliveMs;
}

const heartbeatSchema: z.ZodType<Heartbeat> = z.object({
  host: z.string(),
  pid: z.number(),
  root: z.string(),
  text: z.string(),
  health: z.array(z.string()),
  lastPublishedMs: z.number().nullable(),
  fileSystem: z.string().nullable(),
  unreadable: z.array(z.object({ path: z.string(), reason: z.string() })),
  usage: z.object({
    metadataOperations: z.number(),
    cpuSeconds: z.number(),
    bytesRead: z.number(),
    slurmCalls: z.number(),
    minutes: z.number(),
  }),
  logs: z.record(z.string(), z.number()),
  backlog: z.object({ toRead: z.number(), toWrite: z.number(), etaSeconds: z.number().nullable() }),
  loopDelay: z.object({ maxMs: z.number(), p99Ms: z.number(), minutes: z.number() }),
  atMs: z.number(),
  hasStopped: z.boolean(),
});
