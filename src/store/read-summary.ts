/** Reads summaries back. */

import type { MetricSummary, Summary } from '../summary.js';
import { parseStrings } from './json.js';
import { parseNonFinite } from './non-finite.js';

/** A row of table summaries. */
export interface SummaryRow {
  readonly experiment: number;
  readonly objective: string | null;
  readonly direction: string | null;
  readonly best_epoch: number | null;
  readonly custom_metric: string | null;
  readonly ranks: number;
  readonly planned_epochs: number | null;
  readonly steps_per_epoch: number | null;
  readonly total_training_time: number | null;
  readonly early_stop_epoch: number | null;
  readonly last_epoch: number | null;
  readonly seconds_per_epoch: number | null;
  readonly first_non_finite_epoch: number | null;
  readonly differs: string;
}

/** A row of table summary_metrics. */
export interface SummaryMetricRow {
  readonly experiment: number;
  readonly metric: string;
  readonly final: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly best: number | null;
  readonly best_epoch: number | null;
  readonly at_best: number | null;
  readonly non_finite: string | null;
}

/** A summary from its rows; `metrics` in their order. */
export function toSummary(row: SummaryRow, metrics: readonly SummaryMetricRow[]): Summary {
  const summaries = new Map<string, MetricSummary>();
  const atBest = new Map<string, number>();
  for (const metric of metrics) {
    const nonFinite = parseNonFinite(metric.non_finite);
    const final = metric.final ?? nonFinite.get('final');
    if (final !== undefined) {
      summaries.set(metric.metric, {
        final,
        min: metric.min ?? nonFinite.get('min') ?? Number.NaN,
        max: metric.max ?? nonFinite.get('max') ?? Number.NaN,
        best: metric.best ?? nonFinite.get('best') ?? null,
        bestEpoch: metric.best_epoch,
      });
    }
    const best = metric.at_best ?? nonFinite.get('at_best');
    if (best !== undefined) atBest.set(metric.metric, best);
  }
  return {
    objective:
      row.objective === null ? null : { metric: row.objective, direction: row.direction === 'max' ? 'max' : 'min' },
    best: row.best_epoch === null ? null : { epoch: row.best_epoch, metrics: atBest },
    metrics: summaries,
    customMetric: row.custom_metric,
    ranks: row.ranks,
    plannedEpochs: row.planned_epochs,
    stepsPerEpoch: row.steps_per_epoch,
    totalTrainingTime: row.total_training_time,
    earlyStopEpoch: row.early_stop_epoch,
    lastEpoch: row.last_epoch,
    secondsPerEpoch: row.seconds_per_epoch,
    firstNonFiniteEpoch: row.first_non_finite_epoch,
    differs: parseStrings(row.differs),
  };
}
