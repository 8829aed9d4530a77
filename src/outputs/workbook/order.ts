/** The order of experiments: finished ones first, best first; and the place of each, with ties where a difference means nothing. */

import type { Hyperparameter, Status } from '../../experiment.js';
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
      loss: byLoss(experiment),
    }))
    .sort(
      (a, b) =>
        a.unfinished - b.unfinished ||
        compareNumbers(a.objective, b.objective) ||
        compareNumbers(a.loss, b.loss) ||
        compareText(a.experiment.name, b.experiment.name) ||
        compareText(a.experiment.key, b.experiment.key),
    )
    .map(({ experiment }) => experiment);
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
  const sorted = new Map<string, string>();
  for (const experiment of experiments) {
    if (!isFinished(experiment.run.status)) continue;
    const key = configurationOf(experiment, repeatKeys, sorted);
    const group = groups.get(key);
    if (group) group.push(experiment);
    else groups.set(key, [experiment]);
  }
  return groups;
}

/** The same text for repeats of each other; without any setting, nobody knows whether two runs are the same. */
function configurationOf(
  { hyperparameters, key, nodes, summary }: ListedExperiment,
  repeatKeys: readonly string[],
  known: Map<string, string>,
): string {
  let text = '';
  for (const setting of hyperparameters) if (!repeatKeys.includes(setting.name)) text += `\u0002${textOf(setting)}`;
  return `${nodes}\u0002${summary.ranks}${text === '' ? `\u0002\u0002${key}` : sortedText(text, known)}`;
}

/** Settings in the order of their names; most experiments of a sweep have them in one order anyway. */
function sortedText(settings: string, known: Map<string, string>): string {
  const before = known.get(settings);
  if (before !== undefined) return before;
  const text = settings.split('\u0002').sort().join('\u0002');
  known.set(settings, text);
  return text;
}

const texts = new WeakMap<Hyperparameter, string>();

/** Kept, since every experiment of a sweep has the same few. */
function textOf(setting: Hyperparameter): string {
  const known = texts.get(setting);
  if (known !== undefined) return known;
  const text = [setting.name, ...setting.values].join('\u0001');
  texts.set(setting, text);
  return text;
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
