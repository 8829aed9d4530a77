/** Brings summaries in line with another objective of the root. */

import { summarise } from '../summarise.js';
import { directionOf, type Objective, type Summary } from '../summary.js';
import { noteChange } from './changes.js';
import { digestSummary } from './digest.js';
import { maybeReadMeansAt } from './read-epoch-means.js';
import { readExperiment } from './read-experiment.js';
import { readSummaries } from './read-summaries.js';
import { saveSummary } from './save-summary.js';
import { perStore, type Store } from './store.js';
import { refreshViews } from './views.js';

interface Stale {
  readonly id: number;
  readonly key: string;
}

const statements = perStore((connection) => ({
  stale: connection.prepare<[string | null, string | null, number], Stale>(
    `SELECT id, key FROM experiments JOIN summaries ON summaries.experiment = id
     WHERE objective IS NOT ? OR direction IS NOT ? ORDER BY id LIMIT ?`,
  ),
  touch: connection.prepare('UPDATE experiments SET changed_ms = ? WHERE id = ?'),
}));

/**
 * Summarises anew, from the stored epochs, experiments whose summary has another objective, and returns how many they
 * were: at most `limit`, so that a loop that must not be held can call it until there are none.
 */
export function resummarise(store: Store, wanted: Objective | null, limit = Number.MAX_SAFE_INTEGER): number {
  const objective = wanted && { metric: wanted.metric, direction: wanted.direction };
  return store.connection
    .transaction(() => {
      const stale = statements(store).stale.all(objective?.metric ?? null, objective?.direction ?? null, limit);
      let needsViews = false;
      for (const { id, key } of stale) {
        const summary = summaryBy(store, { id, key }, objective);
        needsViews = saveSummary(store, id, summary, digestSummary(summary)) || needsViews;
        statements(store).touch.run(store.now(), id);
      }
      if (needsViews) refreshViews(store);
      if (stale.length > 0) noteChange(store);
      return stale.length;
    })
    .immediate();
}

/** Only what is best depends on the objective, and where each metric was best is in its summary already. */
function summaryBy(store: Store, { id, key }: Stale, objective: Objective | null): Summary {
  const known = readSummaries(store, id).get(id);
  if (known !== undefined && (objective === null || objective.direction === directionOf(objective.metric))) {
    const epoch = objective === null ? null : (known.metrics.get(objective.metric)?.bestEpoch ?? null);
    if (epoch === null) return { ...known, objective, best: null };
    return { ...known, objective, best: { epoch, metrics: meansAt(store, id, epoch, known) } };
  }
  const stored = readExperiment(store, key);
  if (stored === undefined) throw new Error(`${key}: expected an experiment with a summary, got none`);
  return summarise(stored.experiment.run, objective);
}

function meansAt(store: Store, experiment: number, epoch: number, { metrics }: Summary): ReadonlyMap<string, number> {
  const means = maybeReadMeansAt(store, experiment, epoch)?.metrics;
  return new Map(
    [...metrics.keys()].flatMap((name): [string, number][] => {
      const mean = means?.get(name);
      return mean === undefined ? [] : [[name, mean]];
    }),
  );
}
