import { askControl, ControlError, socketPathOf } from '../daemon/control-server.js';
import { stateFolderOf } from '../daemon/places.js';
import { exitCodes, UserError } from '../user-error.js';
import type { CommandContext } from './context.js';
import { requireRoot } from './once.js';

type Loaded = ReturnType<CommandContext['loadConfig']>;

/** Asks the watcher of the config's root that runs on this host; undefined where none does. */
export async function askWatcher(
  context: CommandContext,
  loaded: Loaded,
  action: string,
  argument: unknown = null,
): Promise<unknown> {
  const { environment } = context;
  const stateFolder = stateFolderOf(requireRoot(loaded), loaded.config, environment);
  try {
    return await askControl(socketPathOf(stateFolder, environment), action, argument);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    throw new UserError(error.message, action === 'reload' ? exitCodes.config : exitCodes.cannotCreate);
  }
}

/** For what only a running watcher can do. */
export function noWatcher(loaded: Loaded): UserError {
  const root = requireRoot(loaded);
  return new UserError(
    `no watcher of ${root} answers on this host; tlw watch --root DIR starts one`,
    exitCodes.unavailable,
  );
}
