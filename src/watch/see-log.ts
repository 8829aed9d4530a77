/** What a look at a known log changes. */

import { looked, rewritten } from './finished.js';
import { agendaKey, type Known, type KnownLog, type NewLook } from './known.js';
import type { Look } from './look.js';
import { scheduleLog } from './schedule.js';

/** Takes in what a known log is like now. Gives a further look where size and mtime may hide a change. */
export function updateLog(known: Known, log: KnownLog, look: NewLook): readonly Look[] {
  const { state } = log.watch;
  log.watch = looked(log.watch, look, known.clock.nowMs(), known.settings);
  const mayBeAnother = log.ino !== look.ino || log.isRacy;
  known.byIno.set(look.ino, log);
  log.ino = look.ino;
  if (isOver(log)) {
    log.problem = null;
    known.changed.logs.add(log);
  }
  if (log.watch.state === 'parsed') log.verifiedWallMs = known.clock.wallMs();
  if (log.watch.state !== state || state === 'parsed') known.changed.logs.add(log);
  scheduleLog(known, log);
  const isUnclear = log.watch.state === 'parsed' && mayBeAnother;
  return isUnclear ? [{ kind: 'fingerprints', path: log.path, sizesBytes: [log.watch.sizeBytes] }] : [];
}

/** Whether the problem that the log had was solved by what a look saw. */
function isOver({ problem, watch }: KnownLog): boolean {
  if (problem?.status === 'empty') return watch.sizeBytes > 0;
  if (problem?.status === 'unreadable') return watch.state !== 'parse_failed';
  return problem !== null;
}

/** Takes in the fingerprint of a parsed log. */
export function seeFingerprint(known: Known, log: KnownLog, fingerprint: string): void {
  log.isRacy = false;
  if (log.watch.state === 'parsed' && fingerprint !== log.watch.fingerprint)
    log.watch = rewritten(log.watch, known.clock.nowMs());
  known.changed.logs.add(log);
  scheduleLog(known, log);
}

/** A log that could not be looked at, though it may be there: looked at again in a while, in whatever state it was. */
export function postponeLog(known: Known, path: string): void {
  const { clock, settings, agenda } = known;
  agenda.hasten(agendaKey('log', path), clock.nowMs() + settings.coldIntervalMs / 4, 'warm');
}
