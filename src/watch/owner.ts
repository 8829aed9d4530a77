/** Names of users, which Node does not know. */

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
