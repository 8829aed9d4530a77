import type { Experiment, Status } from '../experiment.js';
import { binaryRun } from '../log/finish.js';
import { markGone, readKnownLogs, renameExperiment, setLogState, setStatus, unmarkGone } from '../store/known-logs.js';
import { inTransaction } from '../store/records.js';
import { save } from '../store/save.js';
import { requireFile } from '../store/trouble.js';
import { summarise } from '../summarise.js';
import type { LogRecord } from '../watch/records.js';
import { nodesOf, settingsInName } from './experiment-of-log.js';
import { settled } from './join-slurm.js';
import { sendNotices, takeNotices } from './notify.js';
import type { ReadExperiment } from './read-logs.js';
import type { Session } from './session.js';
import { keepChanges } from './watch-records.js';

/**
 * Saves what was seen and read since the last time, all of it in one transaction or nothing; gives how many experiments
 * changed. Where it throws, nothing is lost: the next call tries again.
 */
export function saveSession(session: Session): number {
  const { store, watcher, unsaved } = session;
  const changes = watcher.takeChanges();
  if (changes !== undefined) unsaved.changes.push(changes);
  if (unsaved.changes.length === 0 && unsaved.experiments.length === 0) return 0;
  session.hold.require();
  requireFile(store);
  let changed = 0;
  inTransaction(store, () => {
    for (const { renamed } of unsaved.changes) for (const { from, to } of renamed) rename(session, from, to);
    for (const read of unsaved.experiments) {
      if (saveRead(session, read)) changed += 1;
      const notices = read.experiment === null ? [] : takeNotices(session, read.experiment);
      for (const notice of notices) unsaved.notices.set(JSON.stringify(notice), notice);
    }
    const statuses = new Map(readKnownLogs(store).map(({ key, status }) => [key, status]));
    const failures = new Map(unsaved.experiments.map(({ key, failure }) => [key, failure ?? undefined]));
    for (const each of unsaved.changes) {
      for (const record of each.logs) {
        if (saveRecord(session, record, statuses.get(record.path), failures.get(record.path))) changed += 1;
      }
      keepChanges(store, each);
    }
  });
  for (const { experiment, key, failure } of unsaved.experiments) say(session, key, experiment, failure);
  for (const each of unsaved.changes) {
    for (const [flag, sentence] of each.health) sayHealth(session, flag, sentence);
  }
  unsaved.changes.length = 0;
  unsaved.experiments.length = 0;
  const notices = [...unsaved.notices.values()];
  unsaved.notices.clear();
  session.sending = session.sending.then(() => sendNotices(session, notices));
  return changed;
}

function rename({ store, log, unsaved }: Session, from: string, to: string): void {
  const records = unsaved.changes.flatMap(({ logs }) => logs);
  const name = records.findLast(({ path }) => path === to)?.name ?? to;
  if (renameExperiment(store, from, { key: to, name })) log.info('experiment was renamed', { from, to });
}

function saveRead({ store, objective }: Session, { experiment }: ReadExperiment): boolean {
  if (experiment === null) return false;
  const known = settled(store, experiment);
  return save(store, known, summarise(known.run, objective)).changed;
}

/** Brings in line what is known of a log without reading it. */
function saveRecord(session: Session, record: LogRecord, stored: Status | undefined, failure?: string): boolean {
  const { store, log } = session;
  const { path, problem, state } = record;
  if (problem === null) {
    if (stored === 'gone') return unmarkGone(store, path);
    if (stored !== undefined) return setLogState(store, path, state) && false;
    if (state === 'parse_failed') return saveUnread(session, record, 'unreadable', failure ?? 'not read yet');
    if (record.sizeBytes > 0) return false;
    return saveUnread(session, record, 'empty', 'nothing was written to it so far');
  }
  if (problem.status === 'gone') {
    if (!markGone(store, path)) return false;
    log.info('experiment is gone', { experiment: path, reason: problem.reason });
    return true;
  }
  // What was once read stays: that it cannot be read now takes nothing back.
  const wasRead = stored !== undefined && !['empty', 'unreadable', 'ignored', 'gone'].includes(stored);
  if (wasRead) return false;
  if (stored !== undefined) return setStatus(store, path, problem.status, problem.reason);
  log.warn('log cannot be used', { log: path, status: problem.status, reason: problem.reason });
  return saveUnread(session, record, problem.status, problem.reason);
}

/** A row for a log that says nothing, so that its owner sees that it was seen, and why it has no figures. */
function saveUnread(
  { store, objective, root, config }: Session,
  record: LogRecord,
  status: Status,
  reason: string,
): boolean {
  const run = { ...binaryRun(record.sizeBytes), status, reason };
  const experiment: Experiment = {
    key: record.path,
    name: record.name,
    nodes: nodesOf({ root, key: record.path }, config),
    hyperparameters: settingsInName(record.name, config),
    log: { path: record.path, bytes: record.sizeBytes, mtimeMs: record.mtimeMs, fingerprint: record.fingerprint ?? '' },
    logState: record.state,
    revision: Math.max(1, record.revision),
    run,
  };
  return save(store, experiment, summarise(run, objective)).changed;
}

function sayHealth({ health, log }: Session, flag: string, sentence: string | null): void {
  if (sentence === null) {
    if (health.delete(flag)) log.info('trouble is over', { flag });
    return;
  }
  if (!health.has(flag)) log.warn('trouble with the root', { flag, reason: sentence });
  health.set(flag, sentence);
}

function say({ log }: Session, key: string, experiment: Experiment | null, failure: string | null): void {
  if (failure !== null) log.warn('log could not be read, and will be tried again', { log: key, reason: failure });
  if (experiment === null) return;
  const { run, logState } = experiment;
  const fields = { experiment: experiment.name, status: run.status, reason: run.reason };
  const isBad = ['unrecognised', 'empty', 'unreadable', 'ignored'].includes(run.status);
  if (isBad) log.warn('log says nothing', fields);
  else if (logState === 'parsed') log.info('experiment was read', fields);
  else log.debug('growing log was read', fields);
}
