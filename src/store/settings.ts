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
 * `parseSettings` for the experiments of a sweep, many times as fast: the same settings come again and again, and so do whole
 * rows of them. Each is parsed once, so that equal ones are even the same object.
 */
export function settingsParser(): (json: string) => Hyperparameter[] {
  const known = new Map<string, Hyperparameter>();
  const knownRows = new Map<string, readonly Hyperparameter[]>();
  const settingOf = (text: string): Hyperparameter => {
    const before = known.get(text);
    if (before) return before;
    const setting = toHyperparameter(parseEntry(text));
    known.set(text, setting);
    return setting;
  };
  const inRow = (text: string): readonly Hyperparameter[] => {
    const before = knownRows.get(text);
    if (before) return before;
    const settings = text.split(betweenEntries).map(settingOf);
    knownRows.set(text, settings);
    return settings;
  };
  return (json) => {
    // The last one is often a seed that no other experiment has; before it are two rows of about the same length.
    const last = json.lastIndexOf('],["') + 1;
    const middle = json.indexOf('],["', last / 2) + 1;
    if (json === '[]') return [];
    try {
      const settings =
        last === 0
          ? []
          : middle === last
            ? [...inRow(json.slice(1, last))]
            : inRow(json.slice(1, middle)).concat(inRow(json.slice(middle + 1, last)));
      settings.push(settingOf(json.slice(last + 1, -1)));
      return settings;
    } catch {
      // A value that ends in `],[` looks like the end of its entry; what is cut there is no JSON.
      return parseSettings(json);
    }
  };
}

/** A quotation mark within a text is escaped, so that nothing but a value that ends in `],[` looks like this. */
const betweenEntries = /(?<=\]),(?=\[")/;

/** One value without anything escaped, as nearly all are: cut out in a third of the time. */
const plainEntry = /^\["([^"\\]*)",\["([^"\\]*)"\],[^\]]*\]$/;

function parseEntry(text: string): readonly [name: string, values: readonly string[], ...unknown[]] {
  const plain = plainEntry.exec(text);
  return plain ? [plain[1] ?? '', [plain[2] ?? '']] : (JSON.parse(text) as Entry);
}

function toHyperparameter([name, values]: readonly [string, readonly string[], ...unknown[]]): Hyperparameter {
  return { name, values };
}

/** null where it is no number, or several. */
function toNumber([text, ...others]: readonly string[]): number | null {
  return text === undefined || others.length > 0 ? null : (maybeNumber(text) ?? null);
}
