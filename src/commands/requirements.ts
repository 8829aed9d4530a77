/** What a command must have before it begins. */

import { statSync } from 'node:fs';
import type { LoadedConfig } from '../config.js';
import { exitCodes, UserError } from '../user-error.js';
import { troubleOf } from '../watch/trouble.js';
import { maybeTimeInRoot } from './slow-root/ask-root.js';

/** The root that the config names. */
export function requireRoot({ config }: LoadedConfig): string {
  if (config.root !== null) return config.root;
  throw new UserError('expected --root DIR, the folder that holds the experiments', exitCodes.usage);
}

/** A dialect with a mistake is told before any log is read; throws a ConfigError. */
export async function requireDialects({ config }: LoadedConfig): Promise<void> {
  if (config.dialects.length === 0) return;
  const { readUserDialect } = await import('../log/dialects/user-dialect.js');
  for (const file of config.dialects) readUserDialect(file);
}

/** A mistyped root is a mistake when a person waits for the result, and must leave nothing behind. */
export async function requireFolder(root: string): Promise<void> {
  await maybeTimeInRoot(root, root);
  try {
    if (statSync(root).isDirectory()) return;
  } catch (error) {
    throw new UserError(
      `${root}: expected the folder that holds the experiments; ${troubleOf(error).reason}`,
      exitCodes.noInput,
    );
  }
  throw new UserError(`${root}: expected the folder that holds the experiments, got a file`, exitCodes.noInput);
}
