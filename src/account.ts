/** Whose program this is. The system may not know: a container, or a directory of users that does not answer. */

import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf } from './errors.js';
import { exitCodes, UserError } from './user-error.js';

/** The name of the user, or the number where the system has no name for it; Slurm and systemd take either. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** A base folder of the user's by the XDG rules, such as `$XDG_STATE_HOME`; one that is not absolute is none. Throws as `homeFolder`. */
export function baseFolder(
  environment: Readonly<Record<string, string | undefined>>,
  variable: 'XDG_CACHE_HOME' | 'XDG_CONFIG_HOME' | 'XDG_STATE_HOME',
): string {
  const named = environment[variable];
  return named !== undefined && isAbsolute(named) ? named : join(homeFolder(environment), defaultFolders[variable]);
}

const defaultFolders = { XDG_CACHE_HOME: '.cache', XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' };

/** The user's home folder, absolute. Throws a `UserError` where neither `HOME` nor the system tells. */
export function homeFolder(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    return environment.HOME || homedir();
  } catch (error) {
    throw new UserError(
      `HOME: expected the path of your home folder, got nothing, and the system knows none either: ${messageOf(error)}`,
      exitCodes.config,
    );
  }
}
