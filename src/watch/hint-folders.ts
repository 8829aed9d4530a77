/** Which folders are worth being told about by events, and what such a hint changes. */

import { agendaKey, type Known, type KnownFolder } from './known.js';
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

/** Tells which folders to watch where they are others than the last time; not more often than every two seconds. */
export function createHintUpdater(known: Known, setFolders: (folders: readonly string[]) => void): () => void {
  let updatedMs = Number.NEGATIVE_INFINITY;
  let told = '';
  return () => {
    if (known.clock.nowMs() - updatedMs < updateEveryMs) return;
    updatedMs = known.clock.nowMs();
    const folders = hintFolders(known);
    if (folders.join('\n') === told) return;
    told = folders.join('\n');
    setFolders(folders);
  };
}

/** The folders to watch: those where new experiments, new logs, the end of a pause or an end marker may come. */
function hintFolders(known: Known): readonly string[] {
  const nowMs = known.clock.nowMs();
  const folders = [rootFolder];
  for (const folder of known.folders.values()) {
    if (folder.lookedMs === null || folder.reason !== null || folder.entries > maxEntries) continue;
    const isContainer = folder.path === '' || folder.holdsExperiments;
    const isNew = folder.logs.size === 0 && nowMs - folder.activeMs < newForMs;
    if (isContainer || isNew || hasPausedLog(folder)) folders.push(folder.path);
  }
  return folders;
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
