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
 * `parseSettings` for the experiments of a sweep, many times as fast: the same setting comes again and again, most often in
 * the next experiment, and is parsed once, so that equal ones are even the same object.
 */
export function settingsParser(): (json: string) => Hyperparameter[] {
  const known = new Map<string, Known>();
  let previous: Known[] = [];
  const settingOf = (text: string): Known => {
    const before = known.get(text);
    if (before) return before;
    const entry: Entry = JSON.parse(text);
    const setting = { text, setting: toHyperparameter(entry) };
    known.set(text, setting);
    return setting;
  };
  return (json) => {
    const found: Known[] = [];
    try {
      // Behind the opening bracket; entries are parted by a comma.
      for (let at = 1; at < json.length - 1; at += 1 + (found.at(-1)?.text.length ?? 0)) {
        const before = previous[found.length];
        // A whole entry is never the beginning of a longer one.
        if (before !== undefined && json.startsWith(before.text, at)) found.push(before);
        else {
          const end = json.indexOf('],["', at);
          found.push(settingOf(json.slice(at, end < 0 ? -1 : end + 1)));
        }
      }
    } catch {
      // A value that ends in `],[` looks like the end of its entry; what is cut there is no JSON.
      return parseSettings(json);
    }
    previous = found;
    return found.map(({ setting }) => setting);
  };
}

interface Known {
  /** As it stands in the JSON. */
  readonly text: string;
  readonly setting: Hyperparameter;
}

function toHyperparameter([name, values]: Entry): Hyperparameter {
  return { name, values };
}

/** null where it is no number, or several. */
function toNumber([text, ...others]: readonly string[]): number | null {
  return text === undefined || others.length > 0 ? null : (maybeNumber(text) ?? null);
}
