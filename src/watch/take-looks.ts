/** Turns what is due into looks. */

import { agendaKey, type Known, type KnownFolder } from './known.js';
import { parentOf } from './layout.js';
import type { Look } from './look.js';

/** Looks that are due now, the most pressing first, for about `maxOps` metadata operations; at least one where any is due. */
export function takeLooks(known: Known, maxOps: number): Look[] {
  const nowMs = known.clock.nowMs();
  const looks: Look[] = [];
  const folders = new Set<string>();
  let ops = 0;
  const add = (look: Look, cost: number): void => {
    looks.push(look);
    ops += cost;
  };
  const addFolder = (path: string): void => {
    if (folders.has(path)) return;
    folders.add(path);
    const folder = known.folders.get(path);
    const knownMtimeMs = folder === undefined || mustList(known, folder) ? null : folder.mtimeMs;
    add({ kind: 'folder', path, knownMtimeMs }, knownMtimeMs === null ? 4 : 1);
  };

  if (!known.root.isThere) {
    // Nothing else makes sense before the root is known to be there.
    if ((known.agenda.dueMs(agendaKey('root')) ?? nowMs) > nowMs) return [];
    known.agenda.delete(agendaKey('root'));
    return [{ kind: 'root', mayMark: mayMark(known) }];
  }
  while (ops < maxOps) {
    const key = known.agenda.take(nowMs);
    if (key === undefined) break;
    if (key === agendaKey('root')) {
      add({ kind: 'root', mayMark: mayMark(known) }, 7);
    } else if (key === agendaKey('bells')) {
      add({ kind: 'bells' }, 3);
    } else if (key.endsWith('/')) {
      addFolder(key.slice(0, -1));
    } else {
      const log = known.logs.get(key);
      const isHot = log !== undefined && log.problem === null && log.watch.state !== 'parsed' && log.missingMs === null;
      // The folder first: what a job wrote before its marker is then in the size that the next look sees.
      if (isHot) addFolder(parentOf(key));
      add({ kind: 'log', path: key }, 1);
    }
  }
  return looks;
}

/** Looks that were taken and not done: they are due at once. */
export function putBack(known: Known, looks: readonly Look[]): void {
  for (const look of looks) {
    const path = 'path' in look ? look.path : '';
    // Whether a new log is a known one is asked again when it is seen again.
    if (look.kind === 'fingerprints') known.questions.delete(path);
    known.agenda.hasten(agendaKey(look.kind === 'fingerprints' ? 'log' : look.kind, path), known.clock.nowMs(), 'soon');
  }
}

/** When the next look is due. */
export function wakeMs(known: Known): number {
  return known.root.isThere
    ? known.agenda.wakeMs()
    : (known.agenda.dueMs(agendaKey('root')) ?? Number.POSITIVE_INFINITY);
}

function mustList(known: Known, folder: KnownFolder): boolean {
  const isOld = known.clock.nowMs() - folder.listedMs >= known.settings.rootListMs;
  return isOld && (folder.path === '' || folder.holdsExperiments);
}

/** A marker that was there once is made anew only where nothing else is missing. */
function mayMark(known: Known): boolean {
  const { marker, isOutage } = known.root;
  if (marker === 'present') return false;
  const wasListed = (known.folders.get('')?.lookedMs ?? null) !== null;
  return marker === 'never made' || (!isOutage && known.missing.size === 0 && wasListed);
}
