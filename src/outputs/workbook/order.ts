/** The order of experiments: finished ones first, best first; and the place of each, with ties where a difference means nothing. */

import { settingsKeys } from '../../ask/settings-keys.js';
import type { Status } from '../../experiment.js';
import type { ListedExperiment, Objective } from '../../summary.js';

/** Finished runs by the objective, best first, then `val_loss` lowest first; then all others likewise; what is missing or NaN last. */
export function sortExperiments<Row extends ListedExperiment>(
  experiments: readonly Row[],
  objective: Objective | null,
): Row[] {
  const byObjective = objective && metricOrder(objective);
  const byLoss = metricOrder({ metric: 'val_loss', direction: 'min' });
  return experiments
    .map((experiment) => ({
      experiment,
      unfinished: isFinished(experiment.run.status) ? 0 : 1,
      objective: byObjective ? byObjective(experiment) : 0,
    }))
    .sort(
      (a, b) =>
        a.unfinished - b.unfinished ||
        compareNumbers(a.objective, b.objective) ||
        compareNumbers(byLoss(a.experiment), byLoss(b.experiment)) ||
        compareText(a.experiment.name, b.experiment.name) ||
        compareText(a.experiment.key, b.experiment.key),
    )
    .map(({ experiment }) => experiment);
}

/** The first `count` of what `sortExperiments` gives, without sorting the others. */
export function firstExperiments<Row extends ListedExperiment>(
  experiments: readonly Row[],
  objective: Objective,
  count: number,
): Row[] {
  const finished = experiments.filter(({ run }) => isFinished(run.status));
  if (finished.length <= count) return sortExperiments(experiments, objective).slice(0, count);
  const order = metricOrder(objective);
  const values = Float64Array.from(finished, order);
  // NaN comes last.
  const last = Float64Array.from(values).sort()[count - 1] ?? Number.NaN;
  const chosen = finished.filter((_, i) => compareNumbers(values[i] ?? Number.NaN, last) <= 0);
  return sortExperiments(chosen, objective).slice(0, count);
}

/** A run that came to its own end, so that its figures can be compared. */
export function isFinished(status: Status): boolean {
  return status === 'completed' || status === 'early_stopped';
}

/** The final figure of `metric`, undefined where it is missing. */
export function finalOf(experiment: ListedExperiment, metric: string): number | undefined {
  return experiment.summary.metrics.get(metric)?.final;
}

/**
 * Place of each finished experiment by the objective, by key: `1`, `2`, or `=2` for those that the noise does not tell from
 * the first of them. Nothing for an experiment without a finite figure.
 */
export function placesOf(
  sorted: readonly ListedExperiment[],
  objective: Objective | null,
  noise: number,
): ReadonlyMap<string, string> {
  const ranked = sorted.flatMap((experiment) => {
    const value = objective && isFinished(experiment.run.status) ? finalOf(experiment, objective.metric) : undefined;
    return value !== undefined && Number.isFinite(value) ? [{ key: experiment.key, value }] : [];
  });
  const places = new Map<string, string>();
  for (let first = 0; first < ranked.length; ) {
    let end = first + 1;
    while (end < ranked.length && isTie(ranked[first]?.value, ranked[end]?.value, noise)) end++;
    const place = end - first > 1 ? `=${first + 1}` : `${first + 1}`;
    for (const { key } of ranked.slice(first, end)) places.set(key, place);
    first = end;
  }
  return places;
}

/**
 * How far two figures of the objective may lie apart without meaning anything: the standard deviation of a run within its
 * repeats (same settings, at least three degrees of freedom), at least half a unit of the fourth decimal that trainers print.
 */
export function noiseOf(
  experiments: readonly ListedExperiment[],
  objective: Objective | null,
  repeatKeys: readonly string[],
): number {
  const printed = 0.5e-4;
  if (!objective) return printed;
  let squares = 0;
  let freedom = 0;
  for (const repeats of groupRepeats(experiments, repeatKeys).values()) {
    const values = repeats.map((run) => finalOf(run, objective.metric)).filter((value) => Number.isFinite(value));
    const numbers = values.filter((value) => value !== undefined);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    for (const value of numbers) squares += (value - mean) ** 2;
    freedom += Math.max(0, numbers.length - 1);
  }
  return freedom >= 3 ? Math.max(printed, Math.sqrt(squares / freedom)) : printed;
}

/** Finished experiments by their settings; those that differ by no more than `repeatKeys`, such as a seed, are repeats of each other. */
export function groupRepeats<Row extends ListedExperiment>(
  experiments: readonly Row[],
  repeatKeys: readonly string[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  const configurationOf = configurationReader(repeatKeys);
  for (const experiment of experiments) {
    if (!isFinished(experiment.run.status)) continue;
    const key = configurationOf(experiment);
    const group = groups.get(key);
    if (group) group.push(experiment);
    else groups.set(key, [experiment]);
  }
  return groups;
}

/** Gives the same text for repeats of each other; without any setting, nobody knows whether two runs are the same. */
function configurationReader(repeatKeys: readonly string[]): (experiment: ListedExperiment) => string {
  const settingsOf = settingsKeys(repeatKeys);
  return (experiment) => {
    const settings = settingsOf(experiment.hyperparameters);
    return settings === '' ? `:${experiment.key}` : `${experiment.nodes}:${experiment.summary.ranks}:${settings}`;
  };
}

/** A number that is the lower, the better; NaN where there is none. */
function metricOrder({ metric, direction }: Objective): (experiment: ListedExperiment) => number {
  const sign = direction === 'min' ? 1 : -1;
  return (experiment) => sign * (finalOf(experiment, metric) ?? Number.NaN);
}

/** NaN comes last. */
function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : 1;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isTie(best: number | undefined, value: number | undefined, noise: number): boolean {
  // A little more than the noise: 0.8512 - 0.8511 is not 0.0001 in binary.
  return best !== undefined && value !== undefined && Math.abs(best - value) <= noise * (1 + 1e-9);
}
