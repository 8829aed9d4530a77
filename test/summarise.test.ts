import test from 'ava';
import fc from 'fast-check';
import { chooseObjective } from '../src/objective.js';
import { customMetric, summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { buildExperiment, type RankSpec } from './build-experiment.js';

const byDsc: Objective = { metric: 'val_dsc', direction: 'max' };

function summaryOf(
  ranks: readonly RankSpec[],
  names: readonly string[] = ['loss', 'val_loss', 'val_dsc'],
  objective: Objective | null = byDsc,
) {
  const metricNames = new Map(names.map((name) => [name, name]));
  return summarise(buildExperiment({ run: { metricNames, worldSize: ranks.length }, ranks }).run, objective);
}

const rows = (...figures: readonly Readonly<Record<string, number>>[]) =>
  figures.map((metrics, i) => ({ epoch: i + 1, metrics }));

test('final is the mean over ranks at the last complete epoch of each, with its spread', (t) => {
  const { metrics, lastEpoch, differs } = summaryOf([
    { epochs: rows({ val_dsc: 0.5 }, { val_dsc: 0.6 }) },
    { epochs: rows({ val_dsc: 0.5 }, { val_dsc: 0.7 }, { val_dsc: 0.8 }) },
  ]);
  t.deepEqual(metrics.get('val_dsc'), {
    final: (0.6 + 0.8) / 2,
    min: 0.6,
    max: 0.8,
    best: (0.6 + 0.7) / 2,
    bestEpoch: 2,
  });
  t.is(lastEpoch, 3);
  t.true(differs.includes('last_epoch'));
});

test('equal figures give exactly that figure', (t) => {
  const { metrics, differs } = summaryOf(Array.from({ length: 3 }, () => ({ epochs: rows({ val_dsc: 0.1 }) })));
  t.is(metrics.get('val_dsc')?.final, 0.1);
  t.deepEqual(differs, []);
});

test('best is at an epoch that all ranks completed, and carries every metric there', (t) => {
  const { best } = summaryOf([
    { epochs: rows({ val_dsc: 0.5, loss: 3 }, { val_dsc: 0.9, loss: 2 }) },
    { epochs: rows({ val_dsc: 0.7, loss: 1 }) },
  ]);
  t.is(best?.epoch, 1);
  t.deepEqual(
    [...(best?.metrics ?? [])],
    [
      ['loss', 2],
      ['val_dsc', 0.6],
    ],
  );
});

test('partial epochs never count', (t) => {
  const { metrics, best, lastEpoch } = summaryOf([
    {
      epochs: [
        { epoch: 1, metrics: { val_dsc: 0.5 } },
        { epoch: 2, partial: true, metrics: { val_dsc: 0.99 } },
      ],
    },
  ]);
  t.is(metrics.get('val_dsc')?.final, 0.5);
  t.is(best?.epoch, 1);
  t.is(lastEpoch, 1);
});

test('only the last segment counts', (t) => {
  const { metrics, best } = summaryOf([
    {
      epochs: [
        { epoch: 1, segment: 1, metrics: { val_dsc: 0.9 } },
        { epoch: 1, segment: 2, metrics: { val_dsc: 0.4 } },
      ],
    },
  ]);
  t.is(metrics.get('val_dsc')?.final, 0.4);
  t.is(best?.metrics.get('val_dsc'), 0.4);
});

test('a metric that comes every other epoch is final where it last came', (t) => {
  const { metrics } = summaryOf([
    { epochs: rows({ loss: 3, val_dsc: 0.5 }, { loss: 2 }) },
    { epochs: rows({ loss: 3, val_dsc: 0.7 }, { loss: 1 }) },
  ]);
  t.is(metrics.get('val_dsc')?.final, 0.6);
  t.is(metrics.get('loss')?.final, 1.5);
});

test('a metric that only one rank prints is judged by that rank', (t) => {
  const { metrics, best } = summaryOf([
    { epochs: rows({ loss: 3, val_dsc: 0.5 }, { loss: 2, val_dsc: 0.4 }) },
    { epochs: rows({ loss: 3 }, { loss: 1 }) },
  ]);
  t.is(metrics.get('val_dsc')?.best, 0.5);
  t.is(best?.epoch, 1);
  t.is(best?.metrics.get('loss'), 3);
});

test('a rank that is NaN makes the mean NaN, but not the range of the others', (t) => {
  const { metrics } = summaryOf([Number.NaN, 0.5, 0.7].map((loss) => ({ epochs: rows({ loss }) })));
  t.deepEqual(metrics.get('loss'), { final: Number.NaN, min: 0.5, max: 0.7, best: null, bestEpoch: null });
});

test('a partial epoch shows that a run diverged, although it never counts otherwise', (t) => {
  const epochs = [...rows({ loss: 1 }), { epoch: 2, partial: true, metrics: { loss: Number.NaN } }];
  t.is(summaryOf([{ epochs }]).firstNonFiniteEpoch, 2);
});

test('a run that diverged has a NaN final figure and its best one before', (t) => {
  const { metrics, best, firstNonFiniteEpoch } = summaryOf(
    [{ epochs: rows({ val_loss: 0.4 }, { val_loss: Number.NaN }) }],
    ['val_loss'],
    {
      metric: 'val_loss',
      direction: 'min',
    },
  );
  t.is(metrics.get('val_loss')?.final, Number.NaN);
  t.is(best?.epoch, 1);
  t.is(firstNonFiniteEpoch, 2);
});

test('ranks that print nothing take no part, but are counted', (t) => {
  const { ranks, metrics, totalTrainingTime } = summaryOf([
    { epochs: rows({ val_dsc: 0.5 }), totalTrainingTime: 10 },
    { totalTrainingTime: 12 },
  ]);
  t.is(ranks, 2);
  t.is(metrics.get('val_dsc')?.final, 0.5);
  t.is(totalTrainingTime, 12);
});

test('seconds per epoch is the median over epochs of the mean over ranks', (t) => {
  const { secondsPerEpoch } = summaryOf([
    { epochs: [100, 10, 12].map((seconds, i) => ({ epoch: i + 1, seconds })) },
    { epochs: [100, 20, 14].map((seconds, i) => ({ epoch: i + 1, seconds })) },
  ]);
  t.is(secondsPerEpoch, 15);
});

test('the custom metric is the first that is neither loss, accuracy nor learning rate', (t) => {
  t.is(customMetric(['loss', 'accuracy', 'dsc', 'auc']), 'dsc');
  t.is(customMetric(['loss', 'val_loss', 'val_iou']), 'iou');
  t.is(customMetric(['loss', 'learning_rate']), null);
});

test('the objective of a root: named, else the custom metric of most, else val_loss, else loss', (t) => {
  const dsc = summaryOf([{ epochs: rows({ val_dsc: 1 }) }], ['dsc', 'val_dsc']);
  const auc = summaryOf([{ epochs: rows({ auc: 1 }) }], ['auc']);
  const loss = summaryOf([{ epochs: rows({ loss: 1 }) }], ['loss']);
  const validated = summaryOf([{ epochs: rows({ val_loss: 1 }) }], ['val_loss']);
  t.like(chooseObjective([dsc, dsc, auc, loss]), { metric: 'val_dsc', direction: 'max' });
  t.like(chooseObjective([dsc, auc]), { metric: 'auc' });
  t.like(chooseObjective([loss, validated]), { metric: 'val_loss', direction: 'min' });
  t.like(chooseObjective([loss]), { metric: 'loss', direction: 'min' });
  t.like(chooseObjective([dsc], { metric: 'val_ppl' }), { metric: 'val_ppl', direction: 'min' });
  t.like(chooseObjective([dsc], { metric: 'val_x', direction: 'min' }), { metric: 'val_x', direction: 'min' });
  t.is(chooseObjective([]), null);
});

test('final lies within its spread, and best is no worse than any shared epoch', (t) => {
  const figure = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(fc.array(figure, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 }), (ranks) => {
      const { metrics, best } = summaryOf(
        ranks.map((values) => ({ epochs: rows(...values.map((value) => ({ val_dsc: value }))) })),
      );
      const summary = metrics.get('val_dsc');
      const tolerance = 1e-6;
      t.true(
        summary !== undefined && summary.final >= summary.min - tolerance && summary.final <= summary.max + tolerance,
      );
      const shared = Math.min(...ranks.map((values) => values.length));
      for (let epoch = 0; epoch < shared; epoch++) {
        const mean = ranks.reduce((sum, values) => sum + (values[epoch] ?? 0), 0) / ranks.length;
        t.true((best?.metrics.get('val_dsc') ?? -Infinity) >= mean - tolerance);
      }
    }),
  );
});
