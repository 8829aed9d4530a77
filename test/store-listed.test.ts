import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { Hyperparameter } from '../src/experiment.js';
import { findKeys } from '../src/store/find-keys.js';
import { setUserNotes } from '../src/store/notes.js';
import { closeStore, openStore } from '../src/store/open.js';
import { readListed } from '../src/store/read-listed.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { saveAll } from '../src/store/save.js';
import { parseSettings, renderSettings, settingsParser } from '../src/store/settings.js';
import {
  firstFigureSql,
  maybeFirstFigure,
  parseSummaryFigures,
  renderSummaryFigures,
} from '../src/store/summary-figures.js';
import { summarise } from '../src/summarise.js';
import type { ListedExperiment } from '../src/summary.js';
import { buildExperiment } from './build-experiment.js';
import { storableExperiment } from './storable-experiment.js';

function newStore(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-listed-'));
  const store = openStore(join(folder, 'tlw.db'), { fileSystem: 'local' });
  t.teardown(() => {
    closeStore(store);
    rmSync(folder, { recursive: true });
  });
  return store;
}

/** All that a question can ask, asked. */
function asked(experiment: ListedExperiment) {
  const { key, name, nodes, hyperparameters, log, logState, revision, hosts, summary, user, changedMs } = experiment;
  const { status, reason, reasonRank, launcher, trainer, rankRelation, worldSize, jobId } = experiment.run;
  const { metrics, best, ranks, plannedEpochs, stepsPerEpoch, totalTrainingTime } = summary;
  const { path, bytes, mtimeMs, fingerprint } = log;
  const { earlyStopEpoch, lastEpoch, secondsPerEpoch, firstNonFiniteEpoch } = summary;
  return {
    ...{ key, name, nodes, hyperparameters, logState, revision, hosts, user, changedMs },
    log: { path, bytes, mtimeMs, fingerprint },
    run: { status, reason, reasonRank, launcher, trainer, rankRelation, worldSize, jobId },
    ...{ ranks, plannedEpochs, stepsPerEpoch, totalTrainingTime, earlyStopEpoch, lastEpoch, secondsPerEpoch },
    ...{ firstNonFiniteEpoch, metrics: new Map(metrics), best: best && [best.epoch, new Map(best.metrics)] },
  };
}

test('whatever was saved, the quick reading of all experiments says what the whole one says', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(storableExperiment, { maxLength: 4, selector: ({ key }) => key }), (experiments) => {
      const store = newStore(t);
      saveAll(
        store,
        experiments.map((experiment) => ({ experiment, summary: summarise(experiment.run, null) })),
      );
      const [first] = experiments;
      if (first) setUserNotes(store, first.key, { notes: 'a note', tags: ['good'], keep: '' });
      const [listed, whole] = [readListed(store).map(asked), readOverviews(store).map(asked)];
      t.deepEqual(new Map(listed.map((each) => [each.key, each])), new Map(whole.map((each) => [each.key, each])));
    }),
    { numRuns: 30 },
  );
});

test('settings that come again are the same object, and any text is read as it was written', (t) => {
  const parse = settingsParser();
  const text = fc.oneof(fc.string(), fc.constantFrom('],["', '],[', '"', '\\', '["', ']'));
  const setting = fc.record({ name: text, values: fc.array(text, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(setting, { maxLength: 5 }), (settings: Hyperparameter[]) => {
      const json = renderSettings(settings);
      t.deepEqual(parse(json), settings);
      t.deepEqual(parse(json), parseSettings(json));
    }),
  );
  const json = renderSettings([{ name: 'lr', values: ['0.1'] }]);
  t.is(parse(json)[0], parse(json)[0]);
});

test('one metric of a summary is read as all of them are, whatever it is called', (t) => {
  const { connection } = newStore(t);
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a]', '["b"', 'b', '"b', 'null,', "it's", '🌍'));
  const figure = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
  const metric = fc.record({
    final: figure,
    min: figure,
    max: figure,
    best: fc.option(figure),
    bestEpoch: fc.option(fc.nat()),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, metric)), fc.array(fc.tuple(name, figure)), (metrics, atBest) => {
      const summary = {
        ...summarise(buildExperiment().run, null),
        metrics: new Map(metrics),
        best: { epoch: 1, metrics: new Map(atBest) },
      };
      const json = renderSummaryFigures(summary);
      const whole = parseSummaryFigures(json).metrics;
      for (const each of [...summary.metrics.keys(), ...summary.best.metrics.keys(), 'loss']) {
        const select = connection.prepare<[string], string | null>(
          `SELECT ${firstFigureSql(each)} FROM (SELECT ? AS figures)`,
        );
        t.is(maybeFirstFigure(select.pluck().get(json) ?? null), whole.get(each)?.final);
      }
    }),
  );
});

test('an experiment is found by what tells it from the others', (t) => {
  const store = newStore(t);
  const names = ['lr_0.1-bs_16', 'lr_0.1-bs_64', 'lr_0.2-bs_64'];
  saveAll(
    store,
    names.map((name) => {
      const experiment = buildExperiment({ name, key: `nodes_2/${name}/${name}.log` });
      return { experiment, summary: summarise(experiment.run, null) };
    }),
  );
  const found = (text: string) => findKeys(store, text).map((key) => key.split('/')[1]);
  t.deepEqual(found('lr_0.1-bs_16'), ['lr_0.1-bs_16']);
  t.deepEqual(found('lr_0.2'), ['lr_0.2-bs_64']);
  t.deepEqual(found('lr_0.1'), ['lr_0.1-bs_16', 'lr_0.1-bs_64']);
  t.deepEqual(found('bs_16'), ['lr_0.1-bs_16']);
  t.deepEqual(found('0.1*64'), ['lr_0.1-bs_64']);
  t.deepEqual(found('nodes_2/lr_0.2-bs_64/lr_0.2-bs_64.log'), ['lr_0.2-bs_64']);
  t.deepEqual(found('nothing'), []);
  t.deepEqual(found("' OR 1"), []);
});
