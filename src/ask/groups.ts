/** Experiments in groups of equal settings, with mean ± standard deviation and what cannot be told apart. Pure. */

import jstat from 'jstat';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { ListedExperiment, Objective } from '../summary.js';
import { fieldOf } from './fields.js';

export interface Group {
  /** Field → value as text, in the order asked for. */
  readonly settings: ReadonlyMap<string, string>;
  readonly experiments: readonly ListedExperiment[];
  /** Of the final figures that are finite. */
  readonly n: number;
  readonly mean: number | null;
  /** Sample standard deviation; null for n < 2. */
  readonly sd: number | null;
  /** Whether the mean cannot be told from the best group's: Welch's t test, p above 0.05; null where n < 2 in either. */
  readonly isTie: boolean | null;
}

/** Groups by the given fields, best mean first; groups without a finite figure last. */
export function groupBy(
  experiments: readonly ListedExperiment[],
  fields: readonly string[],
  objective: Objective,
): Group[] {
  const groups = new Map<string, ListedExperiment[]>();
  for (const experiment of experiments) {
    const key = JSON.stringify(fields.map((field) => fieldOf(experiment, field) ?? null));
    const group = groups.get(key);
    if (group) group.push(experiment);
    else groups.set(key, [experiment]);
  }
  const measured = [...groups.values()].map((members) => measure(members, fields, objective));
  const sign = objective.direction === 'max' ? -1 : 1;
  measured.sort((a, b) => Number(a.mean === null) - Number(b.mean === null) || sign * ((a.mean ?? 0) - (b.mean ?? 0)));
  const best = measured[0];
  return measured.map((group) => ({ ...group, isTie: best ? tie(best, group) : null }));
}

function measure(
  experiments: readonly ListedExperiment[],
  fields: readonly string[],
  { metric }: Objective,
): Omit<Group, 'isTie'> {
  const figures = experiments.flatMap((experiment) => {
    const final = experiment.summary.metrics.get(metric)?.final;
    return final !== undefined && Number.isFinite(final) ? [final] : [];
  });
  const first = experiments[0];
  return {
    settings: new Map(fields.map((field) => [field, String((first && fieldOf(first, field)) ?? '')])),
    experiments,
    n: figures.length,
    mean: figures.length > 0 ? mean(figures) : null,
    sd: figures.length > 1 ? sampleStandardDeviation(figures) : null,
  };
}

function tie(best: Omit<Group, 'isTie'>, group: Omit<Group, 'isTie'>): boolean | null {
  if (best === group) return best.sd === null ? null : true;
  if (best.mean === null || group.mean === null || best.sd === null || group.sd === null) return null;
  const difference = Math.abs(best.mean - group.mean);
  const [a, b] = [best.sd ** 2 / best.n, group.sd ** 2 / group.n];
  if (a + b === 0) return difference === 0;
  const freedom = (a + b) ** 2 / (a ** 2 / (best.n - 1) + b ** 2 / (group.n - 1));
  return difference <= jstat.studentt.inv(0.975, freedom) * Math.sqrt(a + b);
}
