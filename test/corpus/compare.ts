/** Holds a reading against the truth: which figures are exact, which are missing, which are wrong. Pure. */

import type { EpochTable, Rank, Run, Status } from '../../src/experiment.js';
import { epochFlags } from '../../src/experiment.js';
import type { Truth, TruthRank } from './truth.js';
import { isBookkeeping } from './truth.js';

export interface Verdict {
  readonly exact: number;
  readonly missing: number;
  readonly wrong: number;
  /** Facts of a rank (planned epochs, early stop, total time …) that differ or are missing. */
  readonly factsOff: number;
  /** The reading's own status, beside the one that is right. */
  readonly status: Status;
  readonly end: Status;
  readonly isStatusRight: boolean;
  /** One line for each figure or fact that is missing or wrong. */
  readonly faults: readonly string[];
}

type Figures = ReadonlyMap<number, ReadonlyMap<string, number>>;

interface Tally {
  exact: number;
  missing: number;
  wrong: number;
  factsOff: number;
  readonly faults: string[];
}

/** A reading is right when no figure or fact is wrong or missing and its status is the run's end. */
export function isRight(verdict: Verdict): boolean {
  return verdict.missing + verdict.wrong + verdict.factsOff === 0 && verdict.isStatusRight;
}

/** Compares every figure of every rank and epoch, the facts of each rank, and the status. */
export function compare(truth: Truth, run: Run): Verdict {
  const tally: Tally = { exact: 0, missing: 0, wrong: 0, factsOff: 0, faults: [] };
  const isJudged = judgedNames(truth);
  if (truth.isUntagged) {
    compareUntagged(truth, run, isJudged, tally);
  } else {
    for (const rank of truth.ranks) {
      const read = run.ranks.find((candidate) => candidate.rank === rank.rank);
      compareFigures(rank, read ? figuresOf(read.epochs, isJudged) : new Map(), tally);
      if (read) compareFacts(rank, read, truth.isComplete, tally);
    }
    for (const rank of run.ranks) compareUnknownRank(truth, rank, isJudged, tally);
  }
  const isStatusRight = run.status === truth.end || (truth.end === 'killed' && run.status === 'stalled');
  if (!isStatusRight) tally.faults.push(`status ${run.status}, not ${truth.end} (${run.reason ?? 'no reason given'})`);
  return { ...tally, status: run.status, end: truth.end, isStatusRight };
}

function judgedNames(truth: Truth): (name: string) => boolean {
  const listed = new Set(
    truth.ranks.flatMap((rank) => [...rank.epochs.values()].flatMap((figures) => [...figures.keys()])),
  );
  return (name) => !isBookkeeping(name) && (truth.isComplete || listed.has(name));
}

/** The figures of a rank's complete epochs; where an epoch occurs in several segments, the last one's. */
function figuresOf(table: EpochTable, isJudged: (name: string) => boolean): Figures {
  const figures = new Map<number, Map<string, number>>();
  const columns = [...table.metrics].filter(([name]) => isJudged(name));
  for (let row = 0; row < table.length; row += 1) {
    const epoch = table.epoch[row];
    const flags = table.flags[row];
    if (epoch === undefined || flags === undefined || (flags & epochFlags.partial) !== 0) continue;
    const ofEpoch = new Map<string, number>();
    for (const [name, column] of columns) {
      const value = column.values[row];
      if (column.present[row] === 1 && value !== undefined) ofEpoch.set(name, value);
    }
    figures.set(epoch, ofEpoch);
  }
  return figures;
}

function compareFigures(rank: TruthRank, read: Figures, tally: Tally): void {
  for (const [epoch, figures] of rank.epochs) {
    for (const [name, expected] of figures) {
      const got = read.get(epoch)?.get(name);
      const where = `rank ${rank.rank}, epoch ${epoch}, ${name}`;
      if (got === undefined) {
        tally.missing += 1;
        tally.faults.push(`${where}: missing, printed ${expected}`);
      } else if (Object.is(got, expected)) {
        tally.exact += 1;
      } else {
        tally.wrong += 1;
        tally.faults.push(`${where}: read ${got}, printed ${expected}`);
      }
    }
  }
  for (const [epoch, figures] of read) {
    for (const [name, got] of figures) {
      if (rank.epochs.get(epoch)?.has(name)) continue;
      tally.wrong += 1;
      tally.faults.push(`rank ${rank.rank}, epoch ${epoch}, ${name}: read ${got}, but it was never printed`);
    }
  }
}

function compareUnknownRank(truth: Truth, rank: Rank, isJudged: (name: string) => boolean, tally: Tally): void {
  if (truth.ranks.some((known) => known.rank === rank.rank)) return;
  for (const [epoch, figures] of figuresOf(rank.epochs, isJudged)) {
    tally.wrong += figures.size;
    if (figures.size > 0) tally.faults.push(`rank ${rank.rank}, epoch ${epoch}: figures of a rank that never was`);
  }
}

/** Whose record is whose cannot be known: a figure is wrong when no rank printed it, and none is missing. */
function compareUntagged(truth: Truth, run: Run, isJudged: (name: string) => boolean, tally: Tally): void {
  for (const rank of run.ranks) {
    if (rank.rank !== null) tally.faults.push(`rank ${rank.rank}: the log has no tags, so no rank can be known`);
    for (const [epoch, figures] of figuresOf(rank.epochs, isJudged)) {
      for (const [name, got] of figures) {
        if (truth.ranks.some((known) => Object.is(known.epochs.get(epoch)?.get(name), got))) {
          tally.exact += 1;
        } else {
          tally.wrong += 1;
          tally.faults.push(`epoch ${epoch}, ${name}: read ${got}, which no rank printed`);
        }
      }
    }
  }
}

const factNames = ['plannedEpochs', 'stepsPerEpoch', 'earlyStopEpoch', 'totalTrainingTime'] as const;

/** What a rank says of itself: a fact that differs is wrong; one that is not there is missing where the log must have it. */
function compareFacts(rank: TruthRank, read: Rank, isComplete: boolean, tally: Tally): void {
  for (const name of factNames) {
    const expected = rank.facts[name];
    const got = read[name];
    if (expected === undefined || got === expected) continue;
    // Not every style of progress bar prints the steps of an epoch.
    if (got === null && (!isComplete || name === 'stepsPerEpoch')) continue;
    tally.factsOff += 1;
    tally.faults.push(`rank ${rank.rank}, ${name}: read ${got}, should be ${expected}`);
  }
}
