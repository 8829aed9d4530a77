import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { databaseOf, stateFolderOf } from '../daemon/places.js';
import { closeStore } from '../store/open.js';
import { maybeSqliteCode } from '../store/sqlite.js';
import type { Store } from '../store/store.js';
import { asDatabaseError } from '../store/trouble.js';
import { exitCodes, UserError } from '../user-error.js';
import { type CommandContext, rootFlag } from './context.js';
import { openDatabase } from './open-database.js';

/** Opens the live database of a root, which a watcher may have open too, for a command that writes into it; `create` where there is none. */
export function withLiveStore<Result>(
  context: CommandContext,
  root: string | undefined,
  use: (store: Store) => Result,
  { create = false } = {},
): Result {
  const { config } = context.loadConfig([rootFlag(root)]);
  const folder = resolve(config.root ?? context.folder);
  const file = databaseOf(stateFolderOf(folder, config, context.environment));
  if (!create && !existsSync(file))
    throw new UserError(
      `${folder}: expected a root that tlw has read on this host; what is written goes into its database`,
      exitCodes.noInput,
    );
  const store = openDatabase(file);
  let isPending = false;
  try {
    const result = use(store);
    if (!(result instanceof Promise)) return result;
    isPending = true;
    const told = result.catch((error: unknown) => Promise.reject(explained(error, file)));
    return told.finally(() => closeStore(store)) as Result;
  } catch (error) {
    throw explained(error, file);
  } finally {
    if (!isPending) closeStore(store);
  }
}

/** What SQLite says is told as what it means; whatever else went wrong has words of its own. */
function explained(error: unknown, file: string): unknown {
  return maybeSqliteCode(error) === undefined ? error : asDatabaseError(error, file);
}
