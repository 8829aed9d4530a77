/** Takes an answer of the scanner into what is known. */

import { endWait } from './awaited.js';
import { agendaKey, folderOf, type Known } from './known.js';
import { depthOf, parentOf } from './layout.js';
import type { Answer, Look, Observation } from './look.js';
import { answerQuestion, seeNewLog, settleWhereabouts } from './recognise.js';
import { ignoreLog } from './registry.js';
import { exportBell } from './root-folder.js';
import { scheduleLog } from './schedule.js';
import { dropFolder, postponeFolder, seeFileForFolder, seeFolder } from './see-folder.js';
import { postponeLog, seeFingerprint, updateLog } from './see-log.js';
import { found, judgeOutage, missing, missingFolder } from './see-missing.js';
import type { Trouble } from './trouble.js';

const bellsMs = 60_000;

/** Takes in the answer to a look. Gives the looks that it makes necessary at once. */
export function observe(known: Known, look: Look, { observation }: Answer): readonly Look[] {
  switch (observation.kind) {
    case 'root':
      seeRoot(known, observation);
      return [];
    case 'folder':
      seeFolder(known, observation);
      return [];
    case 'log':
      return seeLog(known, observation);
    case 'other':
      if (observation.is === 'file') seeFileForFolder(known, observation.path);
      else seeFolderForLog(known, observation.path);
      return [];
    case 'fingerprints':
      seeFingerprints(known, observation.path, observation.fingerprints);
      return [];
    case 'bells':
      // Whoever rang while nobody listened.
      known.agenda.hasten(
        agendaKey('bells'),
        known.clock.nowMs() + Math.max(bellsMs, known.settings.rootIntervalMs),
        'soon',
      );
      for (const name of observation.names) if (name !== exportBell) ring(known, name);
      return [];
    case 'trouble':
      seeTrouble(known, look, observation.path, observation.trouble);
      return [];
  }
}

/** Somebody says that this is worth a look now: a job, an experiment, or (any other name) whatever is new. */
export function ring(known: Known, name: string): void {
  const nowMs = known.clock.nowMs();
  const isMeant = (path: string, jobId: string | undefined): boolean =>
    jobId === name || path.split('/').includes(name);
  const logs = [...known.logs.values()].filter(({ path, job }) => isMeant(path, job?.id));
  for (const { path } of logs) {
    known.agenda.hasten(agendaKey('folder', parentOf(path)), nowMs, 'now');
    known.agenda.hasten(agendaKey('log', path), nowMs, 'now');
  }
  if (logs.length > 0) return;
  for (const folder of known.folders.values()) {
    const isOpen = folder.path === '' || folder.holdsExperiments || folder.logs.size === 0;
    if (isOpen && nowMs - folder.activeMs < known.settings.warmForMs)
      known.agenda.hasten(agendaKey('folder', folder.path), nowMs, 'now');
  }
}

function seeRoot(known: Known, seen: Extract<Observation, { kind: 'root' }>): void {
  const { root, agenda, settings, clock } = known;
  const nowMs = clock.nowMs();
  root.lookedMs = nowMs;
  root.realPath = seen.realPath;
  if (!root.isThere) {
    root.isThere = true;
    known.changed.health.set('ROOT_MISSING', null);
    agenda.hasten(agendaKey('folder', ''), nowMs, 'now');
    if (seen.marker === 'present') agenda.hasten(agendaKey('bells'), nowMs, 'soon');
  }
  if (seen.marker === 'present') root.marker = 'present';
  else if (root.marker === 'present') root.marker = 'missing';
  judgeOutage(known);
  const isDoubtful = root.isOutage || known.missing.size > 0 || root.marker === 'missing';
  agenda.hasten(agendaKey('root'), nowMs + (isDoubtful ? settings.rootIntervalMs : settings.rootListMs), 'soon');
  if (!root.isOutage) return;
  folderOf(known, '').mtimeMs = null;
  agenda.hasten(agendaKey('folder', ''), nowMs, 'now');
}

function seeLog(known: Known, seen: Extract<Observation, { kind: 'log' }>): readonly Look[] {
  const log = known.logs.get(seen.path);
  if (seen.target !== undefined && known.logs.has(seen.target)) {
    ignoreLog(known, seen.path, `link to ${seen.target}`);
    return [];
  }
  if (log === undefined) return known.questions.has(seen.path) ? [] : seeNewLog(known, seen.path, seen);
  found(known, log);
  settleWhereabouts(known, log, 'here');
  return updateLog(known, log, seen);
}

/** A folder with the name of a log, as `mpirun --output-filename train.log` makes it. */
function seeFolderForLog(known: Known, path: string): void {
  const log = known.logs.get(path);
  endWait(known, 'log', path);
  if (log !== undefined) missing(known, log);
  if (depthOf(path) <= known.settings.depth)
    known.agenda.hasten(agendaKey('folder', path), known.clock.nowMs(), 'soon');
}

function seeFingerprints(known: Known, path: string, fingerprints: readonly string[]): void {
  const log = known.logs.get(path);
  if (log === undefined) answerQuestion(known, path, fingerprints);
  else if (fingerprints[0] !== undefined) seeFingerprint(known, log, fingerprints[0]);
}

function seeTrouble(known: Known, look: Look, path: string, trouble: Trouble): void {
  if (look.kind === 'root' || (look.kind === 'folder' && path === '')) loseRoot(known, trouble);
  else if (look.kind === 'bells')
    known.agenda.hasten(agendaKey('bells'), known.clock.nowMs() + known.settings.rootListMs, 'soon');
  else if (look.kind === 'folder') seeFolderTrouble(known, path, trouble);
  else if (look.kind === 'fingerprints' && !known.logs.has(path)) seeQuestionTrouble(known, path, trouble);
  else seeLogTrouble(known, path, trouble);
}

function seeQuestionTrouble(known: Known, path: string, trouble: Trouble): void {
  if (trouble.kind === 'missing') {
    known.questions.delete(path);
    endWait(known, 'log', path);
  } else answerQuestion(known, path, null);
}

function seeLogTrouble(known: Known, path: string, trouble: Trouble): void {
  const log = known.logs.get(path);
  if (trouble.kind === 'ignored') {
    ignoreLog(known, path, trouble.reason);
  } else if (trouble.kind !== 'missing') {
    postponeLog(known, path);
  } else if (log !== undefined) {
    settleWhereabouts(known, log, 'missing');
    if (log.path === path) missing(known, log);
    else scheduleLog(known, log);
  } else {
    endWait(known, 'log', path);
  }
}

function seeFolderTrouble(known: Known, path: string, trouble: Trouble): void {
  if (trouble.kind === 'missing') {
    missingFolder(known, path);
    dropFolder(known, path);
  } else if (trouble.kind === 'ignored') {
    folderOf(known, path).reason = trouble.reason;
    endWait(known, 'folder', path);
    known.agenda.hasten(agendaKey('folder', path), known.clock.nowMs() + 24 * known.settings.coldIntervalMs, 'verify');
  } else {
    postponeFolder(known, path, trouble.reason);
  }
}

/** The root cannot be looked at: what is in it stays as it is. */
function loseRoot(known: Known, trouble: Trouble): void {
  const { root, settings, clock, agenda } = known;
  root.isThere = false;
  known.changed.health.set(
    'ROOT_MISSING',
    `the root: ${trouble.reason}, looking again every ${settings.rootIntervalMs / 1000} s`,
  );
  agenda.set(agendaKey('root'), clock.nowMs() + settings.rootIntervalMs, 'now');
}
