/** Reads table summaries. */

import type { Objective, Summary } from '../summary.js';
import { parseStrings } from './json.js';
import { perStore, type Store } from './store.js';
import { parseSummaryFigures } from './summary-figures.js';

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

const select = `
  SELECT experiment, objective, direction, best_epoch, custom_metric, ranks, planned_epochs, steps_per_epoch,
    total_training_time, early_stop_epoch, last_epoch, seconds_per_epoch, first_non_finite_epoch, differs, figures
  FROM summaries`;

const statements = perStore((connection) => ({
  one: connection.prepare<[number], SummaryTuple>(`${select} WHERE experiment = ?`).raw(),
  all: connection.prepare<[], SummaryTuple>(select).raw(),
  objective: connection.prepare<[], Objective>(
    'SELECT objective AS metric, direction FROM summaries WHERE objective IS NOT NULL ORDER BY experiment DESC LIMIT 1',
  ),
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
  const { metrics, atBest } = parseSummaryFigures(figures);
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

/** The objective that the summaries were made by; null where none has a figure. */
export function readObjective(store: Store): Objective | null {
  return statements(store).objective.get() ?? null;
}
