/** From the folds of the ranks to the `Run`. Changes nothing, so that a log that still grows can be looked at. */
import type { LauncherName, Rank, RankEnd, Receipt, Run, TrainerName } from '../experiment.js';
import { canonicalNames } from './names.js';
import type { RankFold } from './rank-fold.js';
import type { Row } from './row.js';
import { epochTable, stepTable } from './tables.js';
import { rankEnd, rankRelation, type ToldEnd, verdict } from './verdict.js';

export interface Reading {
  readonly launcher: LauncherName;
  readonly trainer: TrainerName;
  readonly folds: readonly RankFold[];
  /** Ends told by the launcher or the scheduler. */
  readonly told: readonly ToldEnd[];
  readonly worldSize: number | null;
  readonly jobId: string | null;
  readonly receipt: Receipt;
  /** Several ranks wrote the log without any tag. */
  readonly isMixed: boolean;
  /** No line was understood by the trainer's dialect. */
  readonly isUnknown: boolean;
  /** Most step points an epoch of a rank may keep. */
  readonly maxPoints: number | null;
}

/** The run that a reading amounts to so far. */
export function finish(reading: Reading): Run {
  const { folds, receipt } = reading;
  const printed = new Set<string>();
  const rows = new Map(folds.map((fold) => [fold, fold.rows]));
  let known: readonly string[] = [];
  for (const { figures } of [...rows.values()].flat()) {
    if (figures.names === known) continue;
    known = figures.names;
    for (const name of known) printed.add(name);
  }
  const names = canonicalNames(printed);
  const ends = new Map<RankFold, RankEnd | null>(folds.map((fold) => [fold, rankEnd(fold)]));
  const seen = folds.reduce((most, fold) => Math.max(most, (fold.rank ?? 0) + 1), 0);
  const worldSize = reading.isMixed ? reading.worldSize : Math.max(seen, reading.worldSize ?? 0) || null;
  const build = (withLocal: boolean): Rank[] =>
    folds.map((fold) =>
      rankOf(fold, rows.get(fold) ?? [], names, ends.get(fold) ?? null, withLocal, reading.maxPoints),
    );
  let ranks = build(false);
  const relation = rankRelation(ranks, worldSize ?? ranks.length);
  if (relation === 'averaged') ranks = build(true);
  const isEmpty = receipt.bytes === 0 || receipt.bytes === receipt.nulBytes || receipt.lines === 0;
  const hasEpochs = [...rows.values()].some(({ length }) => length > 0);
  const told = verdict(folds, ends, reading.told, reading.isMixed);
  const isUnknown = !hasEpochs && told.status === 'stalled' && reading.isUnknown;
  return {
    launcher: reading.launcher,
    trainer: isUnknown ? 'none' : reading.trainer,
    ...(isEmpty ? { status: 'empty', reason: 'the log is empty', reasonRank: null } : told),
    ...(isUnknown && !isEmpty
      ? { status: 'unrecognised', reason: 'no line of the log was understood as a trainer’s' }
      : {}),
    rankRelation: relation,
    worldSize,
    jobId: reading.jobId,
    metricNames: new Map([...names].map(([name, canonical]) => [canonical, name])),
    ranks,
    receipt,
  };
}

function rankOf(
  fold: RankFold,
  rows: readonly Row[],
  names: ReadonlyMap<string, string>,
  end: RankEnd | null,
  withLocal: boolean,
  maxPoints: number | null,
): Rank {
  return {
    rank: fold.rank,
    host: fold.host,
    plannedEpochs: fold.planned,
    stepsPerEpoch: fold.steps,
    earlyStopEpoch: fold.earlyStop ?? (end?.status === 'early_stopped' ? (rows.at(-1)?.epoch ?? null) : null),
    restoredEpoch: fold.restored,
    totalTrainingTime: fold.totalTime,
    end,
    epochs: epochTable(rows, names, withLocal),
    steps: maxPoints === null ? null : stepTable(fold.points, names),
  };
}
