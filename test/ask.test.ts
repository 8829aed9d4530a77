import test from 'ava';
import fc from 'fast-check';
import { chanceOfEtaSquared, chanceOfRho } from '../src/ask/chance.js';
import { effectsOn, isChance, isOnlyOneOfMany, midRanks } from '../src/ask/effects.js';
import { atLeast, clusterFailures, shapeOf } from '../src/ask/failures.js';
import { fieldNames, fieldOf, varyingSettings } from '../src/ask/fields.js';
import { groupBy } from '../src/ask/groups.js';
import { configurations, costs, reachCosts } from '../src/ask/scaling.js';
import { inferSweep } from '../src/ask/sweep.js';
import { parseWhere, WhereError } from '../src/ask/where.js';
import type { Status } from '../src/experiment.js';
import { firstExperiments, sortExperiments } from '../src/outputs/workbook/order.js';
import type { ExperimentOverview } from '../src/summary.js';
import { buildOverview } from './build-overview.js';

interface Spec {
  readonly settings?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly status?: Status;
  readonly reason?: string;
  readonly summary?: Partial<ExperimentOverview['summary']>;
  readonly nodes?: number;
}

let count = 0;

function experiment({
  settings = {},
  metrics = {},
  status = 'completed',
  reason,
  summary,
  nodes,
}: Spec): ExperimentOverview {
  count += 1;
  const base = buildOverview({ name: `run-${count}` });
  return {
    ...base,
    nodes: nodes ?? null,
    hyperparameters: Object.entries(settings).map(([name, value]) => ({ name, values: [value] })),
    run: { ...base.run, status, reason: reason ?? null },
    summary: {
      ...base.summary,
      ...summary,
      metrics: new Map(
        Object.entries(metrics).map(([name, final]) => [
          name,
          { final, min: final, max: final, best: final, bestEpoch: 1 },
        ]),
      ),
    },
  };
}

const record = { lr: '0.01', bs: '64', name: 'a run', status: 'failed', val_loss: Number.NaN } as const;
const read = (item: typeof record, field: string) => Object.entries(item).find(([name]) => name === field)?.[1];

for (const [text, expected] of [
  ['lr<=0.01 and bs=64', true],
  ['lr<0.01 or bs==64', true],
  ['lr<0.01', false],
  ['not lr<0.01', true],
  ['(lr=1 or bs=64) and status=failed', true],
  ['lr=1e-2', true],
  ['bs>=100', false],
  ['name="a run"', true],
  ['name~RUN', true],
  ['name!~run', false],
  ['missing=3', false],
  ['missing!=3', true],
  ['val_loss<1', false],
  ['val_loss>1', false],
  ['STATUS=x or not (bs!=64)', true],
] as const) {
  test(`where: ${text}`, (t) => {
    t.is(parseWhere<typeof record>(text, read)(record), expected);
  });
}

for (const [text, message] of [
  ['lr<=', /expected a value at column 5, got the end/],
  ['lr 0.01', /expected one of .* at column 4, got "0.01"/],
  ['(lr=1', /expected "\)" at column 6, got the end/],
  ['lr=1 bs=2', /expected "and" or "or" at column 6, got "bs"/],
  ['', /expected a setting or metric at column 1, got the end/],
  ['lr="0', /expected .* at column 4/],
] as const) {
  test(`where says what is wrong with: ${text}`, (t) => {
    t.regex(t.throws(() => parseWhere(text, read), { instanceOf: WhereError })?.message ?? '', message);
  });
}

test('where refuses a field that nothing has', (t) => {
  t.regex(
    t.throws(() => parseWhere('lt=1', read, (name) => name === 'lr'))?.message ?? '',
    /name of a setting.*got "lt"/,
  );
});

test('where never throws anything but a WhereError', (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseWhere<typeof record>(text, read)(record);
      } catch (error) {
        return error instanceof WhereError;
      }
      return true;
    }),
  );
  t.pass();
});

test('fields: a setting goes before a fact of the same name', (t) => {
  const one = experiment({
    settings: { time: '5', lr: '0.1' },
    metrics: { val_dsc: 0.8 },
    summary: { totalTrainingTime: 99 },
  });
  t.is(fieldOf(one, 'time'), '5');
  t.is(fieldOf(one, 'val_dsc'), 0.8);
  t.is(fieldOf(one, 'best_val_dsc'), 0.8);
  t.is(fieldOf(one, 'nothing'), undefined);
  t.true(fieldNames([one]).includes('best_val_dsc'));
  t.deepEqual(varyingSettings([one, experiment({ settings: { time: '5', lr: '0.2' } })]), ['lr']);
});

test('groups: mean ± sample standard deviation, n, and ties with the best', (t) => {
  const runs = [
    ...[0.8, 0.82, 0.81].map((val_dsc) => experiment({ settings: { lr: '0.1' }, metrics: { val_dsc } })),
    ...[0.79, 0.83].map((val_dsc) => experiment({ settings: { lr: '0.2' }, metrics: { val_dsc } })),
    ...[0.5, 0.51].map((val_dsc) => experiment({ settings: { lr: '0.3' }, metrics: { val_dsc } })),
    experiment({ settings: { lr: '0.4' }, metrics: { val_dsc: Number.NaN } }),
  ];
  const groups = groupBy(runs, ['lr'], { metric: 'val_dsc', direction: 'max' });
  t.deepEqual(
    groups.map(({ settings, n, isTie }) => [settings.get('lr'), n, isTie]),
    [
      ['0.1', 3, true],
      ['0.2', 2, true],
      ['0.3', 2, false],
      ['0.4', 0, null],
    ],
  );
  t.true(Math.abs((groups[0]?.sd ?? 0) - 0.01) < 1e-12);
});

test('effects: Spearman as SciPy has it', (t) => {
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]).statistic
  const figures = [5, 6, 7, 8, 7];
  const runs = figures.flatMap((val_loss, i) =>
    [0, 1].map(() => experiment({ settings: { lr: String(i + 1) }, metrics: { val_loss } })),
  );
  const [effect] = effectsOn(runs, 'val_loss');
  t.like(effect, { setting: 'lr', kind: 'numeric', n: 10, levels: 5 });
  t.true(Math.abs((effect?.size ?? 0) - 0.8207826816681233) < 1e-12);
});

test('effects: a word’s share of the ranks’ variance is Kruskal and Wallis’s H over n - 1', (t) => {
  // scipy.stats.kruskal([1, 3, 5, 7, 9], [2, 4, 6, 8, 10]) = (0.2727272727272734, 0.6015081344405895)
  const runs = Array.from({ length: 10 }, (_, i) =>
    experiment({ settings: { opt: i % 2 ? 'adam' : 'sgd' }, metrics: { val_loss: i + 1 } }),
  );
  const [effect] = effectsOn(runs, 'val_loss');
  t.like(effect, { kind: 'categorical', n: 10, levels: 2 });
  t.true(Math.abs((effect?.size ?? 0) * 9 - 0.2727272727272734) < 1e-12);
  t.true((effect?.p ?? 0) > 0.4);
});

test('effects: says when the data cannot tell', (t) => {
  const runs = [1, 2, 3].map((i) => experiment({ settings: { lr: String(i) }, metrics: { val_loss: i } }));
  t.like(effectsOn(runs, 'val_loss')[0], {
    size: null,
    because: 'only 3 runs have both it and the metric; 5 are the least',
  });
});

test('effects: settings that change together are named', (t) => {
  const runs = Array.from({ length: 12 }, (_, i) =>
    experiment({
      settings: { bs: String(2 ** (i % 4)), lr: String(0.1 * 2 ** (i % 4)) },
      metrics: { val_loss: i % 4 },
    }),
  );
  t.deepEqual(
    effectsOn(runs, 'val_loss').map(({ setting, confoundedWith }) => [setting, confoundedWith]),
    [
      ['bs', ['lr']],
      ['lr', ['bs']],
    ],
  );
});

test('effects: words that go together one to one are named, in whatever order they stand', (t) => {
  const runs = Array.from({ length: 15 }, (_, i) =>
    experiment({
      settings: { model: ['a', 'b', 'c'][i % 3] ?? '', lr: ['2', '9', '4'][i % 3] ?? '', bs: String(i % 5) },
      metrics: { val_loss: i % 3 },
    }),
  );
  const together = effectsOn(runs, 'val_loss').map(({ setting, confoundedWith }) => [setting, confoundedWith]);
  t.deepEqual(new Map(together as [string, string[]][]).get('model'), ['lr']);
  t.deepEqual(new Map(together as [string, string[]][]).get('bs'), []);
});

test('effects: of many settings that do not matter, one that looks as if it did may be chance', (t) => {
  // 24 orders of the same figures: none has anything to do with them.
  const values = (seed: number) => Array.from({ length: 40 }, (_, i) => ((i + 1) * (2 * seed + 3) * 7919) % 41);
  const columns = Array.from({ length: 24 }, (_, seed) => values(seed));
  const runs = Array.from({ length: 40 }, (_, i) =>
    experiment({
      settings: Object.fromEntries(columns.map((column, seed) => [`s${seed}`, String(column[i])])),
      metrics: { val_loss: Math.sin(i * i) },
    }),
  );
  const effects = effectsOn(runs, 'val_loss');
  const sorted = effects.flatMap(({ p }) => p ?? []).sort((a, b) => a - b);
  // Holm's steps as R's p.adjust(p, "holm") has them.
  const holm = sorted.map((_, i) =>
    Math.max(...sorted.slice(0, i + 1).map((p, j) => Math.min(1, p * (sorted.length - j)))),
  );
  for (const { p, pAmongAll } of effects) t.is(pAmongAll, holm[sorted.indexOf(p ?? -1)] ?? Number.NaN);
  t.true((sorted[0] ?? 1) < 0.05, 'one of them looks as if it mattered');
  t.true(effects.every(isChance));
  t.is(effects.filter(isOnlyOneOfMany).length, sorted.filter((p) => p < 0.05).length);
});

test('effects: what the data cannot tell of stands last', (t) => {
  const runs = Array.from({ length: 12 }, (_, i) =>
    experiment({
      settings: { ...(i === 0 && { flag: 'x' }), bs: String(i % 3), lr: String(i) },
      metrics: { val_loss: i },
    }),
  );
  t.deepEqual(
    effectsOn(runs, 'val_loss').map(({ setting }) => setting),
    ['lr', 'bs', 'flag'],
  );
});

test('ranks of equal values are shared', (t) => {
  t.deepEqual(midRanks([10, 20, 20, 5]), [2, 3.5, 3.5, 1]);
});

test('failures: last words are clustered without what differs', (t) => {
  t.is(
    shapeOf('worker 7: /scratch/u1/shard-0007.tfrecord: I/O error 5'),
    shapeOf('worker 12: /data/x/y.tfrecord: I/O error 5'),
  );
  const oom = Array.from({ length: 8 }, (_, i) =>
    experiment({ status: 'killed', reason: `oom-kill in step ${i}`, settings: { bs: '512' } }),
  );
  const fine = Array.from({ length: 20 }, (_, i) => experiment({ settings: { bs: i === 0 ? '512' : '64' } }));
  const [cluster, ...others] = clusterFailures([
    ...fine,
    ...oom,
    experiment({ status: 'failed', reason: 'x', settings: { bs: '64' } }),
  ]);
  t.is(others.length, 1);
  t.like(cluster, { shape: 'oom-kill in step #', status: 'killed' });
  t.is(cluster?.experiments.length, 8);
  t.like(cluster?.overRepresented[0], {
    setting: 'bs',
    value: '512',
    inCluster: 8,
    clusterSize: 8,
    elsewhere: 1,
    othersSize: 21,
  });
});

test('hypergeometric tail: two of two marked out of four', (t) => {
  t.true(Math.abs(atLeast(2, 2, 2, 4) - 1 / 6) < 1e-12);
  t.true(Math.abs(atLeast(0, 5, 3, 9) - 1) < 1e-12);
});

test('sweep: axes, coverage, holes, dead cells, repeats', (t) => {
  const cell = (lr: string, bs: string, status: Status = 'completed', rep = '1') =>
    experiment({ settings: { lr, bs, mom: '0.9', rep }, status });
  const sweep = inferSweep(
    [cell('0.1', '64'), cell('0.01', '64'), cell('0.1', '128', 'failed'), cell('0.1', '64', 'completed', '2')],
    ['rep'],
  );
  t.deepEqual(sweep.axes, [
    { setting: 'lr', values: ['0.01', '0.1'] },
    { setting: 'bs', values: ['64', '128'] },
  ]);
  t.like(sweep, { cells: 4, finished: 2, dead: 1, repeats: 1, holeCount: 1 });
  t.deepEqual(
    [...(sweep.holes[0] ?? [])],
    [
      ['lr', '0.01'],
      ['bs', '128'],
    ],
  );
  t.is(sweep.constants.get('mom'), '0.9');
});

test('scaling: speed-up and efficiency against the smallest layout', (t) => {
  const run = (ranks: number, secondsPerEpoch: number) =>
    experiment({ settings: { cps: '4', img: '1000' }, summary: { ranks, secondsPerEpoch } });
  const rows = configurations([run(1, 100), run(2, 55), run(4, 25)], { coresPerProcess: ['cps'], images: ['img'] });
  t.deepEqual(
    rows.map(({ processes, speedUp, imagesPerSecond }) => [processes, speedUp, imagesPerSecond]),
    [
      [1, 1, 10],
      [2, 100 / 55, 1000 / 55],
      [4, 4, 40],
    ],
  );
  t.is(rows[2]?.efficiency, 1);
});

test('sweep: being without a setting is a value of it', (t) => {
  const settings: Record<string, string>[] = [
    { lr: '0.1' },
    { lr: '0.2' },
    { lr: '0.1', mom: '0.9' },
    { lr: '0.3', mom: '0.9' },
  ];
  const sweep = inferSweep(
    settings.map((each) => experiment({ settings: each })),
    [],
  );
  t.deepEqual(
    sweep.axes.map(({ values }) => values),
    [
      ['0.1', '0.2', '0.3'],
      [null, '0.9'],
    ],
  );
  t.is(sweep.cells, 6);
  t.is(sweep.finished + sweep.holeCount, 6);
  t.deepEqual(
    sweep.holes.map((hole) => Object.fromEntries(hole)),
    [{ lr: '0.2', mom: '0.9' }, { lr: '0.3' }],
  );
});

test('scaling: the front holds what nothing beats in both quality and cost', (t) => {
  const run = (val_dsc: number, hours: number) =>
    experiment({ metrics: { val_dsc }, summary: { totalTrainingTime: hours * 3600 }, nodes: 1 });
  const points = costs([run(0.9, 10), run(0.8, 2), run(0.7, 5), run(0.6, 1)], { metric: 'val_dsc', direction: 'max' });
  t.deepEqual(
    points.map(({ quality, cost, isOnFront }) => [quality, cost, isOnFront]),
    [
      [0.9, 10, true],
      [0.8, 2, true],
      [0.7, 5, false],
      [0.6, 1, true],
    ],
  );
});

test('scaling: runs that are alike in both share the front; hours of processes are not compared with hours of nodes', (t) => {
  const run = (val_dsc: number, hours: number, nodes: number | null) =>
    experiment({
      metrics: { val_dsc },
      summary: { totalTrainingTime: hours * 3600, ranks: 4 },
      ...(nodes && { nodes }),
    });
  const front = (...runs: ReturnType<typeof run>[]) =>
    costs(runs, { metric: 'val_dsc', direction: 'max' }).map(({ quality, cost, isOnFront }) => [
      quality,
      cost,
      isOnFront,
    ]);
  t.deepEqual(front(run(0.9, 2, 1), run(0.9, 2, 1), run(0.9, 3, 1), run(0.8, 2, 1)), [
    [0.9, 2, true],
    [0.9, 2, true],
    [0.9, 3, false],
    [0.8, 2, false],
  ]);
  t.deepEqual(front(run(0.9, 2, null), run(0.8, 1, 2), run(0.7, 0.1, null)), [
    [0.9, 8, false],
    [0.8, 2, true],
    [0.7, 0.4, false],
  ]);
  t.deepEqual(front(run(0.9, 2, null), run(0.7, 0.1, null)), [
    [0.9, 8, true],
    [0.7, 0.4, true],
  ]);
});

test('scaling: what a target took, from timed epochs or their share of the whole, by nodes or processes', (t) => {
  const summary = { lastEpoch: 10, totalTrainingTime: 3600, ranks: 8 };
  const [timed, untimed, alone, never] = [
    experiment({ nodes: 2, summary }),
    experiment({ nodes: 4, summary }),
    experiment({ summary }),
    experiment({ nodes: 1, summary }),
  ];
  if (!timed || !untimed || !alone || !never) throw new Error('four');
  const reached = new Map([
    [timed.key, { epoch: 5, seconds: 900 }],
    [untimed.key, { epoch: 5, seconds: null }],
    [alone.key, { epoch: 1, seconds: null }],
  ]);
  t.deepEqual(
    reachCosts([timed, untimed, alone, never], ({ key }) => reached.get(key)).map(({ cost, basis, epoch }) => [
      cost,
      basis,
      epoch,
    ]),
    [
      [0.5, 'nodes', 5],
      [2, 'nodes', 5],
      [0.8, 'processes', 1],
    ],
  );
});

test('chance: as SciPy has it for many figures', (t) => {
  const measure = () => 0;
  // scipy.stats.kruskal's p is scipy.stats.chi2.sf(H, k - 1); chi2.sf(7.0, 2) = 0.0301973834223185 (its documentation's second example)
  const n = 1001;
  t.true(Math.abs(chanceOfEtaSquared(7 / (n - 1), 3, new Float64Array(n), measure) - 0.0301973834223185) < 1e-12);
  // Of scipy.stats.spearmanr: p is 2 * scipy.stats.t.sf(|rho| * sqrt((n - 2) / (1 - rho**2)), n - 2); for t = 2, 200 degrees: 0.046854…
  const rho = Math.sqrt(4 / (4 + 200));
  t.true(Math.abs(chanceOfRho(rho, new Float64Array(202), measure) - 0.0468532) < 1e-6);
  t.is(chanceOfRho(1, new Float64Array(202), measure), 0);
});

test('chance: trying out and the distribution agree where both can be had', (t) => {
  // 100 figures are tried out, 101 are not.
  const runs = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      experiment({
        settings: { lr: String((i * 7) % 5), opt: ['sgd', 'adam', 'lamb'][(i * 11) % 3] ?? '' },
        metrics: { val_loss: ((i * 7) % 5) * 0.1 + ((i * 37) % 101) / 101 },
      }),
    );
  const [tried, computed] = [effectsOn(runs(100), 'val_loss'), effectsOn(runs(101), 'val_loss')];
  for (const { setting, p } of tried) {
    const other = computed.find((effect) => effect.setting === setting)?.p ?? Number.NaN;
    t.true(Math.abs((p ?? Number.NaN) - other) < 0.06, `${setting}: ${p} and ${other}`);
  }
});

test('effects: a setting that only tells repeats apart is left out', (t) => {
  const runs = Array.from({ length: 8 }, (_, i) =>
    experiment({ settings: { lr: String(i % 2), seed: String(i) }, metrics: { val_loss: i } }),
  );
  t.deepEqual(
    effectsOn(runs, 'val_loss', ['seed']).map(({ setting }) => setting),
    ['lr'],
  );
});

test('the first of many are those that sorting all of them puts first, ties and NaN included', (t) => {
  const figure = fc.constantFrom(0.1, 0.2, 0.3, Number.NaN, Number.POSITIVE_INFINITY);
  const status = fc.constantFrom<Status>('completed', 'early_stopped', 'killed');
  const runs = fc.array(fc.record({ metrics: fc.record({ val_dsc: figure, val_loss: figure }), status }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 6 }), fc.constantFrom('max', 'min'), (specs, most, direction) => {
      const objective = { metric: 'val_dsc', direction };
      const experiments = specs.map(experiment);
      const names = (rows: readonly ExperimentOverview[]) => rows.map(({ name }) => name);
      const all = sortExperiments(experiments, objective);
      t.deepEqual(names(firstExperiments(experiments, objective, most)), names(all.slice(0, most)));
      t.deepEqual(names(firstExperiments(experiments, objective, Number.POSITIVE_INFINITY)), names(all));
    }),
  );
});
