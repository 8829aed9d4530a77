import { setTimeout as sleep } from 'node:timers/promises';
import { wakeMs } from '../watch/take-looks.js';
import { bringOutputs, settleObjective } from './bring-outputs.js';
import { bringWorkbook, isWorkbookDue, workbookPathOf } from './bring-workbook.js';
import { lookAround } from './look-around.js';
import { readLogs } from './read-logs.js';
import { saveSession } from './save-session.js';
import type { Session } from './session.js';

/** What one pass did. */
export interface Pass {
  readonly looks: number;
  /** Logs that were read. */
  readonly read: number;
  /** Experiments whose rows changed. */
  readonly changed: number;
}

/** Whom to tell how far the work is. */
export interface Progress {
  /** `waiting`: logs that are still to be read, as far as is known. */
  onRead(done: number, waiting: number): void;
  onWritten(done: number, of: number): void;
}

/** What was written for the whole root. */
export interface Published {
  /** Files beside logs that were written. */
  readonly files: number;
  readonly workbook: { readonly path: string; readonly isNew: boolean } | null;
  /** A line each: what could not be written. */
  readonly errors: readonly string[];
}

/** Logs that are read before what they say is saved. */
const logsPerPass = 50;

/**
 * Looks at what is due, reads the logs that wait for it, and saves what they say. Calling it again changes nothing unless
 * something on disk did; what a crash left undone is done by the next call.
 */
export async function reload(session: Session, progress: Progress): Promise<Pass> {
  const looks = await lookAround(session);
  let done = 0;
  const read = await readLogs(session, logsPerPass, () => progress.onRead(++done, session.known.wishes.size));
  return { looks, read, changed: saveSession(session) };
}

/** Writes every file that does not show the database as it is. */
export async function publishAll(session: Session, progress: Progress): Promise<Published> {
  const overviews = settleObjective(session);
  const { written, errors } = await bringOutputs(session, overviews, progress.onWritten);
  if (!isWorkbookDue(session)) return { files: written, workbook: null, errors };
  const { isNew, error } = await bringWorkbook(session);
  return {
    files: written,
    workbook: { path: workbookPathOf(session), isNew },
    errors: error === null ? errors : [...errors, error],
  };
}

/**
 * Reloads until nothing is left to do, then publishes. A log that was just written to is given `patienceMs` in all to show
 * whether it stands still; one that does not is left as running.
 */
export async function reloadOnce(
  session: Session,
  patienceMs: number,
  progress: Progress,
): Promise<Published & { readonly read: number; readonly changed: number }> {
  const { known, clock, budget } = session;
  let [read, changed, untilMs] = [0, 0, Number.POSITIVE_INFINITY];
  for (;;) {
    const pass = await reload(session, progress);
    read += pass.read;
    changed += pass.changed;
    if (pass.looks + pass.read > 0) continue;
    const nowMs = clock.nowMs();
    const dueMs = wakeMs(known) <= nowMs ? budget.availableAtMs(1, nowMs) : wakeMs(known);
    if (dueMs > nowMs && wakeMs(known) > nowMs) untilMs = Math.min(untilMs, nowMs + patienceMs);
    if (dueMs > untilMs) break;
    await sleep(Math.max(10, dueMs - nowMs));
  }
  return { ...(await publishAll(session, progress)), read, changed };
}
