import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.js';
import type { LogMessages } from '../log-messages.js';
import type { ChosenObjective } from '../objective.js';
import { closeStore } from '../store/open.js';
import { openOrRecoverStore } from '../store/recover.js';
import type { FileSystemKind } from '../store/sqlite.js';
import type { Store } from '../store/store.js';
import { asDatabaseError } from '../store/trouble.js';
import { type FileSystem, fileSystemOf } from '../watch/file-system.js';
import type { WatchChanges } from '../watch/records.js';
import type { WatchSettings } from '../watch/settings.js';
import { readSlurmQueue } from '../watch/slurm-queue.js';
import { startWatcher, type Watcher } from '../watch/watcher.js';
import { type Backlog, createBacklog } from './backlog.js';
import { claimOutputFolder, claimRoot } from './claim-root.js';
import { type Hold, takeHold } from './hold.js';
import { type Jobs, startJobs } from './jobs.js';
import { type LoopMeter, startLoopMeter } from './loop-delay.js';
import { createNews, type News } from './news.js';
import { type Notice, noteFirstWatch } from './notify.js';
import { databaseOf, fileSystemAt, stateFolderOf } from './places.js';
import { createReadings, type ReadExperiment, type Readings } from './read-logs.js';
import { readShareGroup } from './share-group.js';
import { createUsage, type Usage } from './usage.js';
import { readKnowledge } from './watch-records.js';
import { watchSettings } from './watch-settings.js';

/** One root being watched: what is known of it, where that is kept, and who does the work. */
export interface Session {
  /** Absolute. */
  readonly root: string;
  readonly config: Config;
  readonly store: Store;
  /** What the database lies on. */
  readonly fileSystem: FileSystemKind;
  /** That no other daemon has the database. */
  readonly hold: Hold;
  readonly jobs: Jobs;
  readonly watcher: Watcher;
  readonly log: LogMessages;
  /** Come when there may be something to read or to save. */
  readonly news: News;
  /** ms since 1970, UTC. */
  readonly now: () => number;
  readonly usage: Usage;
  /** Number of the group that outputs are shared with; null where they are not. */
  readonly shareGroupId: number | null;
  /** What was seen and read, but not yet saved. */
  readonly unsaved: {
    readonly changes: WatchChanges[];
    readonly experiments: ReadExperiment[];
    /** Of savings that failed, by what they say: that such a one was done all the same is possible. */
    /** Why logs could not be read, by key: for those whose state is not saved yet. */
    readonly failures: Map<string, string | null>;
    readonly notices: Map<string, Notice>;
  };
  readonly readings: Readings;
  /** What is amiss with the root or the watching of it: a sentence by flag. */
  readonly health: Map<string, string>;
  /** What is still to be done. */
  readonly backlog: Backlog;
  /** How long the program's loop does not turn. */
  readonly meter: LoopMeter;
  objective: ChosenObjective | null;
  /** Settles when the user's command was told all that was found so far. */
  sending: Promise<void>;
}

export interface SessionOptions {
  readonly root: string;
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: LogMessages;
  /** How many logs may be read, or reports drawn, at once. */
  readonly children: number;
  /** Everything is looked at once; nothing is waited for but what is about to be finished. */
  readonly isSinglePass?: boolean;
  /** What is other than usual on such a file system. */
  readonly settings?: (usual: WatchSettings, isLocal: boolean) => Partial<WatchSettings>;
  readonly now?: () => number;
  /** Somebody rang in the doorbell folder. */
  readonly onBell?: (name: string) => void;
  /** What this process cost before this root. */
  readonly usage?: Usage;
  /** Ends the wait for another host's daemon. */
  readonly signal?: AbortSignal;
}

/** Opens the database of a root and begins to watch it. Throws what `takeHold`, `openStore` and `claimRoot` throw, or a `DatabaseError`. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { root, config, environment, log, children, isSinglePass = false, now = Date.now } = options;
  const { usage = createUsage() } = options;
  const shareGroupId = readShareGroup(config.shareGroup);
  const stateFolder = stateFolderOf(root, config, environment);
  const fileSystem = fileSystemAt(stateFolder).isLocal ? 'local' : 'remote';
  const { hold, store } = await openHeld(stateFolder, fileSystem, options);
  const jobs = startJobs(children);
  try {
    await claimRoot(store, root, jobs);
    await claimOutputFolder({ root, config, shareGroupId }, jobs);
  } catch (error) {
    await jobs.close();
    closeStore(store);
    hold.release();
    throw asDatabaseError(error, store.file);
  }
  // Until the root's file system is known it is taken for one of the network.
  const settings = (rootSystem: FileSystem | null): WatchSettings =>
    settingsFor(rootSystem ?? fileSystemOf(0), options);
  const known = await readKnowledge(store, settings(null));
  log.debug('database opened', { database: store.file, fileSystem, logs: known.logs.size });
  const news = createNews();
  const watcher = startWatcher({
    ...{ root, known, settings, isSinglePass, onNews: news.tell },
    ...(options.onBell && { onBell: options.onBell }),
    ...(config.watch.queue && !isSinglePass && { readQueue: () => askQueue(usage) }),
  });
  return {
    ...{ root, config, store, fileSystem, hold, jobs, watcher, log, news, now, usage, shareGroupId },
    unsaved: { changes: [], experiments: [], failures: new Map(), notices: new Map() },
    readings: createReadings(),
    health: new Map(),
    backlog: createBacklog(),
    meter: startLoopMeter(),
    objective: null,
    sending: Promise.resolve(),
  };
}

/** How long the end of the program waits for the user's command. */
const longestSendMs = 5000;
/** And how long it waits for children that were told to end. */
const longestEndMs = 4000;

/** Ends the children and closes the database. */
export async function closeSession({ watcher, jobs, store, hold, sending, meter }: Session): Promise<void> {
  meter.close();
  await Promise.race([sending, sleep(longestSendMs, undefined, { ref: false })]);
  const ending = new AbortController();
  // A child that does not let go must not keep the database from being closed.
  await Promise.race([
    Promise.all([watcher.close(), jobs.close()]),
    sleep(longestEndMs, undefined, { signal: ending.signal }).catch(() => undefined),
  ]);
  ending.abort();
  closeStore(store);
  hold.release();
}

/** Name of the root's folder, for people. */
export function rootName({ root }: Pick<Session, 'root'>): string {
  return basename(root) || root;
}

function askQueue(usage: Usage): ReturnType<typeof readSlurmQueue> {
  usage.addSlurmCall();
  return readSlurmQueue();
}

async function openHeld(
  stateFolder: string,
  fileSystem: FileSystemKind,
  { log, signal, now = Date.now }: SessionOptions,
): Promise<{ readonly hold: Hold; readonly store: Store }> {
  const file = databaseOf(stateFolder);
  let hold: Hold | undefined;
  try {
    hold = await takeHold(stateFolder, { isLocal: fileSystem === 'local', log, signal });
    const { store, recovery } = openOrRecoverStore(file, { fileSystem });
    if (recovery !== null) {
      const { asideFile, backupFile, experiments, notes } = recovery;
      const fields = { movedTo: asideFile, backup: backupFile, experiments, notes };
      log.error('database was damaged: a backup or a new one takes its place, and logs are read again', fields);
    }
    noteFirstWatch(store, now());
    return { hold, store };
  } catch (error) {
    hold?.release();
    throw asDatabaseError(error, file);
  }
}

function settingsFor(fileSystem: FileSystem, { config, settings }: SessionOptions): WatchSettings {
  const usual = watchSettings(fileSystem, config);
  const { settleSeconds, quietSeconds } = config.finished;
  return {
    ...usual,
    ...settings?.(usual, fileSystem.isLocal),
    ...(settleSeconds !== null && { settleMs: usual.settleMs }),
    ...(quietSeconds !== null && { quietMs: usual.quietMs }),
  };
}
