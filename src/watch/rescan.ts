/** Interventions from outside: look at everything now, or start counting anew. */

import { isSame } from './evidence.js';
import { resumed } from './finished.js';
import { agendaKey, type Known, type KnownLog } from './known.js';

/**
 * Has everything at and below a path (relative to the root, '' for all) looked at now, listings included. With
 * `acceptsDeletions` what is then missing is gone at once.
 */
export function rescan(known: Known, path: string, acceptsDeletions: boolean): void {
  known.root.acceptsDeletions = acceptsDeletions;
  const nowMs = known.clock.nowMs();
  const isMeant = (other: string): boolean => path === '' || other === path || other.startsWith(`${path}/`);
  for (const folder of known.folders.values()) {
    if (!isMeant(folder.path)) continue;
    folder.mtimeMs = null;
    known.agenda.hasten(agendaKey('folder', folder.path), nowMs, 'soon');
  }
  for (const log of known.logs.values()) {
    if (!isMeant(log.path)) continue;
    // Who asks may have mended what made the reading fail: permissions, a program.
    if (log.watch.state === 'parse_failed') log.watch = { ...log.watch, retryMs: nowMs };
    known.agenda.hasten(agendaKey('log', log.path), nowMs, 'soon');
  }
  known.agenda.hasten(agendaKey('root'), nowMs, 'now');
}

/** Nobody looked for a while (the process was stopped, the host asleep): what has not ended counts as just seen. */
export function resume(known: Known): void {
  for (const log of known.logs.values()) log.watch = resumed(log.watch, known.clock.nowMs());
}

/**
 * Whether a pass that began at `sinceMs` is over, given that no look is due: all that can be read by waiting a little was
 * read. What goes on growing was read once.
 */
export function isPassDone(known: Known, sinceMs: number): boolean {
  if (known.questions.size > 0 || known.wishes.size > 0) return false;
  for (const log of known.logs.values()) if (!isLogDone(log, sinceMs)) return false;
  return true;
}

function isLogDone({ watch, problem, reading, missingMs }: KnownLog, sinceMs: number): boolean {
  if (reading !== null) return false;
  const isOpen = problem === null && missingMs === null && watch.state !== 'parsed' && watch.state !== 'parse_failed';
  if (!isOpen || watch.sizeBytes === 0) return true;
  if (watch.read === null) return false;
  const mayBeFinal = isSame(watch, watch.read) && watch.read.ended;
  return !mayBeFinal && (watch.read.atMs >= sinceMs || isSame(watch, watch.read));
}
