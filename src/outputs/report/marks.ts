/** What happened at which epoch: best, early stops, learning-rate changes, restarts. */

import type { Experiment, Rank } from '../../experiment.js';
import type { Summary } from '../../summary.js';
import type { Curves } from './curves.js';
import type { Timeline } from './timeline.js';

export interface BestEpoch {
  readonly x: number;
  readonly epoch: number;
}

export interface RateChange {
  readonly x: number;
  /** null where ranks have their own. */
  readonly to: number | null;
}

/** Each at its x on the timeline. */
export interface Marks {
  readonly best: BestEpoch | null;
  /** x → how many ranks stopped early there, ascending. */
  readonly earlyStops: ReadonlyMap<number, number>;
  readonly rateChanges: readonly RateChange[];
  readonly restarts: readonly number[];
}

/** A schedule that changes the learning rate more often than this is a curve, not a list of events. */
const maxRateChanges = 12;

export function marksOf(experiment: Experiment, summary: Summary, curves: Curves): Marks {
  const { timeline } = curves;
  const earlyStops = new Map<number, number>();
  const stops = experiment.run.ranks.flatMap(({ earlyStopEpoch }) => earlyStopEpoch ?? []).sort((a, b) => a - b);
  for (const epoch of stops) {
    const x = timeline.xOfEpoch(epoch);
    earlyStops.set(x, (earlyStops.get(x) ?? 0) + 1);
  }
  return {
    best: summary.best ? { epoch: summary.best.epoch, x: timeline.xOfEpoch(summary.best.epoch) } : null,
    earlyStops,
    rateChanges: rateChangesOf(curves),
    restarts: timeline.restarts,
  };
}

/** Changes of the learning rate; where ranks have their own, of any of them. */
function rateChangesOf({ timeline, metric }: Curves): RateChange[] {
  const rates = metric('learning_rate');
  if (!rates) return [];
  if (rates.isShared) return changesIn(timeline, rates.mean);
  const places = new Set(rates.byRank.flatMap(({ y }) => changesIn(timeline, y).map(({ x }) => x)));
  const changes = [...places].sort((a, b) => a - b).map((x) => ({ x, to: null }));
  return changes.length <= maxRateChanges ? changes : [];
}

/** Changes of one rank's learning rate. */
export function rateChangesOfRank({ timeline, metric }: Curves, rank: Rank): RateChange[] {
  const rates = metric('learning_rate')?.byRank.find((curve) => curve.rank === rank);
  return rates ? changesIn(timeline, rates.y) : [];
}

/** None where the rate changes all the time. */
function changesIn(timeline: Timeline, rates: Float64Array): RateChange[] {
  const changes: RateChange[] = [];
  let before = Number.NaN;
  rates.forEach((rate, column) => {
    if (!Number.isFinite(rate)) return;
    const x = timeline.x[column] ?? 0;
    const isRestart = timeline.restarts.includes(x - 1);
    if (Number.isFinite(before) && rate !== before && !isRestart) changes.push({ x, to: rate });
    before = rate;
  });
  return changes.length <= maxRateChanges ? changes : [];
}
