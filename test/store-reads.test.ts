import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { type Experiment, epochFlags, type Run } from '../src/experiment.js';
import { openStore } from '../src/store/open.js';
import { readEpochMeans } from '../src/store/read-epoch-means.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readRankRows } from '../src/store/read-rank-rows.js';
import { resummarise } from '../src/store/resummarise.js';
import { save } from '../src/store/save.js';
import { rankRowsOf } from '../src/summarise/rank-rows.js';
import { summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { buildExperiment } from './build-experiment.js';
import { storableExperiment } from './storable-experiment.js';

const open = () =>
  openStore(path.join(mkdtempSync(path.join(tmpdir(), 'tlw-store-')), 'tlw.db'), { fileSystem: 'local' });

/** As the reader makes them: every metric of a rank is among the run's names. */
const named = storableExperiment.map((experiment): Experiment => {
  const { run } = experiment;
  const names = run.ranks.flatMap(({ epochs }) => [...epochs.metrics.keys()]);
  return { ...experiment, run: { ...run, metricNames: new Map(names.map((name) => [name, name])) } };
});

const objective = fc.record({
  metric: fc.constantFrom('loss', 'val_loss', 'val_dsc', '__proto__', 'nothing'),
  direction: fc.constantFrom('max' as const, 'min' as const),
});

test('the rows of ranks are those that the run comes down to', (t) => {
  const store = open();
  fc.assert(
    fc.property(named, (experiment) => {
      save(store, experiment, summarise(experiment.run, null));
      t.deepEqual(readRankRows(store, experiment.key), rankRowsOf(experiment.run));
    }),
    { numRuns: 80 },
  );
});

test('the means over ranks are those of the epochs that were completed', (t) => {
  const store = open();
  fc.assert(
    fc.property(named, (experiment) => {
      save(store, experiment, summarise(experiment.run, null));
      const means = readEpochMeans(store, experiment.key);
      const rows = completeEpochs(experiment.run);
      t.is(
        means.reduce((sum, { ranks }) => sum + ranks, 0),
        rows.length,
      );
      for (const { segment, epoch, metrics } of means) {
        const at = rows.filter((row) => row.segment === segment && row.epoch === epoch);
        t.deepEqual([...metrics.keys()].sort(), [...new Set(at.flatMap((row) => [...row.metrics.keys()]))].sort());
        for (const [name, mean] of metrics) {
          const figures = at.flatMap((row) => row.metrics.get(name) ?? []);
          if (figures.every(Number.isFinite)) t.true(mean >= Math.min(...figures) && mean <= Math.max(...figures));
          else t.false(Number.isFinite(mean));
        }
      }
    }),
    { numRuns: 80 },
  );
});

test('equal figures of all ranks have exactly that mean', (t) => {
  const store = open();
  const epochs = [{ epoch: 1, seconds: 0.1, metrics: { loss: 0.1 } }];
  const experiment = buildExperiment({ ranks: [{ epochs }, { epochs }, { epochs }] });
  save(store, experiment, summarise(experiment.run, null));
  t.deepEqual(readEpochMeans(store, experiment.key), [
    { segment: 1, epoch: 1, ranks: 3, seconds: 0.1, metrics: new Map([['loss', 0.1]]) },
  ]);
});

test('a summary that was brought in line with an objective is the one that it would have had from the start', (t) => {
  const store = open();
  fc.assert(
    fc.property(named, objective, (experiment, wanted) => {
      save(store, experiment, summarise(experiment.run, { metric: 'accuracy', direction: 'max' }));
      t.is(resummarise(store, wanted), 1);
      t.deepEqual(readExperiment(store, experiment.key)?.summary, summarise(experiment.run, wanted));
      t.is(resummarise(store, wanted), 0);
      store.connection.exec('DELETE FROM experiments');
    }),
    { numRuns: 80 },
  );
});

test('an objective is taken on a few experiments at a time where that is asked for', (t) => {
  const store = open();
  const wanted: Objective = { metric: 'loss', direction: 'min' };
  for (const name of ['a', 'b', 'c']) {
    const experiment = buildExperiment({ name });
    save(store, experiment, summarise(experiment.run, null));
  }
  t.deepEqual(
    [1, 2, 3].map(() => resummarise(store, wanted, 2)),
    [2, 1, 0],
  );
});

function completeEpochs({ ranks }: Run) {
  return ranks.flatMap(({ epochs }) =>
    [...Array(epochs.length).keys()]
      .filter((row) => ((epochs.flags[row] ?? 0) & epochFlags.partial) === 0)
      .map((row) => ({
        segment: epochs.segment[row],
        epoch: epochs.epoch[row],
        metrics: new Map(
          [...epochs.metrics]
            .filter(([, { present }]) => present[row] !== 0)
            .map(([name, { values }]) => [name, values[row] ?? Number.NaN]),
        ),
      })),
  );
}
