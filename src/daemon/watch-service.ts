import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { socketPathsOf } from './control-server.js';
import type { DatabaseCare } from './database-care.js';
import type { Heartbeat } from './heartbeat.js';
import { type KeptControl, keepControl } from './keep-control.js';
import type { Publisher } from './publisher.js';
import { replaceFile } from './replace-file.js';
import type { ServiceManager } from './service-manager.js';
import type { Session } from './session.js';
import { heartbeatMs, heartbeatName, rootHeartbeat } from './sign-of-life.js';
import { sentenceOf, statusOf, type WatcherStatus } from './watcher-status.js';

export interface WatchServiceOptions {
  readonly publisher: Publisher;
  readonly care: DatabaseCare;
  readonly manager: ServiceManager;
  /** Has the config read again; throws where it is wrong. */
  readonly reread: () => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface WatchService {
  /** To be called at each turn of the loop. */
  beat(): void;
  /** `isLast`: the watcher ends, rather than beginning anew with another config. */
  close(isLast: boolean): Promise<void>;
}

/** Longest time between two turns of the loop while no child is at work; the children have deadlines of their own. */
const longestTurnMs = 120_000;
const statusMs = 10_000;
/** Shorter than the patience of commands. */
const controlMs = 3_000;

/** Makes a watcher answer its user (control socket) and the service manager (ready, status, watchdog). */
export async function serveWatch(session: Session, options: WatchServiceOptions): Promise<WatchService> {
  const { manager, publisher } = options;
  let turnedMs = performance.now();
  const isTurning = (): boolean => performance.now() - turnedMs < longestTurnMs || session.jobs.running() > 0;
  const isMoving = (): boolean => isTurning() && session.watcher.isMoving();
  let said = '';
  let saidAfter = '';
  let beatMs = Number.NEGATIVE_INFINITY;
  const control = await listen(session, options);
  const say = (isBeatDue = performance.now() - beatMs >= heartbeatMs): void => {
    // Counting all that is known takes a while: without news there is nothing to say.
    const news = `${session.news.told} ${publisher.lastMs} ${session.jobs.running()}`;
    if (news === saidAfter && !isBeatDue) return;
    saidAfter = news;
    const watched = session.watcher.status();
    const sentence = sentenceOf(session, publisher, watched);
    manager.status(sentence);
    if (sentence === said && !isBeatDue) return;
    said = sentence;
    beatMs = performance.now();
    void beatHeart(session, control, statusOf(session, publisher, watched), false);
  };
  const keep = async (): Promise<void> => {
    // Where it is now is told at once.
    if (await control.look()) say(true);
  };
  const timers = [setInterval(() => say(), statusMs), setInterval(() => void keep(), controlMs)];
  if (manager.watchdogMs !== null) {
    timers.push(setInterval(() => isMoving() && manager.alive(), manager.watchdogMs / 3));
  }
  manager.ready();
  say();
  return {
    beat: () => {
      turnedMs = performance.now();
    },
    close: async (isLast) => {
      for (const timer of timers) clearInterval(timer);
      control.close();
      await beatHeart(session, control, statusOf(session, publisher), isLast);
    },
  };
}

/** Where it cannot be written, those elsewhere see that it grows old. */
async function beatHeart(
  session: Session,
  control: KeptControl,
  status: WatcherStatus,
  hasStopped: boolean,
): Promise<void> {
  const heartbeat: Heartbeat = { ...status, atMs: session.now(), hasStopped };
  try {
    const file = join(dirname(session.store.file), heartbeatName);
    replaceFile(file, `${JSON.stringify({ ...heartbeat, socket: control.path() })}\n`, String(process.pid));
    if (!isRootNeeded(session)) return;
    await session.jobs.leaveInRoot({ root: session.root, path: rootHeartbeat, kind: 'heartbeat', content: heartbeat });
  } catch (error) {
    session.log.debug('heartbeat could not be written', { reason: messageOf(error) });
  }
}

/** Other hosts see the root, and not the state folder; a root that does not answer is left alone. */
function isRootNeeded({ fileSystem, watcher, health }: Session): boolean {
  if (health.has('ROOT_STALLED') || health.has('ROOT_MISSING')) return false;
  return fileSystem === 'local' && watcher.status().fileSystem?.isLocal === false;
}

function listen(session: Session, { publisher, care, reread, environment }: WatchServiceOptions): Promise<KeptControl> {
  return keepControl(
    socketPathsOf(dirname(session.store.file), environment),
    {
      status: () => statusOf(session, publisher),
      export: () => care.serve(() => publisher.exportNow()),
      rescan: (argument) =>
        care.serve(async () => {
          const { path: below, acceptDeletions } = Object(argument);
          session.watcher.rescan(typeof below === 'string' ? below : '', { acceptDeletions: acceptDeletions === true });
          await session.watcher.pass();
          return statusOf(session, publisher);
        }),
      reload: () => reread(),
    },
    session.log,
  );
}
