/** What is saved from a package and what is saved from the experiment that it was made of are the same rows, table by table. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { loadConfig } from '../src/config.js';
import { experimentOfLog } from '../src/daemon/experiment-of-log.js';
import type { Experiment } from '../src/experiment.js';
import { renderPackage } from '../src/outputs/package.js';
import { parsePackage } from '../src/outputs/package-parse.js';
import { packageRoot, program } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { save } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { fixtureFile, fixtureNames } from './fixture-experiments.js';
import { storableExperiment } from './storable-experiment.js';
import { tableRows } from './table-rows.js';

const objective: Objective = { metric: 'val_loss', direction: 'min' };

test('of any experiment', (t) => {
  fc.assert(
    fc.property(fc.array(storableExperiment, { minLength: 1, maxLength: 3 }), (experiments) => {
      t.deepEqual(rowsOf(experiments.map(throughPackage)), rowsOf(experiments));
    }),
    { numRuns: 30 },
  );
});

test('of every fixture', (t) => {
  const { config } = loadConfig({ environment: {}, file: undefined, settings: [], flags: [], folder: packageRoot });
  const root = join(packageRoot, 'test/fixtures/experiments');
  const experiments = fixtureNames.map((name) => {
    const key = `${name}/${name}.log`;
    t.is(join(root, key), fixtureFile(name, '.log'));
    return experimentOfLog({ root, key, file: key, name }, config).experiment;
  });
  const rows = rowsOf(experiments);
  t.true((rows.epochs?.length ?? 0) > 100);
  t.deepEqual(rowsOf(experiments.map(throughPackage)), rows);
});

function throughPackage(experiment: Experiment): Experiment {
  const parsed = parsePackage(renderPackage(experiment, summarise(experiment.run, null), program));
  if ('trouble' in parsed) throw new Error(`${parsed.trouble}: ${parsed.detail}`);
  return parsed.experiment;
}

function rowsOf(experiments: readonly Experiment[]) {
  const file = join(mkdtempSync(join(tmpdir(), 'tlw-rows-')), 'tlw.db');
  const store = openStore(file, { fileSystem: 'local', now: () => 1_700_000_000_000 });
  for (const experiment of experiments) save(store, experiment, summarise(experiment.run, objective));
  const rows = tableRows(store);
  closeStore(store);
  return rows;
}
