import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Config } from '../config.js';
import type { LogMessages } from '../log-messages.js';
import type { ChosenObjective } from '../objective.js';
import { openStore } from '../store/open.js';
import type { Store } from '../store/store.js';
import { type Budget, createBudget } from '../watch/budget.js';
import { fileSystemOf } from '../watch/file-system.js';
import { agendaKey, type Known, type WatchClock } from '../watch/known.js';
import type { ScanSettings } from '../watch/look.js';
import { reviveKnown, type WatchChanges } from '../watch/records.js';
import { defaultSettings, type WatchSettings } from '../watch/settings.js';
import type { Jobs } from './jobs.js';
import { databaseOf, fileSystemAt, stateFolderOf } from './places.js';
import type { ReadExperiment } from './read-logs.js';
import { readKnowledge } from './watch-records.js';

/** One root being watched: what is known of it, where that is kept, and who does the work. */
export interface Session {
  /** Absolute. */
  readonly root: string;
  readonly config: Config;
  readonly settings: WatchSettings;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly known: Known;
  readonly budget: Budget;
  readonly log: LogMessages;
  readonly clock: WatchClock;
  /** What was seen and read, but not yet saved. */
  readonly unsaved: { readonly changes: WatchChanges[]; readonly experiments: ReadExperiment[] };
  /** Why the root or the watching of it is in trouble, by flag; null where the trouble is over. */
  readonly health: Map<string, string>;
  objective: ChosenObjective | null;
}

export interface SessionOptions {
  readonly root: string;
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly jobs: Jobs;
  readonly log: LogMessages;
  /** What is other than usual for this kind of file system. */
  readonly settings?: (settings: WatchSettings, isLocal: boolean) => Partial<WatchSettings>;
  readonly clock?: WatchClock;
}

/** The root cannot be looked at; `message` says why. */
export class RootError extends Error {
  override readonly name = 'RootError';
}

/** Looks at the root, and opens its database. Throws a `RootError`, and what `openStore` throws. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { root, config, environment, jobs, log, clock = realClock } = options;
  const fileSystem = await lookAtRoot(options);
  const usual = settingsOf(defaultSettings(fileSystem), config);
  const settings = { ...usual, ...options.settings?.(usual, fileSystem.isLocal) };
  const stateFolder = stateFolderOf(root, config, environment);
  const { isLocal } = fileSystemAt(stateFolder);
  const store = openStore(databaseOf(stateFolder), { fileSystem: isLocal ? 'local' : 'remote' });
  const knowledge = readKnowledge(store);
  log.debug('root opened', { root, fileSystem: fileSystem.name, database: store.file, logs: knowledge.logs.length });
  return {
    ...{ root, config, settings, store, jobs, log, clock },
    known: reviveKnown(settings, clock, knowledge),
    budget: createBudget(settings, clock.nowMs()),
    unsaved: { changes: [], experiments: [] },
    health: new Map(),
    objective: null,
  };
}

/** What the scanning child must know. */
export function scanSettings({ root, settings }: Pick<Session, 'root' | 'settings'>): ScanSettings {
  const { logPatterns, endMarkers, followExternalLinks, trustOwners, markRoot } = settings;
  return { root, logPatterns, endMarkers, followExternalLinks, trustOwners, markRoot };
}

/** Has every log looked at now that may have changed: all of a local root, the recent ones of others. */
export function hastenAll({ known, settings, clock }: Session, isLocal: boolean): void {
  const nowMs = clock.nowMs();
  for (const log of known.logs.values()) {
    const isRecent = clock.wallMs() - (log.parsedWallMs ?? clock.wallMs()) < settings.warmForMs;
    if (isLocal || isRecent) known.agenda.hasten(agendaKey('log', log.path), nowMs, 'now');
  }
}

/** Name of the root's folder, for people. */
export function rootName({ root }: Pick<Session, 'root'>): string {
  return basename(root) || root;
}

const realClock: WatchClock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  random: () => Math.random(),
};

async function lookAtRoot({ root, config, jobs }: SessionOptions) {
  const settings = settingsOf(defaultSettings(fileSystemOf(0)), config);
  const scan = { ...scanSettings({ root, settings }), markRoot: false };
  const [answer] = await jobs.look(scan, [{ kind: 'root', mayMark: false }], settings.lookTimeoutMs);
  const observation = answer?.observation;
  if (observation?.kind === 'root') return fileSystemOf(observation.fileSystem);
  const reason = observation?.kind === 'trouble' ? observation.trouble.reason : 'not a folder';
  throw new RootError(`${root}: expected the folder that holds the experiments, but it is ${reason}`);
}

function settingsOf(usual: WatchSettings, { logPatterns, depth, outputs, finished }: Config): WatchSettings {
  const { settleSeconds, quietSeconds } = finished;
  return {
    ...usual,
    logPatterns,
    depth,
    // A root that outputs are kept out of may be read-only, and is left as it is.
    markRoot: outputs.dir === null,
    ...(settleSeconds !== null && { settleMs: settleSeconds * 1000 }),
    ...(quietSeconds !== null && { quietMs: quietSeconds * 1000 }),
  };
}
