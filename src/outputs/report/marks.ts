/** What happened at which epoch: best, early stops, learning-rate changes, restarts. */

import type { Experiment } from '../../experiment.js';
import type { Summary } from '../../summary.js';
import type { Curves } from './curves.js';

export interface BestEpoch {
  readonly x: number;
  readonly epoch: number;
}

export interface RateChange {
  readonly x: number;
  readonly from: number;
  readonly to: number;
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

function rateChangesOf({ timeline, metric }: Curves): RateChange[] {
  const rates = metric('learning_rate')?.mean;
  if (!rates) return [];
  const changes: RateChange[] = [];
  let before = Number.NaN;
  rates.forEach((rate, column) => {
    if (!Number.isFinite(rate)) return;
    const x = timeline.x[column] ?? 0;
    const isRestart = timeline.restarts.includes(x - 1);
    if (Number.isFinite(before) && rate !== before && !isRestart) changes.push({ x, from: before, to: rate });
    before = rate;
  });
  return changes.length <= maxRateChanges ? changes : [];
}
