/** The experiments below test/fixtures/experiments: each folder is a case, `CASE/CASE.log`. */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { configSchema } from '../src/config.js';
import type { Experiment } from '../src/experiment.js';
import { parseHyperparameters } from '../src/hyperparameters.js';
import { parseExperiment } from '../src/log/parse-experiment.js';
import { chooseObjective } from '../src/objective.js';
import { renderPackage } from '../src/outputs/package.js';
import { summarise } from '../src/summarise.js';

const folder = path.resolve('test/fixtures/experiments');

/** The names of all cases, sorted. */
export const fixtureNames: readonly string[] = readdirSync(folder).sort();

/** A file of a case: `.log`, `.truth.json`, `.golden.json`. */
export function fixtureFile(name: string, ending: string): string {
  return path.join(folder, name, `${name}${ending}`);
}

/** The JSON package of a case, with what depends on the day and the version held fixed. */
export function renderFixture(name: string): string {
  const { hyperparameters } = configSchema.parse({});
  const run = parseExperiment(fixtureFile(name, '.log'));
  const experiment: Experiment = {
    key: `${name}/${name}.log`,
    name,
    nodes: null,
    hyperparameters: parseHyperparameters(name, hyperparameters.patterns, new Set(Object.keys(hyperparameters.names))),
    log: { path: `${name}/${name}.log`, bytes: run.receipt.bytes, mtimeMs: 0, fingerprint: 'sha256:fixed' },
    logState: 'parsed',
    revision: 1,
    run,
  };
  const objective = chooseObjective([summarise(run, null)]);
  return renderPackage(experiment, summarise(run, objective), { name: 'training-log-wizard', version: '0.0.0' });
}
