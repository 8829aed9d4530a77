/** Brings summaries in line with another objective of the root. */

import { summarise } from '../summarise.js';
import type { Objective } from '../summary.js';
import { readExperiment } from './read-experiment.js';
import { save } from './save.js';
import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  others: connection
    .prepare<[string | null, string | null], string>(
      `SELECT key FROM experiments JOIN summaries ON summaries.experiment = experiments.id
       WHERE objective IS NOT ? OR direction IS NOT ? ORDER BY key`,
    )
    .pluck(),
}));

/** Summarises anew, from the stored epochs, every experiment whose summary has another objective; returns how many. */
export function resummarise(store: Store, objective: Objective | null): number {
  const keys = statements(store).others.all(objective?.metric ?? null, objective?.direction ?? null);
  for (const key of keys) {
    const stored = readExperiment(store, key);
    if (stored) save(store, stored.experiment, summarise(stored.experiment.run, objective));
  }
  return keys.length;
}
