/**
 * Events of the file system, as hints about what to look at sooner: chokidar on local file systems, polling of the doorbell
 * and of the config's files everywhere. Whatever is lost here (the kernel drops events without a word) costs only latency.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FSWatcher, watch as watchByChokidar } from 'chokidar';
import { isIgnoredName } from './layout.js';

export interface HintSettings {
  /** Absolute. */
  readonly root: string;
  /** Whether the kernel tells of all changes in the root. */
  readonly useEvents: boolean;
  /** Polled everywhere. Absolute; the doorbell is a folder, the others are files. */
  readonly doorbell: string | null;
  readonly files: readonly string[];
  readonly pollMs: number;
  readonly endMarkers: readonly string[];
}

export interface HintSink {
  /** Something happened to `name` in a folder (relative to the root); null where the name is not known. */
  onHint(folder: string, name: string | null): void;
  onBell(): void;
  onFile(file: string): void;
  /** Events do not come (any longer), and why; null when they do again. */
  onLimited(reason: string | null): void;
}

export interface Hints {
  /** The folders of which to tell, relative to the root, in place of those before; the first ones where they are too many. */
  setFolders(folders: readonly string[]): void;
  close(): Promise<void>;
}

/** Share of the user's inotify watches that we take: editors need some too. */
const watchShare = 0.25;
/** Each costs memory, and what they tell is found by looking anyway. */
const maxFolders = 4000;
/** Pauses before watching is tried again after an error; after the last it is given up. */
const retryMs = [1000, 5000, 30_000, 120_000, 600_000];

/** Starts to watch nothing but the doorbell and the files. `watch` is chokidar's. */
export function createHints(
  settings: HintSettings,
  sink: HintSink,
  {
    watch = watchByChokidar,
    pausesMs = retryMs,
  }: { watch?: typeof watchByChokidar; pausesMs?: readonly number[] } = {},
): Hints {
  const limit = Math.min(maxFolders, Math.floor(maxUserWatches() * watchShare));
  const polled = pollBell(settings, sink);
  const isTold = (name: string): boolean => settings.endMarkers.includes(name) || !isIgnoredName(name);
  let wanted: readonly string[] = [];
  let watched = new Set<string>();
  let watcher = settings.useEvents ? start() : undefined;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  function start(): FSWatcher {
    const started = watch([], {
      depth: 0,
      ignored: (_path, stats) => stats !== undefined && !stats.isDirectory(),
      followSymlinks: false,
      usePolling: false,
      ignoreInitial: true,
      awaitWriteFinish: false,
      atomic: false,
      alwaysStat: false,
    });
    started.on('raw', (_event, name, details) => {
      const folder = relativeTo(settings.root, watchedPathOf(details));
      if (folder !== undefined && (typeof name !== 'string' || isTold(name))) sink.onHint(folder, name ?? null);
    });
    started.on('error', (error) => fail(started, error));
    return started;
  }

  function fail(failed: FSWatcher, error: unknown): void {
    if (failed !== watcher) return;
    watcher = undefined;
    watched = new Set();
    void failed.close();
    const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EMFILE');
    const waitMs = isFull ? pausesMs.at(-1) : pausesMs[failures];
    failures += 1;
    const reason = error instanceof Error ? error.message : String(error);
    sink.onLimited(isFull ? `no inotify watches left for this user (${reason})` : reason);
    if (waitMs === undefined) return;
    retry = setTimeout(() => {
      watcher = start();
      sink.onLimited(null);
      apply();
    }, waitMs).unref();
  }

  function apply(): void {
    if (watcher === undefined) return;
    const next = new Set(wanted.slice(0, limit));
    const gone = [...watched].filter((folder) => !next.has(folder));
    const fresh = [...next].filter((folder) => !watched.has(folder));
    watched = next;
    if (gone.length > 0) watcher.unwatch(gone.map((folder) => join(settings.root, folder)));
    if (fresh.length > 0) watcher.add(fresh.map((folder) => join(settings.root, folder)));
  }

  return {
    setFolders(folders) {
      wanted = folders;
      apply();
    },
    async close() {
      clearTimeout(retry);
      await Promise.all([watcher?.close(), polled?.close()]);
    },
  };
}

function pollBell({ doorbell, files, pollMs }: HintSettings, sink: HintSink): FSWatcher | undefined {
  const paths = [...(doorbell === null ? [] : [doorbell]), ...files];
  if (paths.length === 0) return undefined;
  const polled = watchByChokidar(paths, {
    depth: 0,
    ignored: (path, stats) => stats !== undefined && !stats.isDirectory() && !files.includes(path),
    followSymlinks: false,
    usePolling: true,
    interval: pollMs,
    binaryInterval: pollMs,
    ignoreInitial: true,
    awaitWriteFinish: false,
    atomic: false,
    alwaysStat: false,
  });
  polled.on('raw', (_event, path) => {
    if (path === doorbell) sink.onBell();
    else if (files.includes(path)) sink.onFile(path);
  });
  // Its trouble is the root's, which is looked at anyway.
  polled.on('error', () => {});
  return polled;
}

function maxUserWatches(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'latin1'));
  } catch {
    return 0;
  }
}

function watchedPathOf(details: unknown): string {
  const has = typeof details === 'object' && details !== null && 'watchedPath' in details;
  return has && typeof details.watchedPath === 'string' ? details.watchedPath : '';
}

function relativeTo(root: string, path: string): string | undefined {
  if (path === root) return '';
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}
