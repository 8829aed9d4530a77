/** Writes the rows of tables summaries and summary_metrics. */

import type { Summary } from '../summary.js';
import { learnNames } from './known-names.js';
import { NonFinite } from './non-finite.js';
import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  clearMetrics: connection.prepare('DELETE FROM summary_metrics WHERE experiment = ?'),
  addMetric: connection.prepare('INSERT INTO summary_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
  replace: connection.prepare(
    `INSERT OR REPLACE INTO summaries (experiment, objective, direction, best_epoch, custom_metric, ranks, planned_epochs,
       steps_per_epoch, total_training_time, early_stop_epoch, last_epoch, seconds_per_epoch, first_non_finite_epoch,
       differs, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
}));

/** Makes the summary of an experiment this one; true where it has a metric that none had before. */
export function saveSummary(store: Store, experiment: number, summary: Summary, digest: string): boolean {
  const { replace, clearMetrics, addMetric } = statements(store);
  const { objective, best } = summary;
  replace.run(
    ...[experiment, objective?.metric ?? null, objective?.direction ?? null, best?.epoch ?? null],
    ...[summary.customMetric, summary.ranks, summary.plannedEpochs, summary.stepsPerEpoch, summary.totalTrainingTime],
    ...[summary.earlyStopEpoch, summary.lastEpoch, summary.secondsPerEpoch, summary.firstNonFiniteEpoch],
    ...[JSON.stringify(summary.differs), digest],
  );
  clearMetrics.run(experiment);
  const nonFinite = new NonFinite();
  const take = (name: string, value: number | null | undefined) =>
    value === null || value === undefined ? null : nonFinite.take(name, value);
  const names = new Set([...summary.metrics.keys(), ...(best?.metrics.keys() ?? [])]);
  for (const [position, name] of [...names].entries()) {
    const metric = summary.metrics.get(name);
    addMetric.run(
      ...[experiment, position, name, take('final', metric?.final), take('min', metric?.min)],
      ...[take('max', metric?.max), take('best', metric?.best), metric?.bestEpoch ?? null],
      ...[take('at_best', best?.metrics.get(name)), nonFinite.finishRow()],
    );
  }
  return learnNames(store, 'metric', names);
}
