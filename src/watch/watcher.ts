/**
 * Watches a root: has the looks that are due done by the scanning process, within the budget, and tells when there is news.
 * The caller then takes the changes, to store them, and the readings, to have logs read, and says what those found.
 */

import { join } from 'node:path';
import { createBudget } from './budget.js';
import { type FileSystem, fileSystemOf } from './file-system.js';
import { createHintUpdater, takeHint } from './hint-folders.js';
import { hasOpenLogs, type QueuedJob, seeQueue } from './jobs.js';
import { createKnown, type Known } from './known.js';
import type { Answer, Look } from './look.js';
import { observe, ring } from './observe.js';
import { createPace, systemClock } from './pace.js';
import { finishReading, type ReadOrder, type ReadOutcome, takeReading, type Verdict } from './readings.js';
import { hasChanges, takeChanges, takeListed, type WatchChanges } from './records.js';
import { isPassDone, rescan, resume } from './rescan.js';
import { rootFolder } from './root-folder.js';
import { createScanProcess, type ScanEvents } from './scan-process.js';
import type { WatchSettings } from './settings.js';
import { putBack, takeLooks, wakeMs } from './take-looks.js';
import { statusOf, type WatchStatus } from './watch-status.js';

export interface WatcherOptions {
  /** Absolute. */
  readonly root: string;
  /** The settings for a root on such a file system: `defaultSettings` with what the config says. Asked again once it is known; null before. */
  readonly settings: (fileSystem: FileSystem | null) => WatchSettings;
  /** What was known when the program last ran, see `revive`; nothing where it is left out. The watcher's from now on. */
  readonly known?: Known;
  /** There may be changes to take, or readings. Called often: it should only wake up whoever takes them. */
  readonly onNews: () => void;
  /** Somebody rang: a job, an experiment, or whatever name was touched in the doorbell folder. */
  readonly onBell?: (name: string) => void;
  /** One of `files` changed. */
  readonly onFile?: (file: string) => void;
  /** Files to watch by polling, such as the config. Absolute. */
  readonly files?: readonly string[];
  /** The jobs of the user, asked at most once a minute; null where that is not known. */
  readonly readQueue?: () => Promise<readonly QueuedJob[] | null>;
  /** Waits for nothing that is not due and gives no events: for a single pass. */
  readonly isSinglePass?: boolean;
}

export interface Watcher {
  /** What to store, in one transaction, and after what readings found was stored; more of it may be left for the next call. */
  takeChanges(): WatchChanges | undefined;
  /** Whether there are changes to take. */
  hasChanges(): boolean;
  /** The next log to read; undefined where none waits. Each must come back to `finishReading`. */
  takeReading(): ReadOrder | undefined;
  /** Takes in what a reading found; undefined where nobody waits for it any more. */
  finishReading(path: string, outcome: ReadOutcome): Verdict | undefined;
  /** Our own files in folders whose names were read since the last call, by folder: others were deleted. */
  takeListed(): ReadonlyMap<string, readonly string[]>;
  /** Counts metadata operations that others made in the root. */
  spend(ops: number): void;
  /** Looks at everything at and below a path now. With `acceptDeletions` what is missing is gone at once, outage or not. */
  rescan(path?: string, options?: { readonly acceptDeletions?: boolean }): void;
  /** As if somebody had touched this name in the doorbell folder. */
  ring(name: string): void;
  /** Resolves when all that is there was looked at, and all that is finished, or settles soon, was read. */
  pass(): Promise<void>;
  status(): WatchStatus;
  /** Logs that wait for a reading, as in the status, without counting everything else. */
  waiting(): number;
  /** Whether more was found than the budget has room to look at: there may be logs among it. */
  isBehind(): boolean;
  /** Whether a log cannot be found, and is not yet known to be gone. */
  isMissing(path: string): boolean;
  /** Whether the watching goes on: it sleeps as planned, or waits for an answer no longer than one may take. */
  isMoving(): boolean;
  /** Ends the scanning process. */
  close(): Promise<void>;
  /** Resolves after `close`; rejects where watching ended by a fault of its own. */
  readonly ended: Promise<void>;
}

/** So many looks are done before anything else gets its turn. */
const batchOps = 200;
/** Who slept so much longer than planned was stopped. */
const stoppedMs = 60_000;
const maxSleepMs = 600_000;

/** Starts to watch; returns at once, whether the root answers or not. */
export function startWatcher(options: WatcherOptions): Watcher {
  const { root, isSinglePass = false, known = createKnown(options.settings(null), systemClock) } = options;
  const { clock } = known;
  const isFirstScan = known.logs.size === 0 && known.folders.size === 0;
  const passes: { readonly sinceMs: number; readonly resolve: () => void }[] = [];
  let budget = createBudget(known.settings, clock.nowMs());
  let isHurried = isFirstScan || isSinglePass;
  let isClosed = false;
  let fileSystem: FileSystem | null = null;
  let wakeUp = (): void => {};
  const pace = createPace(clock.nowMs);

  const events: ScanEvents = {
    onHints: (hints) => {
      for (const { folder, name } of hints) takeHint(known, folder, name);
      wakeUp();
    },
    onBell: () => {
      takeHint(known, rootFolder, null);
      wakeUp();
    },
    onFile: (file) => options.onFile?.(file),
    onLimited: (reason) => setHealth('WATCH_LIMITED', reason && `no events, only polling: ${reason}`),
    onStall: (sinceWallMs) =>
      setHealth('ROOT_STALLED', sinceWallMs && `no answer since ${new Date(sinceWallMs).toISOString()}`),
  };
  const scanning = createScanProcess({ ...known.settings, root }, events, { timeoutMs: known.settings.lookTimeoutMs });

  const setHealth = (flag: 'WATCH_LIMITED' | 'ROOT_STALLED', text: string | null | 0): void => {
    known.changed.health.set(flag, text || null);
    options.onNews();
  };

  const onAnswer =
    (more: Look[]) =>
    (look: Look, answer: Answer): void => {
      budget.spend(answer.ops, clock.nowMs());
      pace.expectIn(known.settings.lookTimeoutMs);
      const { observation } = answer;
      if (observation.kind === 'root' && fileSystem === null) settle(fileSystemOf(observation.fileSystem));
      if (observation.kind === 'bells') for (const name of observation.names) options.onBell?.(name);
      more.push(...observe(known, look, answer));
    };

  /** The kind of file system is known: now the right settings are. */
  const settle = (found: FileSystem): void => {
    fileSystem = found;
    known.settings = options.settings(found);
    budget = createBudget(known.settings, clock.nowMs());
    if (isHurried) budget.setRate(known.settings.sweepOpsPerSecond, clock.nowMs());
    if (isSinglePass) return;
    scanning.setHints({
      root,
      useEvents: known.settings.useEvents,
      // Also where events come: one that is lost while watching begins would cost a minute.
      doorbell: known.settings.markRoot ? join(root, rootFolder) : null,
      files: options.files ?? [],
      pollMs: known.settings.doorbellIntervalMs,
      endMarkers: known.settings.endMarkers,
    });
  };

  const updateHints = createHintUpdater(known, scanning.setFolders);

  const nothingIsDue = (): void => {
    if (isHurried) budget.setRate(known.settings.opsPerSecond, clock.nowMs());
    isHurried = false;
    known.root.acceptsDeletions = false;
    for (const pass of [...passes]) {
      if (known.root.isThere && !isPassDone(known, pass.sinceMs)) continue;
      passes.splice(passes.indexOf(pass), 1);
      pass.resolve();
    }
  };

  const sleep = async (untilMs: number): Promise<void> => {
    const plannedMs = Math.min(maxSleepMs, Math.max(0, untilMs - clock.nowMs()));
    const beganMs = clock.nowMs();
    pace.expectIn(plannedMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, plannedMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => {};
    if (clock.nowMs() - beganMs > plannedMs + stoppedMs) resume(known);
  };

  const watch = async (): Promise<void> => {
    let more: Look[] = [];
    while (!isClosed) {
      if (scanning.restMs() > 0) {
        await sleep(clock.nowMs() + scanning.restMs());
        continue;
      }
      const available = Math.min(batchOps, budget.available(clock.nowMs()));
      const looks = more.length > 0 ? more : takeLooks(known, available);
      more = [];
      if (looks.length > 0) {
        pace.expectIn(known.settings.lookTimeoutMs);
        putBack(known, await scanning.run(looks, onAnswer(more)));
        if (!isSinglePass && known.settings.useEvents) updateHints(looks);
        if (known.wishes.size > 0 || hasChanges(known)) options.onNews();
      } else {
        if (available > 0) nothingIsDue();
        await sleep(Math.max(wakeMs(known), budget.availableAtMs(1, clock.nowMs())));
      }
    }
  };

  const askQueue = async (readQueue: () => Promise<readonly QueuedJob[] | null>): Promise<void> => {
    const jobs = hasOpenLogs(known) && (await readQueue());
    if (jobs) seeQueue(known, jobs, root);
    wakeUp();
  };
  const { readQueue } = options;
  const queueTimer = readQueue && setInterval(() => void askQueue(readQueue), known.settings.queueIntervalMs);
  const ended = watch();

  return {
    ended,
    takeChanges: () => takeChanges(known),
    hasChanges: () => hasChanges(known),
    takeReading: () => takeReading(known),
    finishReading(path, outcome) {
      const verdict = finishReading(known, path, outcome);
      wakeUp();
      return verdict;
    },
    takeListed: () => takeListed(known),
    spend: (ops) => budget.spend(ops, clock.nowMs()),
    rescan(path = '', { acceptDeletions = false } = {}) {
      isHurried = true;
      budget.setRate(known.settings.sweepOpsPerSecond, clock.nowMs());
      rescan(known, path, acceptDeletions);
      wakeUp();
    },
    ring(name) {
      ring(known, name);
      wakeUp();
    },
    pass() {
      const sinceMs = clock.nowMs();
      return new Promise((resolve) => {
        passes.push({ sinceMs, resolve });
        wakeUp();
      });
    },
    isMissing: (path) => (known.logs.get(path)?.missingMs ?? null) !== null,
    isMoving: pace.isKept,
    status: () => statusOf(known, fileSystem, budget.lastHour(clock.nowMs())),
    waiting: () => known.wishes.size,
    isBehind: () => known.agenda.isBehind(clock.nowMs()),
    async close() {
      isClosed = true;
      clearInterval(queueTimer);
      wakeUp();
      await scanning.close();
      await ended;
    },
  };
}
