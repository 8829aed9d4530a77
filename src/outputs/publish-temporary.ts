/** Temporary files of `publish`: names that nobody can guess, and the removal of those whose process is dead. */

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../is-running.js';
import { bytesOfPath } from '../path-text.js';

const namePattern = /^\.tlw-([0-9a-f]{8})-([0-9a-f]{8})-(\d+)-[0-9a-f]{32}\.tmp$/;
const dayMs = 24 * 60 * 60 * 1000;

/** A path for a temporary file in `folder`: it names host, boot and process, and has 128 random bits. */
export function temporaryPath(folder: string): string {
  const { host, boot } = thisHost();
  return join(folder, `.tlw-${host}-${boot}-${process.pid}-${randomBytes(16).toString('hex')}.tmp`);
}

/**
 * Removes the temporary files in `folder` that a dead process of this host left, and those of any host that are more than a
 * day old; returns their names. A file of another user, or whose process may live, stays.
 */
export async function removeLeftovers(folder: string, nowMs: () => number = Date.now): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(bytesOfPath(folder))) {
    const match = namePattern.exec(name);
    if (!match) continue;
    const path = join(folder, name);
    const stats = await lstat(bytesOfPath(path)).catch(() => undefined);
    if (!stats?.isFile() || stats.uid !== process.getuid?.()) continue;
    const isOld = nowMs() - stats.mtimeMs > dayMs;
    if (!isOld && !isDead(match[1], match[2], Number(match[3]))) continue;
    await unlink(bytesOfPath(path));
    removed.push(name);
  }
  return removed;
}

function isDead(host: string | undefined, boot: string | undefined, pid: number): boolean {
  const here = thisHost();
  if (host !== here.host) return false;
  if (boot !== here.boot) return true;
  return !isRunning(pid);
}

interface Host {
  readonly host: string;
  readonly boot: string;
}

let known: Host | undefined;

function thisHost(): Host {
  known ??= { host: shortHash(hostname()), boot: shortHash(readBootId()) };
  return known;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
  } catch {
    // Not Linux: leftovers of an earlier boot are then known by their process alone.
    return '';
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
