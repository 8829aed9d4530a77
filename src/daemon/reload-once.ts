import { exitCodes, UserError } from '../user-error.js';
import { createDeletedOutputs } from './deleted-outputs.js';
import { joinSlurmOnce } from './join-slurm.js';
import { type Progress, type Published, publishAll, reload } from './reload.js';
import type { Session } from './session.js';

export interface PassResult extends Published {
  /** Logs that were read. */
  readonly read: number;
  /** Experiments whose rows changed. */
  readonly changed: number;
}

/** Files that may have been deleted. */
const askedAtOnce = 1000;

/**
 * Looks at everything once, reads what there is to read, and publishes. A log that was just written to is given
 * `patienceMs` to show whether it stands still; one that does not is left as running.
 */
export async function reloadOnce(session: Session, patienceMs: number, progress: Progress): Promise<PassResult> {
  const { watcher, news, health, readings, root, log } = session;
  let [read, changed] = [0, 0];
  const reloadUntil = async (isOver: () => boolean, untilMs: number): Promise<void> => {
    for (;;) {
      const done = await reload(session, progress);
      read += done.read;
      changed += done.changed;
      const leftMs = untilMs - performance.now();
      const isAtWork = readings.begun.size > 0;
      if (done.read === 0 && !isAtWork && (isOver() || leftMs <= 0)) return;
      if (done.read === 0) await news.wait(isAtWork ? 1000 : Math.min(leftMs, 1000));
    }
  };

  let isPassed = false;
  watcher.rescan();
  const passed = watcher.pass().then(() => {
    isPassed = true;
    news.tell();
  });
  await Promise.all([passed, reloadUntil(() => isPassed, Number.POSITIVE_INFINITY)]);
  const reason = health.get('ROOT_MISSING');
  if (reason !== undefined) {
    throw new UserError(`${root}: expected the folder that holds the experiments; ${reason}`, exitCodes.noInput);
  }
  for (const { path, reason } of watcher.status().unreadable) log.warn('folder was left out', { folder: path, reason });
  await reloadUntil(() => !hasOpenLogs(session), performance.now() + patienceMs);
  changed += await joinSlurmOnce(session);
  const deleted = createDeletedOutputs(session, askedAtOnce);
  do await deleted.turn();
  while (deleted.hasMore());
  return { ...(await publishAll(session, progress)), read, changed };
}

function hasOpenLogs({ watcher }: Session): boolean {
  const { logs } = watcher.status();
  return logs.new + logs.growing + logs.quiet + logs.parsing > 0;
}
