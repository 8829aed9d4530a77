/** Column `settings` of table experiments: hyper-parameters as JSON, `[[name, values, number], …]`. */

import type { Hyperparameter } from '../experiment.js';

type Entry = readonly [name: string, values: readonly string[], number: number | null];

/** Hyper-parameters as JSON, each with its value as a number where it is one. */
export function renderSettings(hyperparameters: readonly Hyperparameter[]): string {
  return JSON.stringify(hyperparameters.map(({ name, values }): Entry => [name, values, maybeNumber(values)]));
}

/** What `renderSettings` wrote. */
export function parseSettings(json: string): Hyperparameter[] {
  const entries: readonly Entry[] = JSON.parse(json);
  return entries.map(([name, values]) => ({ name, values }));
}

/** `1e-05`, `-3`, `.5`; neither `0x10`, `1_000`, `nan` nor several values. */
function maybeNumber(values: readonly string[]): number | null {
  const [text] = values;
  if (text === undefined || values.length > 1) return null;
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
  return isNumber ? Number(text) : null;
}
