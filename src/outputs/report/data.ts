/** Everything the pages draw from, read once. */

import type { Experiment } from '../../experiment.js';
import type { Summary } from '../../summary.js';
import { type Curves, curvesOf, type MetricCurves } from './curves.js';
import { type Marks, marksOf } from './marks.js';

/** What the report says beyond the experiment itself. */
export interface ReportContext {
  /** Names of the hyper-parameters that vary over the root's experiments; null where that is not known. */
  readonly varying: readonly string[] | null;
  /** Best objective value of the root's experiments. */
  readonly sweepBest: number | null;
  /** Name → long name and unit, as the config has them. */
  readonly hyperparameterNames?: ReadonlyMap<string, { readonly longName?: string; readonly unit?: string }>;
  /** e.g. `0.1.0`. */
  readonly programVersion: string;
  /** Printed as it is: fixed by the caller, so that the same rows give the same bytes. */
  readonly dateText?: string;
}

export interface ReportData {
  readonly experiment: Experiment;
  readonly summary: Summary;
  readonly context: ReportContext;
  readonly curves: Curves;
  readonly marks: Marks;
  /** Metrics without `val_`, learning rate left out, in the order loss, accuracy, the rest as first printed. */
  readonly bases: readonly string[];
  /** The metric of page 1: the objective, else the first that has figures. */
  readonly objective: string | null;
}

export function reportDataOf(experiment: Experiment, summary: Summary, context: ReportContext): ReportData {
  const curves = curvesOf(experiment);
  const bases = basesOf(curves);
  const wanted = [summary.objective?.metric, 'val_loss', 'loss', ...bases.flatMap((base) => [`val_${base}`, base])];
  const objective = wanted.find((name) => name !== undefined && curves.metric(name) !== undefined) ?? null;
  return { experiment, summary, context, curves, marks: marksOf(experiment, summary, curves), bases, objective };
}

/** The name without `val_`. */
export function baseOf(name: string): string {
  return name.replace(/^val_/, '');
}

/** The validation figures of a metric. */
export function validationOf({ curves }: ReportData, base: string): MetricCurves | undefined {
  return curves.metric(`val_${base}`);
}

/** The training figures of a metric: where those are averaged over ranks, what each rank itself saw. */
export function trainingOf({ curves }: ReportData, base: string): MetricCurves | undefined {
  const averaged = curves.metric(base);
  const local = curves.local(base);
  return local && (!averaged || averaged.isShared) && !local.isShared ? local : (averaged ?? local);
}

function basesOf(curves: Curves): string[] {
  const found = new Set(curves.names.filter((name) => curves.metric(name)).map(baseOf));
  found.delete('learning_rate');
  const first = ['loss', 'accuracy'].filter((name) => found.delete(name));
  return [...first, ...found];
}
