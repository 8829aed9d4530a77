/** What a look at a folder changes. */

import { awaitLook, endWait } from './awaited.js';
import { markerSeen } from './finished.js';
import { agendaKey, folderOf, type Known, type KnownFolder, type KnownLog, withoutValue, withValue } from './known.js';
import { chooseFolders, chooseLogs, depthOf, type FolderNames, parentOf } from './layout.js';
import type { Observation } from './look.js';
import { listAgainMs } from './plan.js';
import { scheduleFolder, scheduleLog } from './schedule.js';
import { missing, missingFolder } from './see-missing.js';

/** Names of a folder that are looked at to see whether any is a folder, before the others are believed to be files too. */
const triedNames = 200;

/** Takes in a look at a folder: what is new in it is looked at soon. */
export function seeFolder(known: Known, seen: Extract<Observation, { kind: 'folder' }>): void {
  const nowMs = known.clock.nowMs();
  const folder = folderOf(known, seen.path);
  if (seen.path !== '') seeChild(known, folderOf(known, parentOf(seen.path)), nameOf(seen.path));
  if (seen.mtimeMs !== folder.seenMtimeMs) {
    const ageMs = seen.ageMs ?? known.clock.wallMs() - seen.mtimeMs;
    folder.activeMs = folder.seenMtimeMs === null ? nowMs - Math.max(0, ageMs) : nowMs;
    folder.seenMtimeMs = seen.mtimeMs;
    folder.seenMs = nowMs;
  }
  folder.lookedMs = nowMs;
  folder.failures = 0;
  folder.reason = null;
  if (seen.names !== null) {
    folder.listedMs = nowMs;
    folder.entries = seen.entries ?? -1;
    known.listed.set(folder.path, seen.names.outputs);
    const stillMs = Math.max(nowMs - folder.seenMs, seen.ageMs ?? 0);
    const isComplete = takeNames(known, folder, seen.names, seen.markerAgeMs);
    const mtimeMs = isComplete && stillMs >= listAgainMs(known.settings) ? seen.mtimeMs : null;
    const isNews = mtimeMs !== null && mtimeMs !== folder.mtimeMs;
    folder.mtimeMs = mtimeMs;
    if (isNews) {
      known.changed.folders.add(folder);
      // Not before it is stored itself.
      endWait(known, 'folder', seen.path);
    }
  }
  scheduleFolder(known, folder);
}

function seeChild(known: Known, parent: KnownFolder, name: string): void {
  parent.folders = withValue(parent.folders, name);
  if (!parent.isPartial) return;
  // One of the names that were tried is a folder: the others may be too.
  parent.isPartial = false;
  known.agenda.hasten(agendaKey('folder', parent.path), known.clock.nowMs(), 'soon');
}

/** A folder that could not be looked at, though it may be there: what is in it keeps its state. */
export function postponeFolder(known: Known, path: string, reason: string): void {
  const folder = folderOf(known, path);
  folder.lookedMs = known.clock.nowMs();
  folder.failures += 1;
  folder.reason = reason;
  scheduleFolder(known, folder);
}

/** A name that was taken for a folder is none; where it was one, that is no longer there. */
export function seeFileForFolder(known: Known, path: string): void {
  const parent = folderOf(known, parentOf(path));
  parent.files = withValue(parent.files, nameOf(path));
  endWait(known, 'folder', path);
  missingFolder(known, path);
  dropFolder(known, path);
}

/** Forgets a folder and those below, except for what holds logs that are still known. */
export function dropFolder(known: Known, path: string): void {
  const folder = known.folders.get(path);
  if (path === '') return;
  endWait(known, 'folder', path);
  if (folder === undefined) return;
  for (const name of [...folder.folders]) dropFolder(known, `${path}/${name}`);
  known.agenda.delete(agendaKey('folder', path));
  const parent = folderOf(known, parentOf(path));
  parent.folders = withoutValue(parent.folders, nameOf(path));
  known.changed.droppedFolders.add(path);
  if (folder.logs.size === 0) known.folders.delete(path);
}

/** Compares the names with what is known; false where not all names could be looked at yet. */
function takeNames(known: Known, folder: KnownFolder, names: FolderNames, markerAgeMs: number | undefined): boolean {
  const nowMs = known.clock.nowMs();
  if (names.markers.length === 0) folder.markerMs = null;
  else folder.markerMs ??= nowMs - Math.max(0, markerAgeMs ?? 0);
  const pathOf = (name: string): string => (folder.path === '' ? name : `${folder.path}/${name}`);
  const present = new Set([...names.logs, ...names.others]);

  for (const log of folder.logs) {
    if (!present.has(nameOf(log.path))) missing(known, log);
    else if (log.missingMs !== null || log.problem?.status === 'gone') lookAtLog(known, log.path);
    else markLog(known, log, folder.markerMs);
  }
  for (const name of [...folder.folders]) {
    if (present.has(name)) continue;
    missingFolder(known, pathOf(name));
    dropFolder(known, pathOf(name));
  }
  for (const name of chooseLogs(folder.path, names))
    if (!known.logs.has(pathOf(name))) awaitLook(known, 'log', pathOf(name));
  return lookForFolders(known, folder, chooseFolders(folder.path, names).map(pathOf));
}

function markLog(known: Known, log: KnownLog, markerMs: number | null): void {
  const marked = markerSeen(log.watch, markerMs);
  if (marked === log.watch) return;
  log.watch = marked;
  if (log.watch.state !== 'parsed') lookAtLog(known, log.path);
  scheduleLog(known, log);
}

function lookForFolders(known: Known, folder: KnownFolder, paths: readonly string[]): boolean {
  let unknown = paths.filter((path) => {
    const name = nameOf(path);
    return !folder.folders.has(name) && !folder.files.has(name) && depthOf(path) <= known.settings.depth;
  });
  const isComplete = unknown.length <= triedNames || folder.folders.size > 0 || folder.path === '';
  // Ten thousand names without an ending, none of them a folder so far: checkpoints.
  if (!isComplete) unknown = folder.files.size >= triedNames ? [] : unknown.slice(0, triedNames);
  folder.isPartial = !isComplete && unknown.length > 0;
  for (const path of unknown) awaitLook(known, 'folder', path);
  return !folder.isPartial;
}

function lookAtLog(known: Known, path: string): void {
  known.agenda.hasten(agendaKey('log', path), known.clock.nowMs(), 'now');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
