/** Which logs are known, each filed under its folder, inode, size and target. */

import { endWait } from './awaited.js';
import { firstLook, markerSeen } from './finished.js';
import { agendaKey, folderOf, type Known, type KnownLog, type NewLook, withoutValue, withValue } from './known.js';
import { experimentFolder, experimentName, jobIdInName, parentOf } from './layout.js';
import { scheduleLog } from './schedule.js';

/** Makes a log known as an experiment of its own. */
export function acceptLog(known: Known, path: string, look: NewLook, copyOf: string | null = null): void {
  const log = newLog(known, path, look, copyOf);
  known.logs.set(path, log);
  fileLog(known, log);
  const link = known.byTarget.get(path);
  // A link that was there first gives way to the file itself.
  if (link !== undefined) ignoreLog(known, link.path, `link to ${path}`);
  scheduleLog(known, log);
}

/** Keeps a name that looks like a log's and is none, with the reason, so that it can be shown; looked at daily. */
export function ignoreLog(known: Known, path: string, reason: string): void {
  const log = known.logs.get(path) ?? newLog(known, path, { sizeBytes: 0, mtimeMs: 0, ino: 0 }, null);
  if (log.problem?.status !== 'ignored' || log.problem.reason !== reason) {
    log.problem = { status: 'ignored', reason };
    known.logs.set(path, log);
    fileLog(known, log);
  }
  scheduleLog(known, log);
}

/** Gives a known log another path. */
export function moveLog(known: Known, log: KnownLog, to: string): void {
  const from = log.path;
  known.agenda.delete(agendaKey('log', from));
  const folder = folderOf(known, parentOf(from));
  folder.logs = withoutValue(folder.logs, log);
  known.logs.delete(from);
  if (log.reading !== null) known.movedWhileRead.set(from, log);
  log.path = to;
  known.logs.set(to, log);
  known.changed.renamed.push({ from, to });
  fileLog(known, log);
}

/** Files a log; the folders above its experiment are then known to hold experiments. */
export function fileLog(known: Known, log: KnownLog): void {
  const folder = folderOf(known, parentOf(log.path));
  folder.logs = withValue(folder.logs, log);
  endWait(known, 'log', log.path);
  log.watch = markerSeen(log.watch, known.folders.get(experimentFolder(log.path))?.markerMs ?? null);
  nameLogs(known, [...folder.logs]);
  if (log.ino !== 0) known.byIno.set(log.ino, log);
  if (log.target !== null) known.byTarget.set(log.target, log);
  if (log.watch.read !== null) indexSize(known, log, log.watch.read.sizeBytes);
  for (let above = experimentFolder(log.path); above !== ''; ) {
    above = parentOf(above);
    folderOf(known, above).holdsExperiments = true;
  }
  known.changed.logs.add(log);
}

/** Files a log under the size of its last reading. */
export function indexSize(known: Known, log: KnownLog, sizeBytes: number): void {
  const before = log.indexedBytes === null ? undefined : known.bySize.get(log.indexedBytes);
  if (before !== undefined) withoutValue(before, log);
  known.bySize.set(sizeBytes, withValue(known.bySize.get(sizeBytes) ?? new Set(), log));
  log.indexedBytes = sizeBytes;
}

/** The only log of a folder has the folder's name, several have their own too. */
function nameLogs(known: Known, inFolder: readonly KnownLog[]): void {
  const logs = inFolder.filter(({ problem }) => problem?.status !== 'ignored');
  for (const log of logs) {
    const name = experimentName(log.path, logs.length === 1);
    if (name === log.name) continue;
    log.name = name;
    known.changed.logs.add(log);
  }
}

function newLog(known: Known, path: string, look: NewLook, copyOf: string | null): KnownLog {
  const jobId = jobIdInName(path);
  return {
    path,
    name: experimentName(path, true),
    watch: firstLook(look, known.clock.nowMs(), known.settings),
    ino: look.ino,
    indexedBytes: null,
    target: look.target ?? null,
    reading: null,
    problem: null,
    missingMs: null,
    parsedWallMs: null,
    verifiedWallMs: null,
    isRacy: false,
    job: jobId === undefined ? null : { id: jobId, wasSeen: false },
    copyOf,
  };
}
