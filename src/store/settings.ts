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
  return entries.map(toHyperparameter);
}

/**
 * `parseSettings` for the experiments of a sweep, a few times as fast: the same setting comes again and again, and is parsed
 * once, so that equal ones are even the same object.
 */
export function settingsParser(): (json: string) => Hyperparameter[] {
  const known = new Map<string, Hyperparameter>();
  const settingOf = (text: string): Hyperparameter => {
    const before = known.get(text);
    if (before) return before;
    const entry: Entry = JSON.parse(`["${text}]`);
    const setting = toHyperparameter(entry);
    known.set(text, setting);
    return setting;
  };
  return (json) => {
    if (json === '[]') return [];
    try {
      return json.slice('[["'.length, -']]'.length).split('],["').map(settingOf);
    } catch {
      // A value that ends in `],[` looks like the end of its entry; what is cut there is no JSON.
      return parseSettings(json);
    }
  };
}

function toHyperparameter([name, values]: Entry): Hyperparameter {
  return { name, values };
}

/** null where it is no number, or several. */
function toNumber([text, ...others]: readonly string[]): number | null {
  return text === undefined || others.length > 0 ? null : (maybeNumber(text) ?? null);
}
