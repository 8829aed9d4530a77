/** What stands ready for questions to all experiments must be what the whole rows say. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { packageRoot } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { numberOf, readListed } from '../src/store/read-listed.js';
import { readReached } from '../src/store/read-reached.js';
import { readSummaries } from '../src/store/read-summaries.js';
import { saveAll } from '../src/store/save.js';
import { epochMeansOf } from '../src/summarise/epoch-means.js';
import { summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { buildExperiment } from './build-experiment.js';

function newStore(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-asked-'));
  const store = openStore(join(folder, 'tlw.db'), { fileSystem: 'local' });
  t.teardown(() => {
    closeStore(store);
    rmSync(folder, { recursive: true });
  });
  return store;
}

const metricName = fc.constantFrom(
  'dsc',
  'loss',
  'a "quoted" one',
  'back\\slash',
  'tab\tand\u0001',
  '🌍',
  'x],["dsc",',
);
const figure = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-320, 0.1 + 0.2, 1e21),
);
/** Of one experiment: the metrics of its last epoch, and by which of them its summary judges. */
const judged = fc.record({
  figures: fc.dictionary(metricName, figure, { maxKeys: 3 }),
  objective: fc.option(metricName),
});

test('the figure of the objective that stands ready is the one among all figures, also as the migration cuts it out', (t) => {
  const migration = readFileSync(`${packageRoot}migrations/0004-asking.sql`, 'utf8');
  const [fill = ''] = /^UPDATE [^;]*;/m.exec(migration) ?? [];
  t.not(fill, '');
  fc.assert(
    fc.property(fc.array(judged, { maxLength: 5 }), metricName, (specs, metric) => {
      const store = newStore(t);
      saveAll(
        store,
        specs.map(({ figures, objective }, i) => {
          const epochs = [{ epoch: 1, metrics: figures }];
          const experiment = buildExperiment({ name: `run_${i}`, ranks: [{ epochs }] });
          const by = objective === null ? null : ({ metric: objective, direction: 'max' } satisfies Objective);
          return { experiment, summary: summarise(experiment.run, by) };
        }),
      );
      const ready = store.connection.prepare('SELECT experiment, objective_final FROM summaries');
      const saved = ready.all();
      const whole = readSummaries(store);
      const finals = () =>
        readListed(store).map((each) => [numberOf(each), each.summary.metrics.get(metric)?.final] as const);
      const expected = new Map([...whole].map(([id, { metrics }]) => [id, metrics.get(metric)?.final]));
      t.deepEqual(new Map(finals()), expected);
      store.connection.exec("UPDATE summaries SET objective_final = 'wrong'");
      store.connection.exec(fill);
      t.deepEqual(ready.all(), saved);
    }),
    { numRuns: 25 },
  );
});

const epochRow = fc.record({
  segment: fc.integer({ min: 1, max: 3 }),
  epoch: fc.integer({ min: 1, max: 6 }),
  seconds: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  dsc: fc.option(fc.constantFrom(0.1, 0.2, 0.3, Number.NaN), { nil: undefined }),
});

test('when a target was reached is what a look at every epoch says', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(epochRow, { maxLength: 12 }), { maxLength: 4 }),
      fc.constantFrom<'max' | 'min'>('max', 'min'),
      (runs, direction) => {
        const store = newStore(t);
        const experiments = runs.map((rows, i) => {
          const byPlace = new Map(rows.map((row) => [row.segment * 10 + row.epoch, row]));
          const epochs = [...byPlace]
            .sort(([a], [b]) => a - b)
            .map(([, { segment, epoch, seconds, dsc }]) => ({
              ...{ segment, epoch, ...(seconds !== undefined && { seconds }) },
              metrics: { loss: 1, ...(dsc !== undefined && { dsc }) },
            }));
          return buildExperiment({ name: `run_${i}`, ranks: [{ epochs }] });
        });
        saveAll(
          store,
          experiments.map((experiment) => ({ experiment, summary: summarise(experiment.run, null) })),
        );
        const slow = experiments.flatMap(({ key, run }) => {
          const { segment, epoch, seconds, metrics } = epochMeansOf(run);
          const isReached = (row: number): boolean => {
            const value = metrics.get('dsc')?.present[row] ? metrics.get('dsc')?.values[row] : undefined;
            return value !== undefined && (direction === 'max' ? value >= 0.2 : value <= 0.2);
          };
          const places = segment.map((_, row) => row);
          const last = Math.max(0, ...places.filter(isReached).map((row) => segment[row] ?? 0));
          const first = places.find((row) => segment[row] === last && isReached(row));
          if (first === undefined) return [];
          const until = places.filter((row) => segment[row] === last && row <= first);
          const isTimed = until.every((row) => seconds.present[row]);
          const sum = until.reduce((total, row) => total + (seconds.values[row] ?? 0), 0);
          return [[key, { epoch: epoch[first], seconds: isTimed ? sum : null }] as const];
        });
        const keys = new Map(readListed(store).map((each) => [numberOf(each), each.key]));
        const found = readReached(store, { metric: 'dsc', direction }, 0.2);
        t.deepEqual(
          new Map(found.map(({ experiment, epoch, seconds }) => [keys.get(experiment), { epoch, seconds }])),
          new Map(slow),
        );
      },
    ),
    { numRuns: 30 },
  );
});
