/** Users by name and number, of which Node knows nothing. */

import { spawnSync } from 'node:child_process';

const names = new Map<number, string>();

/** The name of a user, or the number where the system has no name for it; asked once each. */
export function ownerName(uid: number): string {
  let name = names.get(uid);
  if (name === undefined) {
    const asked = spawnSync('id', ['-nu', String(uid)], { encoding: 'utf8', timeout: 2000 });
    name = (asked.status === 0 && asked.stdout.trim()) || String(uid);
    names.set(uid, name);
  }
  return name;
}

/** The number of a user; undefined where there is none of that name. */
export function ownerId(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const asked = spawnSync('id', ['-u', '--', name], { encoding: 'utf8', timeout: 2000 });
  return asked.status === 0 ? Number(asked.stdout) : undefined;
}
