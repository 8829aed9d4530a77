import test from 'ava';
import { settingTable } from '../src/outputs/workbook/setting-table.js';
import { maybeStragglers } from '../src/outputs/workbook/straggler.js';
import { workbookTables } from '../src/outputs/workbook.js';
import type { RankRow } from '../src/summarise/rank-rows.js';
import { buildInput, buildOverview, maximiseDice } from './build-overview.js';

const timed = (...seconds: (number | null)[]): RankRow[] =>
  seconds.map((secondsPerStep, rank) => ({
    ...{ rank, host: null, status: null, reason: null, lastEpoch: null, plannedEpochs: null, earlyStopEpoch: null },
    ...{ totalTrainingTime: null, secondsPerStep, metrics: new Map() },
  }));

for (const [seconds, said] of [
  [[1, 1, 1, 1.5], 'rank 3 +50 %'],
  [[1, 1, 1, 1.1], null],
  [[1, 2, 3, 4], null],
  [[1], null],
  [[1, null, null], null],
  [[9, 1, 1, 8, 1, 1, 7, 1, 1, 6, 1, 1], 'rank 0 +800 %, rank 3 +700 %, rank 6 +600 % and 1 more'],
] as const) {
  test(`stragglers among ${seconds.join(', ')} s a step: ${said}`, (t) => {
    t.is(maybeStragglers(timed(...seconds)), said);
  });
}

test('settings: repeats are told by each setting once, also where its list has a column for each value', (t) => {
  const run = (seed: string, lr: string, dpout: string[]) =>
    buildOverview({ name: seed, key: `${seed}.log`, hyperparameters: { lr, dpout, seed }, finals: { val_dsc: 0.5 } });
  const input = buildInput([
    run('1', '0.1', ['0.5', '0.3']),
    run('2', '0.1', ['0.5', '0.3']),
    run('3', '0.2', ['0.4', '0.2']),
  ]);
  const { settings } = workbookTables({ ...input, options: { ...input.options, splitLists: ['dpout'] } });
  t.deepEqual(
    [...settings.rows].filter(({ setting }) => setting === 'repeats of').map(({ value }) => value),
    ['learning rate 0.1 · dropout 0.5, 0.3'],
  );
});

test('settings: repeats count once, a single one has no deviation, unfinished runs are counted apart', (t) => {
  const run = (name: string, lr: string, seed: string, dsc: number, status: 'completed' | 'killed' = 'completed') =>
    buildOverview({
      name,
      key: `${name}.log`,
      hyperparameters: { lr, seed },
      finals: { val_dsc: dsc },
      run: { status },
    });
  const experiments = [
    run('a', '0.1', '1', 0.5),
    run('b', '0.1', '2', 0.7),
    run('c', '0.01', '1', 0.9),
    run('d', '0.01', '2', 0.1, 'killed'),
  ];
  const { rows } = settingTable(workbookTables(buildInput(experiments)).experiments, maximiseDice, [
    'seed',
    'run',
    'rep',
  ]);
  const learningRates = rows.filter(({ setting }) => setting === 'learning rate');
  t.like(learningRates[0], { value: 0.01, runs: 1, groups: 1, mean: 0.9, deviation: null, best: 0.9, unfinished: 1 });
  t.like(learningRates[1], { value: 0.1, runs: 2, groups: 1, mean: 0.6, deviation: null, best: 0.7, bestName: 'b' });
  const repeats = rows.find(({ setting }) => setting === 'repeats of');
  t.is(repeats?.value, 'learning rate 0.1');
  t.is(repeats?.deviation?.toFixed(4), '0.1414');
});
