/** Writes the row of table summaries. */

import type { Summary } from '../summary.js';
import { learnNames } from './known-names.js';
import { perStore, type Store } from './store.js';
import { renderObjectiveFinal, renderSummaryFigures } from './summary-figures.js';

const statements = perStore((connection) => ({
  replace: connection.prepare(
    `INSERT OR REPLACE INTO summaries (experiment, objective, direction, best_epoch, custom_metric, ranks, planned_epochs,
       steps_per_epoch, total_training_time, early_stop_epoch, last_epoch, seconds_per_epoch, first_non_finite_epoch,
       differs, figures, objective_final, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
}));

/** Makes the summary of an experiment this one; true where it has a metric that none had before. */
export function saveSummary(store: Store, experiment: number, summary: Summary, digest: string): boolean {
  const { objective, best } = summary;
  statements(store).replace.run(
    ...[experiment, objective?.metric ?? null, objective?.direction ?? null, best?.epoch ?? null],
    ...[summary.customMetric, summary.ranks, summary.plannedEpochs, summary.stepsPerEpoch, summary.totalTrainingTime],
    ...[summary.earlyStopEpoch, summary.lastEpoch, summary.secondsPerEpoch, summary.firstNonFiniteEpoch],
    ...[JSON.stringify(summary.differs), renderSummaryFigures(summary), renderObjectiveFinal(summary), digest],
  );
  return learnNames(store, 'metric', summary.metrics.keys());
}
