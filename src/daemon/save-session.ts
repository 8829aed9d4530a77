import { setImmediate } from 'node:timers/promises';
import type { Experiment, Status } from '../experiment.js';
import { binaryRun } from '../log/binary-run.js';
import {
  markGone,
  maybeReadStatus,
  renameExperiment,
  setLogState,
  setStatus,
  unmarkGone,
} from '../store/known-logs.js';
import { inTransaction } from '../store/records.js';
import { save } from '../store/save.js';
import { requireFile } from '../store/trouble.js';
import { summarise } from '../summarise.js';
import type { LogRecord } from '../watch/records.js';
import { nodesOf, settingsInName } from './experiment-names.js';
import { settled } from './join-slurm.js';
import { sendNotices, takeNotices } from './notify.js';
import { keepMadeOutputs } from './output-records.js';
import type { ReadExperiment } from './read-logs.js';
import type { Session } from './session.js';
import { keepChanges } from './watch-records.js';

/** So long is saved at one go; then whoever waits for the program gets an answer. */
const sliceMs = 15;

/**
 * Saves what was seen and read since the last time, in transactions of a few milliseconds each; gives how many experiments
 * changed. What a log says is saved before that it was read, so that a crash in between costs another reading and nothing
 * else. Where it throws, nothing is lost: the next call tries again.
 */
export async function saveSession(session: Session, pause: () => Promise<void> = setImmediate): Promise<number> {
  let changed = 0;
  for (;;) {
    const saved = saveSome(session);
    if (saved === undefined) break;
    changed += saved;
    await pause();
  }
  const { unsaved } = session;
  const notices = [...unsaved.notices.values()];
  unsaved.notices.clear();
  session.sending = session.sending.then(() => sendNotices(session, notices));
  return changed;
}

/** Saves as much as the time allows, all of it in one transaction or nothing; undefined where there was nothing to save. */
function saveSome(session: Session): number | undefined {
  const { store, watcher, unsaved } = session;
  if (unsaved.changes.length === 0) {
    const changes = watcher.takeChanges();
    if (changes !== undefined) unsaved.changes.push(changes);
  }
  const [changes] = unsaved.changes;
  if (changes === undefined && unsaved.experiments.length === 0) return undefined;
  session.hold.require();
  requireFile(store);
  const untilMs = performance.now() + sliceMs;
  const hasTime = (): boolean => performance.now() < untilMs;
  let [changed, read] = [0, 0];
  let isAllSaved = false;
  inTransaction(store, () => {
    for (const { from, to } of changes?.renamed ?? []) rename(session, from, to);
    for (const each of unsaved.experiments) {
      if (read > 0 && !hasTime()) break;
      read += 1;
      if (saveRead(session, each)) changed += 1;
      for (const notice of each.experiment === null ? [] : takeNotices(session, each.experiment))
        unsaved.notices.set(JSON.stringify(notice), notice);
    }
    isAllSaved = changes !== undefined && read === unsaved.experiments.length && (read === 0 || hasTime());
    if (changes === undefined || !isAllSaved) return;
    const failures = new Map([
      ...unsaved.failures,
      ...unsaved.experiments.map(({ key, failure }) => [key, failure] as const),
    ]);
    for (const record of changes.logs) {
      const stored = maybeReadStatus(store, record.path);
      if (saveRecord(session, record, stored, failures.get(record.path) ?? undefined)) changed += 1;
    }
    keepChanges(store, changes);
  });
  for (const { experiment, key, failure } of unsaved.experiments.splice(0, read)) {
    say(session, key, experiment, failure);
    unsaved.failures.set(key, failure);
  }
  if (changes === undefined || !isAllSaved) return changed;
  for (const [flag, sentence] of changes.health) sayHealth(session, flag, sentence);
  unsaved.changes.shift();
  if (!watcher.hasChanges()) unsaved.failures.clear();
  return changed;
}

function rename({ store, log, unsaved }: Session, from: string, to: string): void {
  const records = unsaved.changes.flatMap(({ logs }) => logs);
  const name = records.findLast(({ path }) => path === to)?.name ?? to;
  if (renameExperiment(store, from, { key: to, name })) log.info('experiment was renamed', { from, to });
}

function saveRead({ store, objective }: Session, { experiment, made }: ReadExperiment): boolean {
  if (experiment === null) return false;
  const known = settled(store, experiment);
  const { changed } = save(store, known, summarise(known.run, objective));
  if (changed && made !== undefined && known === experiment) keepMadeOutputs(store, experiment.key, made);
  return changed;
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
