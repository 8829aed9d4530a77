import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildError } from '../daemon/child-error.js';
import { askControl, ControlError, socketPathsOf } from '../daemon/control-server.js';
import { type Heartbeat, isAliveElsewhere, maybeHeartbeat } from '../daemon/heartbeat.js';
import { type Jobs, startJobs } from '../daemon/jobs.js';
import { stateFolderOf } from '../daemon/places.js';
import { maybeSignOfLife, maybeSocketPath } from '../daemon/sign-of-life.js';
import { exitCodes, UserError } from '../user-error.js';
import type { CommandContext } from './context.js';
import { requireRoot } from './requirements.js';

type Loaded = ReturnType<CommandContext['loadConfig']>;

/** A watcher that reads its config again answers nobody until its children are done. */
const patienceMs = 10_000;

/** Asks the watcher of the config's root that runs on this host; undefined where none does. */
export async function askWatcher(
  context: CommandContext,
  loaded: Loaded,
  action: string,
  argument: unknown = null,
): Promise<unknown> {
  const { environment } = context;
  const stateFolder = stateFolderOf(requireRoot(loaded), loaded.config, environment);
  const untilMs = Date.now() + patienceMs;
  try {
    for (;;) {
      // It may run with other variables than this command, such as one of cron.
      const paths = new Set([maybeSocketPath(stateFolder) ?? [], ...socketPathsOf(stateFolder, environment)].flat());
      for (const path of paths) {
        const answer = await askControl(path, action, argument);
        if (answer !== undefined) return answer;
      }
      if (Date.now() >= untilMs || !livesHere(stateFolder)) return undefined;
      await sleep(100);
    }
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const cannot = error.trouble === 'permission' ? exitCodes.noPermission : exitCodes.cannotCreate;
    throw new UserError(error.message, action === 'reload' ? exitCodes.config : cannot);
  }
}

function livesHere(stateFolder: string): boolean {
  const sign = maybeSignOfLife(stateFolder, Date.now());
  return sign?.isAlive === true && sign.host === hostname();
}

/** What the watcher of the config's root, on whatever host, last said of itself; undefined where that was never. */
export function maybeLastHeartbeat({ environment }: CommandContext, loaded: Loaded): Promise<Heartbeat | undefined> {
  const root = requireRoot(loaded);
  return askRoot(root, (jobs) => maybeHeartbeat(stateFolderOf(root, loaded.config, environment), root, jobs));
}

/** Asks the root by a child that can be killed: that a mount hangs is told, and not waited for. */
export async function askRoot<Answer>(root: string, ask: (jobs: Jobs) => Promise<Answer>): Promise<Answer> {
  const jobs = startJobs(1);
  try {
    return await ask(jobs);
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const advice = `where a watcher runs cannot be seen in it; tlw doctor --root ${root} says more`;
    throw new UserError(`${root}: ${error.message} from its disk or file server; ${advice}`, exitCodes.inputOutput, {
      cause: error,
    });
  } finally {
    await jobs.close();
  }
}

/** For what only a watcher can do that runs on this host: says where it runs, or last ran, by its heartbeat. */
export function noWatcher(loaded: Loaded, command: string, heartbeat: Heartbeat | undefined): UserError {
  const root = requireRoot(loaded);
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
