import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { exitCodes, UserError } from '../user-error.js';

/** Number of the group that outputs are shared with; null where they are not. Throws a `UserError` where it cannot be. */
export function readShareGroup(name: string | null): number | null {
  if (name === null) return null;
  const id = /^\d+$/.test(name) ? Number(name) : maybeGroupId(name);
  if (id === undefined) {
    throw new UserError(
      `shareGroup: expected the name of a group, got "${name}"; id -Gn lists yours`,
      exitCodes.config,
    );
  }
  const isMember = process.getuid?.() === 0 || process.getgid?.() === id || process.getgroups?.().includes(id) === true;
  if (isMember) return id;
  throw new UserError(
    `shareGroup: expected a group that you are in, got "${name}"; id -Gn lists yours`,
    exitCodes.config,
  );
}

/** getent also knows the groups of a directory service; where there is none, the host's own file must do. */
function maybeGroupId(name: string): number | undefined {
  return (
    idOf(
      name,
      tryTo(() => execFileSync('getent', ['group', name], { ...options, stdio: ['ignore', 'pipe', 'ignore'] })),
    ) ?? idOf(name, tryTo(readOwnGroups))
  );
}

const options = { encoding: 'utf8', timeout: 10_000 } as const;

function readOwnGroups(): string {
  return readFileSync('/etc/group', 'utf8');
}

function idOf(name: string, text: string): number | undefined {
  const id = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([group]) => group === name)?.[2];
  return id === undefined ? undefined : Number(id);
}

function tryTo(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
