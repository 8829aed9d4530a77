/** Everything that the report of a whole sweep shows, asked once. */

import { type Effect, effectsOn } from '../../ask/effects.js';
import { clusterFailures, type FailureCluster } from '../../ask/failures.js';
import { varyingSettings } from '../../ask/fields.js';
import { type Configuration, type Cost, configurations, costs, type LayoutNames } from '../../ask/scaling.js';
import { inferSweep, type Sweep } from '../../ask/sweep.js';
import type { Status } from '../../experiment.js';
import type { ExperimentOverview, Objective } from '../../summary.js';
import { finalOf, isFinished, noiseOf, placesOf, sortExperiments } from '../workbook/order.js';
import type { SweepCurve } from './curve.js';

export interface SweepInput {
  /** What the sweep is called: the name of its root. */
  readonly title: string;
  readonly experiments: readonly ExperimentOverview[];
  readonly objective: Objective | null;
  readonly layout: LayoutNames;
  /** Settings that only tell repeats apart: `repeatKeys` of the config. */
  readonly repeatKeys: readonly string[];
  /** The epochs of one experiment; asked for when they are drawn, so that they need not all be in memory. */
  readonly curveOf: (experiment: ExperimentOverview) => SweepCurve;
  /** e.g. `0.1.0`. */
  readonly programVersion: string;
}

export interface SweepData extends SweepInput {
  /** Finished ones first, best first; then the others. */
  readonly sorted: readonly ExperimentOverview[];
  /** Those of `sorted` that came to their own end with a finite figure of the objective. */
  readonly ranked: readonly ExperimentOverview[];
  /** See `placesOf`. */
  readonly places: ReadonlyMap<string, string>;
  /** Settings that vary, those that only tell repeats apart left out; what matters most for the objective first. */
  readonly varying: readonly string[];
  /** Statuses that occur, in the order of the domain's list. */
  readonly statusCounts: ReadonlyMap<Status, number>;
  readonly effects: readonly Effect[];
  readonly grid: Sweep;
  readonly configurations: readonly Configuration[];
  readonly costs: readonly Cost[];
  readonly clusters: readonly FailureCluster[];
  /** When the newest log was last written to, `2026-01-31`; the same rows give the same text. */
  readonly dateText: string;
}

export function sweepDataOf(input: SweepInput): SweepData {
  const { experiments, objective, repeatKeys } = input;
  const sorted = sortExperiments(experiments, objective);
  const ranked = sorted.filter((each) => isFinished(each.run.status) && Number.isFinite(objectiveOf(each, objective)));
  const effects = objective ? effectsOn(ranked, objective.metric, repeatKeys) : [];
  const byEffect = effects.map(({ setting }) => setting);
  const rest = varyingSettings(experiments).filter((name) => !repeatKeys.includes(name) && !byEffect.includes(name));
  const newest = experiments.reduce((latest, { log }) => Math.max(latest, log.mtimeMs), 0);
  return {
    ...input,
    sorted,
    ranked,
    places: placesOf(sorted, objective, noiseOf(experiments, objective, repeatKeys)),
    varying: [...byEffect, ...rest],
    statusCounts: countStatuses(experiments),
    effects,
    grid: inferSweep(experiments, repeatKeys),
    configurations: configurations(experiments, input.layout),
    costs: objective ? costs(ranked, objective) : [],
    clusters: clusterFailures(experiments, repeatKeys),
    dateText: new Date(newest).toISOString().slice(0, 10),
  };
}

/** The final figure by which an experiment is judged; NaN where it has none. */
export function objectiveOf(experiment: ExperimentOverview, objective: Objective | null): number {
  return objective ? (finalOf(experiment, objective.metric) ?? Number.NaN) : Number.NaN;
}

/** `higher is better`. */
export function directionText({ direction }: Objective): string {
  return direction === 'max' ? 'higher is better' : 'lower is better';
}

function countStatuses(experiments: readonly ExperimentOverview[]): Map<Status, number> {
  const counts = new Map<Status, number>();
  for (const { run } of experiments) counts.set(run.status, (counts.get(run.status) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}
