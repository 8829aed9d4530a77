/**
 * Names that a listing found and that were not looked at yet. Until they were, their folder is stored as one to be listed
 * again: the program may end before, and nothing else would ever lead to them.
 */

import { agendaKey, type Known } from './known.js';
import { parentOf } from './layout.js';

/** Has a name that nothing is known of looked at. */
export function awaitLook(known: Known, kind: 'folder' | 'log', path: string): void {
  const key = agendaKey(kind, path);
  known.agenda.hasten(key, known.clock.nowMs(), kind === 'log' ? 'now' : 'soon');
  const folder = parentOf(path);
  known.awaited.set(folder, (known.awaited.get(folder) ?? new Set()).add(key));
}

/** It is known now, or not there. */
export function endWait(known: Known, kind: 'folder' | 'log', path: string): void {
  const parent = parentOf(path);
  const awaited = known.awaited.get(parent);
  if (!awaited?.delete(agendaKey(kind, path)) || awaited.size > 0) return;
  known.awaited.delete(parent);
  const folder = known.folders.get(parent);
  if (folder !== undefined && folder.mtimeMs !== null) known.changed.folders.add(folder);
}
