/** Which folders are worth being told about by events, and what such a hint changes. */

import { agendaKey, type Known, type KnownFolder } from './known.js';
import { parentOf } from './layout.js';
import type { Look } from './look.js';
import { rootFolder } from './root-folder.js';

/** chokidar looks at every name of a folder in which something happens: not where there are more. */
const maxEntries = 500;
/** A log that was written so shortly before is looked at often anyway, and would only ring all the time. */
const pauseMs = 8000;
/** New folders are watched for so long for a log to come. */
const newForMs = 3_600_000;
/** Looks that hints ask for are at least so far apart. */
const hintRestMs = 500;
const updateEveryMs = 2000;

/**
 * Tells which folders to watch where they are others than the last time; to be called after looks, with them. It goes by what
 * was looked at, not through all folders, which would be most of what a watcher at rest does, and not more often than every
 * two seconds.
 */
export function createHintUpdater(
  known: Known,
  setFolders: (folders: readonly string[]) => void,
): (looks: readonly Look[]) => void {
  const wanted = new Set<string>();
  const seen = new Set<string>();
  let updatedMs = Number.NEGATIVE_INFINITY;
  let told = '';
  return (looks) => {
    for (const look of looks) if ('path' in look) see(seen, look);
    const nowMs = known.clock.nowMs();
    if (nowMs - updatedMs < updateEveryMs) return;
    updatedMs = nowMs;
    for (const path of seen) wanted.add(path);
    seen.clear();
    for (const path of wanted) if (!isWanted(known.folders.get(path), nowMs)) wanted.delete(path);
    const folders = [rootFolder, ...wanted];
    if (folders.join('\n') === told) return;
    told = folders.join('\n');
    setFolders(folders);
  };
}

/** The folder that was looked at, and those above: that there is a log makes holders of experiments of them. */
function see(seen: Set<string>, look: Look & { readonly path: string }): void {
  let path = look.kind === 'folder' ? look.path : parentOf(look.path);
  for (; !seen.has(path); path = parentOf(path)) seen.add(path);
}

/** Whether new experiments, new logs, the end of a pause or an end marker may come in it. */
function isWanted(folder: KnownFolder | undefined, nowMs: number): boolean {
  if (folder === undefined || folder.lookedMs === null || folder.reason !== null) return false;
  if (folder.entries > maxEntries) return false;
  const isContainer = folder.path === '' || folder.holdsExperiments;
  const isNew = folder.logs.size === 0 && nowMs - folder.activeMs < newForMs;
  return isContainer || isNew || hasPausedLog(folder);
}

/** Takes in that something happened to a name in a folder: it is looked at soon. */
export function takeHint(known: Known, folderPath: string, name: string | null): void {
  const nowMs = known.clock.nowMs();
  if (folderPath === rootFolder) {
    known.agenda.hasten(agendaKey('bells'), nowMs, 'now');
    return;
  }
  const folder = known.folders.get(folderPath);
  const path = folderPath === '' ? (name ?? '') : `${folderPath}/${name}`;
  const log = name === null ? undefined : known.logs.get(path);
  const lookedMs = log?.watch.lookedMs ?? folder?.lookedMs ?? 0;
  const key = log === undefined ? agendaKey('folder', folderPath) : agendaKey('log', path);
  known.agenda.hasten(key, Math.max(nowMs, lookedMs + hintRestMs), 'now');
}

function hasPausedLog(folder: KnownFolder): boolean {
  for (const { watch, problem } of folder.logs) {
    if (problem === null && watch.state !== 'parsed' && watch.lookedMs - watch.sinceMs >= pauseMs) return true;
  }
  return false;
}
