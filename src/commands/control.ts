import { askControl, ControlError, socketPathOf } from '../daemon/control-server.js';
import { type Heartbeat, isAliveElsewhere, maybeHeartbeat } from '../daemon/heartbeat.js';
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
    const cannot = error.trouble === 'permission' ? exitCodes.noPermission : exitCodes.cannotCreate;
    throw new UserError(error.message, action === 'reload' ? exitCodes.config : cannot);
  }
}

/** What the watcher of the config's root, on whatever host, last said of itself; undefined where that was never. */
export function maybeLastHeartbeat({ environment }: CommandContext, loaded: Loaded): Heartbeat | undefined {
  const root = requireRoot(loaded);
  return maybeHeartbeat(stateFolderOf(root, loaded.config, environment), root);
}

/** For what only a watcher can do that runs on this host: says where it runs, or last ran. */
export function noWatcher(context: CommandContext, loaded: Loaded, command: string): UserError {
  const root = requireRoot(loaded);
  const heartbeat = maybeLastHeartbeat(context, loaded);
  if (heartbeat === undefined) {
    const advice = 'tlw watch --root DIR starts one, tlw service install keeps one running';
    return new UserError(`no watcher of ${root} answers on this host; ${advice}`, exitCodes.unavailable);
  }
  const { host, hasStopped } = heartbeat;
  const heard = ageOf(heartbeat);
  if (isAliveElsewhere(heartbeat)) {
    const advice = `ssh ${host} tlw ${command} --root ${root}`;
    return new UserError(
      `the watcher of ${root} runs on ${host} (heard of ${heard}), and cannot be reached from here: ${advice}`,
      exitCodes.unavailable,
    );
  }
  const end = hasStopped
    ? `the last one ran on ${host} and was stopped ${heard}`
    : `the last one ran on ${host} and was last heard of ${heard}: it was killed, or its host is down`;
  return new UserError(`no watcher of ${root} answers on this host; ${end}`, exitCodes.unavailable);
}

/** How long ago a heartbeat was written: `40 s ago`, `3 h ago`. */
export function ageOf({ atMs }: Heartbeat, nowMs = Date.now()): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
