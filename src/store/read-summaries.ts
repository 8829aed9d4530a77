/** Reads tables summaries and summary_metrics. */

import type { MetricSummary, Summary } from '../summary.js';
import { parseStrings } from './json.js';
import { parseNonFinite } from './non-finite.js';
import { perStore, type Store } from './store.js';

/** Values are read as tuples: objects of many columns cost three times as much (measured). */
type SummaryTuple = [
  experiment: number,
  objective: string | null,
  direction: 'max' | 'min' | null,
  bestEpoch: number | null,
  customMetric: string | null,
  ranks: number,
  plannedEpochs: number | null,
  stepsPerEpoch: number | null,
  totalTrainingTime: number | null,
  earlyStopEpoch: number | null,
  lastEpoch: number | null,
  secondsPerEpoch: number | null,
  firstNonFiniteEpoch: number | null,
  differs: string,
  figures: string,
];

type FigureTuple = [
  metric: string,
  final: number | null,
  min: number | null,
  max: number | null,
  best: number | null,
  bestEpoch: number | null,
  atBest: number | null,
  nonFinite: string | null,
];

const select = `
  SELECT experiment, objective, direction, best_epoch, custom_metric, ranks, planned_epochs, steps_per_epoch,
    total_training_time, early_stop_epoch, last_epoch, seconds_per_epoch, first_non_finite_epoch, differs,
    (SELECT json_group_array(json_array(metric, final, min, max, best, best_epoch, at_best, non_finite))
     FROM (SELECT * FROM summary_metrics AS m WHERE m.experiment = s.experiment ORDER BY position))
  FROM summaries AS s`;

const statements = perStore((connection) => ({
  one: connection.prepare<[number], SummaryTuple>(`${select} WHERE experiment = ?`).raw(),
  all: connection.prepare<[], SummaryTuple>(select).raw(),
}));

/** Summaries by experiment id; of one experiment where `id` is given. */
export function readSummaries(store: Store, id?: number): ReadonlyMap<number, Summary> {
  const { one, all } = statements(store);
  const rows = id === undefined ? all.all() : one.all(id);
  return new Map(rows.map((row) => [row[0], toSummary(row)]));
}

function toSummary(row: SummaryTuple): Summary {
  const [, objective, direction, bestEpoch, customMetric, ranks, plannedEpochs, stepsPerEpoch, totalTrainingTime] = row;
  const [, , , , , , , , , earlyStopEpoch, lastEpoch, secondsPerEpoch, firstNonFiniteEpoch, differs, figures] = row;
  const { metrics, atBest } = toFigures(figures);
  return {
    objective: objective === null || direction === null ? null : { metric: objective, direction },
    best: bestEpoch === null ? null : { epoch: bestEpoch, metrics: atBest },
    metrics,
    customMetric,
    ranks,
    plannedEpochs,
    stepsPerEpoch,
    totalTrainingTime,
    earlyStopEpoch,
    lastEpoch,
    secondsPerEpoch,
    firstNonFiniteEpoch,
    differs: parseStrings(differs),
  };
}

function toFigures(json: string): { metrics: Map<string, MetricSummary>; atBest: Map<string, number> } {
  const metrics = new Map<string, MetricSummary>();
  const atBest = new Map<string, number>();
  const rows: FigureTuple[] = JSON.parse(json);
  for (const [metric, final, min, max, best, bestEpoch, meanAtBest, nonFiniteJson] of rows) {
    const nonFinite = parseNonFinite(nonFiniteJson);
    const finalFigure = final ?? nonFinite.get('final');
    const minFigure = min ?? nonFinite.get('min');
    const maxFigure = max ?? nonFinite.get('max');
    if (finalFigure !== undefined && minFigure !== undefined && maxFigure !== undefined) {
      metrics.set(metric, {
        final: finalFigure,
        min: minFigure,
        max: maxFigure,
        best: best ?? nonFinite.get('best') ?? null,
        bestEpoch,
      });
    }
    const atBestFigure = meanAtBest ?? nonFinite.get('at_best');
    if (atBestFigure !== undefined) atBest.set(metric, atBestFigure);
  }
  return { metrics, atBest };
}
