/** Statistics of the asking commands against figures that others published, each with its source, and tables counted by hand. */

import test from 'ava';
import { effectsOn } from '../src/ask/effects.js';
import { atLeast } from '../src/ask/failures.js';
import { groupBy } from '../src/ask/groups.js';
import { configurations } from '../src/ask/scaling.js';
import { noiseOf } from '../src/outputs/workbook/order.js';
import { buildOverview } from './build-overview.js';

interface Spec {
  readonly setting: string;
  readonly figure: number;
}

/** An experiment with setting `s` and metric `m`. */
function listed({ setting, figure }: Spec, i: number) {
  const base = buildOverview({ name: `run-${i}` });
  const metric = { final: figure, min: figure, max: figure, best: figure, bestEpoch: 1 };
  return {
    ...base,
    hyperparameters: [{ name: 's', values: [setting] }],
    summary: { ...base.summary, metrics: new Map([['m', metric]]) },
  };
}

function runsOf(groups: Readonly<Record<string, readonly number[]>>) {
  const specs = Object.entries(groups).flatMap(([setting, figures]) => figures.map((figure) => ({ setting, figure })));
  return specs.map(listed);
}

const near = (a: number | null | undefined, b: number, by = 1e-9) => Math.abs((a ?? Number.NaN) - b) < by;

/** Student's sleep data (Biometrika 6, 1908), as R's `datasets::sleep` has it: hours gained by two drugs. */
const sleep = {
  one: [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
  two: [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
};

test('groups: R’s example of Welch’s t test, t = -1.8608, cannot be told apart; five hours more can', (t) => {
  const objective = { metric: 'm', direction: 'max' } as const;
  const [two, one] = groupBy(runsOf(sleep), ['s'], objective);
  t.true(near(two?.mean, 2.33) && near(one?.mean, 0.75));
  t.true(near(two?.sd, 2.002249, 1e-6) && near(one?.sd, 1.78901, 1e-6));
  const standardError = Math.sqrt((two?.sd ?? 0) ** 2 / 10 + (one?.sd ?? 0) ** 2 / 10);
  t.true(near((0.75 - 2.33) / standardError, -1.8608, 1e-4));
  t.true(one?.isTie);
  const apart = groupBy(runsOf({ ...sleep, two: sleep.two.map((hours) => hours + 5) }), ['s'], objective);
  t.is(apart[1]?.isTie, false);
});

/** scipy.stats.ttest_ind(a, b, equal_var=False).pvalue: two and three repeats are worth less than many. */
const pairs: readonly (readonly [a: readonly number[], b: readonly number[], p: number])[] = [
  [[0.9, 0.88], [0.86, 0.84], 0.1056],
  [[0.9, 0.88, 0.89], [0.86, 0.84, 0.85], 0.008],
  [[0.9, 0.89], [0.86, 0.85, 0.87, 0.84], 0.0099],
  [[0.9, 0.9], [0.8, 0.8], 0],
  [[0.9, 0.9], [0.9, 0.9], 1],
];

for (const [a, b, p] of pairs) {
  test(`groups: ${a} and ${b} are a tie by Welch’s t test with p above 0.05: ${p}`, (t) => {
    const [, second] = groupBy(runsOf({ a, b }), ['s'], { metric: 'm', direction: 'max' });
    t.is(second?.isTie, p > 0.05);
  });
}

test('noise: the pooled standard deviation of R’s t.test(extra ~ group, var.equal = TRUE) on the same data', (t) => {
  // t = -1.8608 = -1.58 / (sd * sqrt(1/10 + 1/10)), so that sd = 1.8986.
  t.true(near(noiseOf(runsOf(sleep), { metric: 'm', direction: 'max' }, []), 1.8986, 1e-3));
});

test('effects: the documentation’s second example of scipy.stats.kruskal, H = 7.0', (t) => {
  // kruskal([1, 1, 1], [2, 2, 2], [2, 2]): H is eta² × (n - 1).
  const [effect] = effectsOn(runsOf({ x: [1, 1, 1], y: [2, 2, 2], z: [2, 2] }), 'm');
  t.like(effect, { kind: 'categorical', n: 8, levels: 3 });
  t.true(near((effect?.size ?? 0) * 7, 7));
  // Of the C(8, 3) = 56 places for the three 1s, 2 make up a group of three.
  t.true(near(effect?.p, 2 / 56, 0.013));
});

test('failures: the documentation’s whales of scipy.stats.fisher_exact, one-sided', (t) => {
  // 8 whales and 2 sharks in the Atlantic, 1 and 5 in the Indian Ocean: (C(9,8) C(7,2) + C(9,9) C(7,1)) / C(16,10).
  t.true(near(atLeast(8, 10, 9, 16), (9 * 21 + 7) / 8008));
  // Its two-sided p is 0.03497: the other tail begins at 3.
  t.true(near(atLeast(8, 10, 9, 16) + (1 - atLeast(4, 10, 9, 16)), 0.034965, 1e-6));
});

test('scaling: Amdahl’s law with a tenth that stays serial, at 1, 2, 4 and 8 processes', (t) => {
  const runs = [1, 2, 4, 8].map((processes, i) => {
    const base = listed({ setting: 'x', figure: 1 }, i);
    const secondsPerEpoch = 100 * (0.1 + 0.9 / processes);
    return { ...base, summary: { ...base.summary, ranks: processes, secondsPerEpoch } };
  });
  const rows = configurations(runs, { coresPerProcess: [], images: [] });
  t.deepEqual(
    rows.map(({ processes, speedUp, efficiency }) => [processes, speedUp?.toFixed(4), efficiency?.toFixed(4)]),
    [
      [1, '1.0000', '1.0000'],
      [2, '1.8182', '0.9091'],
      [4, '3.0769', '0.7692'],
      [8, '4.7059', '0.5882'],
    ],
  );
});
