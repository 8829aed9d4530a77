/** Where an experiment's settings come from: its folder's name, a file in the folder, and the name of a parent folder. */

import type { Hyperparameter } from './experiment.js';
import { parsePairsName } from './hyperparameters/pairs.js';
import { matchTemplate, parsePattern } from './hyperparameters/pattern.js';

/** The settings in an experiment's name, by the first of the patterns that it matches; empty where none does. */
export function parseHyperparameters(
  name: string,
  patterns: readonly string[],
  known: ReadonlySet<string>,
): readonly Hyperparameter[] {
  for (const text of patterns) {
    const pattern = parsePattern(text);
    const settings =
      pattern.kind === 'pairs'
        ? parsePairsName(name, pattern, known)
        : matchTemplate(pattern, name)?.map(([key, value]) => ({ name: key, values: [value] }));
    if (settings !== undefined && settings.length > 0) return settings;
  }
  return [];
}

/** Number of nodes by a template such as `experiments_{nodes}_nodes`, from the nearest parent folder that matches. */
export function parseNodes(parentsOutermostFirst: readonly string[], template: string): number | null {
  const pattern = parsePattern(template);
  if (pattern.kind !== 'template') return null;
  for (const folder of parentsOutermostFirst.toReversed()) {
    const text = matchTemplate(pattern, folder)?.find(([name]) => name === 'nodes')?.[1];
    if (text !== undefined && /^\d{1,6}$/.test(text)) return Number(text);
  }
  return null;
}

/** One list of both, in order; where a name is in both, `over` says its values. */
export function mergeHyperparameters(
  base: readonly Hyperparameter[],
  over: readonly Hyperparameter[],
): readonly Hyperparameter[] {
  const byName = new Map([...base, ...over].map((setting) => [setting.name, setting]));
  return [...byName.values()];
}
