import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../errors.js';
import { serveControl, socketPathOf } from './control-server.js';
import type { DatabaseCare } from './database-care.js';
import type { Publisher } from './publisher.js';
import type { ServiceManager } from './service-manager.js';
import type { Session } from './session.js';

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
  close(): void;
}

/** Longest time between two turns of the loop while no child is at work; the children have deadlines of their own. */
const longestTurnMs = 120_000;
const statusMs = 10_000;

/** Makes a watcher answer its user (control socket) and the service manager (ready, status, watchdog). */
export async function serveWatch(session: Session, options: WatchServiceOptions): Promise<WatchService> {
  const { manager, publisher } = options;
  let turnedMs = performance.now();
  const isMoving = (): boolean => performance.now() - turnedMs < longestTurnMs || session.jobs.running() > 0;
  const timers = [setInterval(() => manager.status(sentenceOf(session, publisher)), statusMs)];
  if (manager.watchdogMs !== null) {
    timers.push(setInterval(() => isMoving() && manager.alive(), manager.watchdogMs / 3));
  }
  const close = await listen(session, options);
  manager.ready();
  manager.status(sentenceOf(session, publisher));
  return {
    beat: () => {
      turnedMs = performance.now();
    },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      close();
    },
  };
}

/** What `tlw status` shows of a running watcher. */
function statusOf(session: Session, publisher: Publisher) {
  return {
    host: hostname(),
    pid: process.pid,
    root: session.root,
    text: sentenceOf(session, publisher),
    health: [...session.health.values()],
    lastPublishedMs: publisher.lastMs,
    watch: session.watcher.status(),
    slurmCalls: session.slurmCalls,
  };
}

function sentenceOf({ watcher, health }: Session, { lastMs }: Publisher): string {
  const { logs, waiting, dueLooks } = watcher.status();
  const experiments = Object.values(logs).reduce((sum, count) => sum + count, 0) - logs.ignored;
  const running = logs.new + logs.growing + logs.quiet + logs.parsing;
  const [trouble] = health.values();
  return [
    trouble,
    `watching ${experiments.toLocaleString('en')} experiments`,
    `${running} running`,
    waiting > 0 ? `${waiting} to be read` : dueLooks > 100 ? `${dueLooks} looks to go` : undefined,
    lastMs === null ? undefined : `last workbook ${new Date(lastMs).toTimeString().slice(0, 5)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

async function listen(
  session: Session,
  { publisher, care, reread, environment }: WatchServiceOptions,
): Promise<() => void> {
  const path = socketPathOf(dirname(session.store.file), environment);
  try {
    return await serveControl(path, {
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
    });
  } catch (error) {
    const reason = messageOf(error);
    session.log.warn('no control socket, commands cannot reach this watcher', { path, reason });
    return () => {};
  }
}
