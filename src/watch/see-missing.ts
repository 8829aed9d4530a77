/** What it changes that something known cannot be found: nothing, until it is sure that it was deleted. */

import { agendaKey, type Known, type KnownLog } from './known.js';
import { isGone, isOutage } from './outage.js';
import { scheduleLog } from './schedule.js';

/** Takes in that a log was not found where it was. Only the second time, a minute later, and not in an outage, is it gone. */
export function missing(known: Known, log: KnownLog): void {
  if (log.problem?.status === 'gone') return;
  const nowMs = known.clock.nowMs();
  if (log.missingMs === null) {
    log.missingMs = nowMs;
    known.missing.add(log);
    known.changed.logs.add(log);
    known.wishes.delete(log);
    // Is the root still what it was?
    known.agenda.hasten(agendaKey('root'), nowMs, 'now');
    known.agenda.hasten(agendaKey('folder', ''), nowMs, 'now');
  }
  judgeOutage(known);
  const isSure = isGone(log.missingMs, nowMs) && rootSeenSince(known, log.missingMs);
  if (!known.root.isOutage && (known.root.acceptsDeletions || isSure)) lose(known, log);
  scheduleLog(known, log);
}

/** Takes in that a log is there (again). */
export function found(known: Known, log: KnownLog): void {
  if (log.problem?.status === 'gone') {
    log.problem = null;
    known.gone -= 1;
    known.changed.logs.add(log);
  }
  if (log.missingMs === null) return;
  log.missingMs = null;
  known.missing.delete(log);
  known.changed.logs.add(log);
  judgeOutage(known);
}

/** Takes in that a folder was not found: so are the logs in it and below. */
export function missingFolder(known: Known, path: string): void {
  const folder = known.folders.get(path);
  if (folder === undefined) return;
  for (const name of folder.folders) missingFolder(known, path === '' ? name : `${path}/${name}`);
  for (const log of folder.logs) missing(known, log);
  folder.mtimeMs = null;
}

/** Decides anew whether the root is merely out of sight, and says so. */
export function judgeOutage(known: Known): void {
  const { root, missing } = known;
  const logs = known.logs.size - known.gone;
  const isRootEmpty = known.folders.get('')?.entries === 0;
  const seen = { rootMarker: root.marker, known: logs, missing: missing.size, isRootEmpty };
  const is = !root.acceptsDeletions && isOutage(seen);
  if (is === root.isOutage) return;
  root.isOutage = is;
  const text = `${missing.size} of ${logs} logs vanished at once: treated as an outage`;
  known.changed.health.set('ROOT_MISSING', is ? text : null);
  known.agenda.hasten(agendaKey('root'), known.clock.nowMs() + known.settings.rootIntervalMs, 'now');
  if (!is) for (const log of missing) known.agenda.hasten(agendaKey('log', log.path), known.clock.nowMs(), 'soon');
}

/** Whether the root and its names were looked at since then, so that an outage would have been noticed. */
function rootSeenSince({ root, folders }: Known, sinceMs: number): boolean {
  const top = folders.get('');
  return root.lookedMs >= sinceMs && top !== undefined && (top.lookedMs ?? Number.NEGATIVE_INFINITY) >= sinceMs;
}

function lose(known: Known, log: KnownLog): void {
  log.problem = { status: 'gone', reason: 'its folder or file was deleted' };
  log.missingMs = null;
  known.missing.delete(log);
  known.gone += 1;
  known.changed.logs.add(log);
}
