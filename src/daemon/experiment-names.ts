/** What the names of an experiment say. Apart from what reads logs, so that a watcher need not keep that in memory. */

import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import type { Hyperparameter } from '../experiment.js';
import { mergeHyperparameters, parseHyperparameters, parseNodes } from '../hyperparameters.js';
import { withoutJobNumber } from '../log-name.js';
import type { LogPlace } from './experiment-of-log.js';

/** The number of nodes, by the folders that the log lies in. */
export function nodesOf({ root, key }: Pick<LogPlace, 'root' | 'key'>, { nodes }: Config): number | null {
  return nodes === null ? null : parseNodes(dirname(join(root, key)).split('/'), nodes);
}

/** The settings in an experiment's name; `FOLDER/FILE` is one of several in a folder, and says in both what it is. */
export function settingsInName(name: string, { hyperparameters }: Config): readonly Hyperparameter[] {
  const known = new Set(Object.keys(hyperparameters.names));
  return name
    .split('/')
    .map((part) => parseHyperparameters(withoutJobNumber(part), hyperparameters.patterns, known))
    .reduce(mergeHyperparameters);
}
