/** Which metric decides what is best in a root, and why. Pure. */

import { directionOf, type Objective, type Summary } from './summary.js';

export interface ChosenObjective extends Objective {
  /** For people: `named in the configuration`, `the custom metric of 12 of 14 experiments` … */
  readonly because: string;
}

/** What the configuration says of it; either may be missing. */
export interface ObjectiveChoice {
  readonly metric?: string | undefined;
  readonly direction?: 'max' | 'min' | undefined;
}

/**
 * The objective of a root: what the configuration names; else the custom metric that most experiments have (as `val_…`
 * where that exists, the first by name among equals); else `val_loss`; else `loss`; null where none has any of these.
 */
export function chooseObjective(
  summaries: readonly Pick<Summary, 'customMetric' | 'metrics'>[],
  choice: ObjectiveChoice = {},
): ChosenObjective | null {
  const chosen =
    choice.metric === undefined
      ? fromSummaries(summaries)
      : { metric: choice.metric, because: 'named in the configuration' };
  return chosen && { ...chosen, direction: choice.direction ?? directionOf(chosen.metric) };
}

function fromSummaries(
  summaries: readonly Pick<Summary, 'customMetric' | 'metrics'>[],
): { metric: string; because: string } | null {
  const counts = new Map<string, number>();
  for (const { customMetric, metrics } of summaries) {
    const has = customMetric !== null && (metrics.has(customMetric) || metrics.has(`val_${customMetric}`));
    if (has) counts.set(customMetric, (counts.get(customMetric) ?? 0) + 1);
  }
  const [custom] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const isKnown = (metric: string): boolean => summaries.some(({ metrics }) => metrics.has(metric));
  if (custom) {
    const [name, count] = custom;
    const metric = isKnown(`val_${name}`) ? `val_${name}` : name;
    return { metric, because: `the custom metric of ${count} of ${summaries.length} experiments` };
  }
  for (const metric of ['val_loss', 'loss'])
    if (isKnown(metric)) return { metric, because: 'no experiment has a custom metric' };
  return null;
}
