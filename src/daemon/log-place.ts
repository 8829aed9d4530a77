import { readdirSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import type { Config } from '../config.js';
import type { Run } from '../experiment.js';
import { parseHyperparameters } from '../hyperparameters.js';
import { withoutEnding } from '../log-name.js';
import { chooseObjective } from '../objective.js';
import { bytesOfPath, textOfPath } from '../path-text.js';
import { summarise } from '../summarise.js';
import type { Summary } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { createNameSorter, experimentName } from '../watch/layout.js';
import type { LogPlace } from './experiment-of-log.js';

/** A log that somebody named, as an experiment of a root; without one it is taken for `EXPERIMENT/FILE` in a root that nobody named. */
export function placeOfLog(path: string, root: string | null, config: Config): LogPlace {
  const base = root ?? dirname(dirname(path));
  const key = relative(base, path);
  if (key.startsWith('../')) throw new UserError(`${path}: expected a log below ${base}`, exitCodes.usage);
  const ownName = basename(withoutEnding(path));
  const folder = basename(dirname(path));
  const isNamedByFolder =
    ownName === folder || parseHyperparameters(folder, config.hyperparameters.patterns, new Set()).length > 0;
  const name = root !== null || isNamedByFolder ? experimentName(key, isOnlyLog(path, config)) : ownName;
  return { root: base, key, file: key, name };
}

/** The summary of a run that is looked at alone: what is best is decided by the config, else by its own metrics. */
export function summariseAlone(run: Run, { objective: { metric, direction } }: Config): Summary {
  const objective = chooseObjective([summarise(run, null)], {
    ...(metric !== null && { metric }),
    ...(direction !== null && { direction }),
  });
  return summarise(run, objective);
}

function isOnlyLog(path: string, config: Config): boolean {
  if (basename(withoutEnding(path)) === basename(dirname(path))) return true;
  const sortNames = createNameSorter({ logPatterns: config.logPatterns, endMarkers: [] });
  try {
    const names = readdirSync(bytesOfPath(dirname(path)), { encoding: 'buffer' }).map(textOfPath);
    return sortNames(names).logs.length <= 1;
  } catch {
    return true;
  }
}
