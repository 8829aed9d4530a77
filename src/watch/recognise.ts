/** Recognises a known log under a new name: a folder that was renamed keeps its experiment, a copy is another one. */

import { twinName } from '../log-name.js';
import { agendaKey, type Known, type KnownLog, type NewLook, type Question } from './known.js';
import type { Look } from './look.js';
import { acceptLog, moveLog } from './registry.js';
import { updateLog } from './see-log.js';
import { found } from './see-missing.js';

/** Fingerprints that one new log is compared with at most. */
const maxCandidates = 20;
/** Logs with so many equal bytes are the same. */
const tellingBytes = 4096;

/**
 * Takes in a log of which nothing is known. Gives the look that tells it from known ones, where there is doubt; none where its name
 * says it all: one that was packed, or unpacked, since it was last seen.
 */
export function seeNewLog(known: Known, path: string, look: NewLook): readonly Look[] {
  const twin = known.logs.get(twinName(path));
  if (twin !== undefined && isLost(twin)) {
    rename(known, twin, path, look);
    return [];
  }
  const candidates = candidatesFor(known, look);
  if (candidates.length === 0) {
    acceptLog(known, path, look);
    return [];
  }
  known.questions.set(path, { look, candidates, equals: null });
  return [{ kind: 'fingerprints', path, sizesBytes: sizesOf(candidates) }];
}

/** Takes in the fingerprints of a new log; null where it could not be read. What it equals was either renamed or copied. */
export function answerQuestion(known: Known, path: string, fingerprints: readonly string[] | null): void {
  const question = known.questions.get(path);
  if (question === undefined) return;
  const sizes = sizesOf(question.candidates);
  const equals = question.candidates
    .filter(({ fingerprint, sizeBytes }) => fingerprint === fingerprints?.[sizes.indexOf(sizeBytes)])
    .map((candidate) => known.logs.get(candidate.path))
    .filter((log) => log !== undefined);
  const original = originalOf(equals, question.look);
  if (original === undefined) {
    known.questions.delete(path);
    acceptLog(known, path, question.look);
  } else if (isLost(original)) {
    rename(known, original, path, question.look);
  } else {
    // Whether it still is where it was takes a look.
    known.questions.set(path, { ...question, equals: original.path });
    known.agenda.hasten(agendaKey('log', original.path), known.clock.nowMs(), 'now');
  }
}

/** Settles the questions that waited for whether this log is still where it was. */
export function settleWhereabouts(known: Known, log: KnownLog, where: 'here' | 'missing'): void {
  for (const [path, question] of known.questions) {
    if (question.equals !== log.path) continue;
    if (where === 'missing') {
      rename(known, log, path, question.look);
      return;
    }
    known.questions.delete(path);
    const isCopy = question.look.sizeBytes === log.watch.read?.sizeBytes;
    acceptLog(known, path, question.look, isCopy ? log.path : null);
  }
}

/**
 * What a new log was before, or is a copy of, among the known logs of its content. Where others have that too and are still
 * there, only its mtime, or the inode of one that grew, tell that it is the one that was lost: `mv` keeps them, and `cp` makes a
 * new mtime, if maybe under the inode of what was just deleted.
 */
function originalOf(equals: readonly KnownLog[], look: NewLook): KnownLog | undefined {
  const lost = equals.filter(isLost);
  const same = lost.find(({ ino, watch: { read } }) => {
    const hasGrown = read !== null && look.sizeBytes > read.sizeBytes;
    return read?.mtimeMs === look.mtimeMs || (hasGrown && ino === look.ino);
  });
  return same ?? equals.find((log) => !isLost(log)) ?? lost[0];
}

/** The known logs that a new one may be: those that have its inode or had its size, and those that are missing. */
function candidatesFor(known: Known, look: NewLook): Question['candidates'] {
  const sameIno = known.byIno.get(look.ino);
  const missing = known.root.isOutage ? [] : known.missing;
  const suspects = [...(sameIno ? [sameIno] : []), ...(known.bySize.get(look.sizeBytes) ?? []), ...missing];
  const candidates = new Map<string, Question['candidates'][number]>();
  for (const { path, watch } of suspects) {
    const { read } = watch;
    if (read === null || read.sizeBytes === 0 || read.sizeBytes > look.sizeBytes) continue;
    // The first lines of two logs may well be equal: a log that grew must be told by more.
    if (read.sizeBytes < look.sizeBytes && read.sizeBytes < tellingBytes && path !== sameIno?.path) continue;
    candidates.set(path, { path, sizeBytes: read.sizeBytes, fingerprint: read.fingerprint });
    if (candidates.size === maxCandidates) break;
  }
  return [...candidates.values()];
}

/** Each size once: logs of the same size are told apart by one look. */
function sizesOf(candidates: Question['candidates']): readonly number[] {
  return [...new Set(candidates.map(({ sizeBytes }) => sizeBytes))];
}

function isLost({ missingMs, problem }: KnownLog): boolean {
  return missingMs !== null || problem?.status === 'gone';
}

function rename(known: Known, log: KnownLog, to: string, look: NewLook): void {
  known.questions.delete(to);
  found(known, log);
  moveLog(known, log, to);
  updateLog(known, log, look);
}
