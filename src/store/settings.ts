/** Column `settings` of table experiments: hyper-parameters as JSON, `[[name, values, number], …]`. */

import type { Hyperparameter } from '../experiment.js';
import { maybeNumber } from '../hyperparameters/number.js';

type Entry = readonly [name: string, values: readonly string[], number: number | null];

/** Hyper-parameters as JSON, each with its value as a number where it is one. */
export function renderSettings(hyperparameters: readonly Hyperparameter[]): string {
  return JSON.stringify(hyperparameters.map(({ name, values }): Entry => [name, values, toNumber(values)]));
}

/** What `renderSettings` wrote. */
export function parseSettings(json: string): Hyperparameter[] {
  const entries: readonly Entry[] = JSON.parse(json);
  return entries.map(([name, values]) => ({ name, values }));
}

/** null where it is no number, or several. */
function toNumber([text, ...others]: readonly string[]): number | null {
  return text === undefined || others.length > 0 ? null : (maybeNumber(text) ?? null);
}
