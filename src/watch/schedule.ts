/** Puts what is known into the agenda. */

import { isEmptyForLong, readingWish } from './evidence.js';
import { agendaKey, type Known, type KnownFolder, type KnownLog } from './known.js';
import { parentOf } from './layout.js';
import { type Crowd, listAgainMs, nextFolderLook, nextLookMs, nextVerifyMs } from './plan.js';

const dayMs = 24 * 3_600_000;

/** Sets when the log is looked at next, and whether it waits for a reading. Call it after everything that changes the log. */
export function scheduleLog(known: Known, log: KnownLog): void {
  const nowMs = known.clock.nowMs();
  const key = agendaKey('log', log.path);
  if (log.problem?.status === 'gone') {
    known.wishes.delete(log);
    known.agenda.delete(key);
  } else if (log.problem?.status === 'ignored') {
    known.wishes.delete(log);
    known.agenda.hasten(key, nowMs + dayMs, 'verify');
  } else if (log.missingMs !== null) {
    known.agenda.hasten(key, missingLookMs(known, log.missingMs), 'warm');
  } else if (log.watch.state === 'parsed') {
    known.wishes.delete(log);
    known.agenda.hasten(key, nowMs + Math.max(0, verifyInMs(known, log)), 'verify');
  } else {
    updateWish(known, log);
    known.agenda.hasten(key, Math.max(nowMs, nextLookMs(log.watch, known.settings)), 'hot');
  }
}

function verifyInMs({ clock }: Known, { parsedWallMs, verifiedWallMs }: KnownLog): number {
  const wallMs = clock.wallMs();
  const parsedMs = parsedWallMs ?? wallMs;
  return nextVerifyMs(wallMs - parsedMs, wallMs - Math.max(verifiedWallMs ?? 0, parsedMs), clock.random);
}

/** Notes whether the log waits for a reading (it is `quiet` while it waits for its final one), or is and stays empty. */
function updateWish(known: Known, log: KnownLog): void {
  const wish = log.reading === null ? readingWish(log.watch, known.clock.nowMs(), known.settings) : null;
  if (wish === null) known.wishes.delete(log);
  else known.wishes.add(log);
  if (wish?.purpose === 'final' && log.watch.state !== 'quiet') {
    log.watch = { ...log.watch, state: 'quiet' };
    known.changed.logs.add(log);
  }
  if (log.problem === null && isEmptyForLong(log.watch, known.settings)) {
    log.problem = { status: 'empty', reason: 'nothing was ever written to it' };
    known.changed.logs.add(log);
  }
}

/** A missing log is looked for once more before it is gone; in an outage that can wait. */
function missingLookMs(known: Known, missingMs: number): number {
  const waitMs = known.root.isOutage ? known.settings.coldIntervalMs : 60_000;
  return Math.max(known.clock.nowMs() + 1000, missingMs + waitMs);
}

/** Sets when the folder is looked at next. */
export function scheduleFolder(known: Known, folder: KnownFolder): void {
  const { settings, clock } = known;
  const lookedMs = folder.lookedMs ?? clock.nowMs();
  const due = nextFolderLook(
    {
      isContainer: folder.path === '' || folder.holdsExperiments,
      hasLogs: folder.logs.size > 0,
      isBeside: folder.logs.size === 0 && !folder.holdsExperiments && liesBesideLogs(known, folder),
      lookedMs,
      stillMs: lookedMs - folder.activeMs,
      mustListAgain:
        folder.mtimeMs === null && folder.failures === 0 && lookedMs - folder.seenMs < listAgainMs(settings),
      failures: folder.failures,
    },
    crowdOf(known),
    settings,
    clock.random,
  );
  known.agenda.hasten(agendaKey('folder', folder.path), due.dueMs, due.urgency);
}

function liesBesideLogs(known: Known, folder: KnownFolder): boolean {
  if (folder.path === '') return false;
  const parent = parentOf(folder.path);
  return parent !== '' && (known.folders.get(parent)?.logs.size ?? 0) > 0;
}

const crowds = new WeakMap<Known, Crowd & { readonly countedMs: number; readonly of: number }>();

/** Counted once a minute, or where many are new: it is only about how thinly looks are spread. */
function crowdOf(known: Known): Crowd {
  const nowMs = known.clock.nowMs();
  const counted = crowds.get(known);
  if (counted !== undefined && nowMs - counted.countedMs < 60_000 && known.folders.size < 1.1 * counted.of)
    return counted;
  let containers = 1;
  let warm = 0;
  for (const folder of known.folders.values()) {
    if (folder.holdsExperiments) containers += 1;
    else if (nowMs - folder.activeMs < known.settings.warmForMs) warm += 1;
  }
  const crowd = { containers, warm, countedMs: nowMs, of: known.folders.size };
  crowds.set(known, crowd);
  return crowd;
}
