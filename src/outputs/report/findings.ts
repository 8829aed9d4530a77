/** Which ranks are the odd ones, and why. */

import type { Rank } from '../../experiment.js';
import { directionOf } from '../../summary.js';
import type { MetricCurves } from './curves.js';
import { baseOf, type ReportData, trainingOf } from './data.js';
import { type Deviation, deviationsOf, fewestRanksToCompare, firstApart, oddScore, outliersOf } from './deviation.js';
import { formatDuration, formatFigure, percentMore } from './format.js';
import type { Timeline } from './timeline.js';

export interface RankFinding {
  readonly rank: Rank;
  /** Robust z-score of the measure by which the rank is farthest from the others; positive is worse. */
  readonly badness: number;
  /** Why it is odd; empty where it is not. */
  readonly reasons: readonly string[];
  /** The epoch of the last training since which it is apart by one of the measures; null where it is not, or where no epoch can be named. */
  readonly apartSince: number | null;
}

export interface Findings {
  readonly byRank: readonly RankFinding[];
  /** What the ranks were compared by, e.g. `val_dsc`, `time per step`; empty where they cannot be. */
  readonly measures: readonly string[];
}

/** The odd ones, the farthest first. */
export function oddRanksOf({ byRank }: Findings): RankFinding[] {
  const odd = byRank.filter(({ reasons }) => reasons.length > 0);
  return odd.sort((a, b) => Math.abs(b.badness) - Math.abs(a.badness));
}

interface Measure {
  readonly name: string;
  readonly deviations: ReadonlyMap<Rank, Deviation>;
  /** 1: higher is worse. */
  readonly sign: 1 | -1;
  readonly format: (value: number) => string;
  readonly isTime?: boolean;
}

export function findingsOf(data: ReportData): Findings {
  const { ranks } = data.experiment.run;
  const measures = measuresOf(data).filter(({ deviations }) => deviations.size > 0);
  const byRank = ranks.map((rank) => {
    const reasons = endReasonsOf(rank, ranks);
    let badness = 0;
    const since: number[] = [];
    for (const { name, deviations, sign, format, isTime } of measures) {
      const found = deviations.get(rank);
      if (!found) continue;
      if (Math.abs(found.score) > Math.abs(badness)) badness = found.score * sign;
      if (Math.abs(found.score) > oddScore) {
        const share = isTime ? `, ${percentMore(found.figure / found.typical)}` : '';
        since.push(...epochApart(found, data.curves.timeline));
        reasons.push(`${name} ${format(found.figure)}, others ${format(found.typical)}${share}`);
      }
    }
    return { rank, badness, reasons, apartSince: since.length > 0 ? Math.min(...since) : null };
  });
  return { byRank, measures: measures.map(({ name }) => name) };
}

/** One epoch of the last training, or none. */
function epochApart(deviation: Deviation, { x, restarts, xOfEpoch }: Timeline): number[] {
  const column = firstApart(deviation, restarts.length > 0 ? x.indexOf(restarts.at(-1) ?? 0) : 0);
  return column === null ? [] : [(x[column] ?? 0) - xOfEpoch(0)];
}

function measuresOf(data: ReportData): Measure[] {
  const { curves, objective, experiment } = data;
  const measures: Measure[] = [];
  const add = (name: string, metric: MetricCurves | undefined) => {
    if (!metric || measures.some((measure) => measure.name === name)) return;
    const sign = directionOf(name) === 'min' ? 1 : -1;
    measures.push({ name, deviations: byRankOf(deviationsOf(metric)), sign, format: formatFigure });
  };
  if (objective !== null) {
    const metric = curves.metric(objective);
    if (metric?.isShared) add(baseOf(objective), trainingOf(data, baseOf(objective)));
    else add(objective, metric);
  }
  add('loss', trainingOf(data, 'loss'));
  measures.push({
    name: 'time per step',
    deviations: byRankOf(deviationsOf(curves.secondsPerStep)),
    sign: 1,
    format: formatDuration,
    isTime: true,
  });
  const { ranks, rankRelation } = experiment.run;
  const counts = ranks.map((rank) => rank.epochs.length);
  // Where one rank prints for all, the others have none by design.
  const areAllHeard = rankRelation !== 'one_rank_prints';
  const isCounted = areAllHeard && ranks.length >= fewestRanksToCompare && new Set(counts).size > 1;
  measures.push({
    name: 'epochs',
    deviations: byRankOf(isCounted ? outliersOf(ranks, counts) : []),
    sign: -1,
    format: String,
  });
  return measures;
}

function byRankOf(deviations: readonly Deviation[]): Map<Rank, Deviation> {
  return new Map(deviations.map((deviation) => [deviation.rank, deviation]));
}

/** How the rank ended, where the others did not end so. */
function endReasonsOf({ end }: Rank, ranks: readonly Rank[]): string[] {
  if (!end || end.status === 'completed' || end.status === 'early_stopped') return [];
  const isCommon = ranks.every((other) => other.end?.status === end.status);
  return isCommon ? [] : [end.reason === null ? end.status : `${end.status}: ${end.reason}`];
}
