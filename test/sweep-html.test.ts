/** The page of a sweep as bytes; test/sweep-page.test.ts looks at it in a browser. */

import { createHash } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { thinCurve } from '../src/outputs/sweep/curve.js';
import { pageCurvesOf } from '../src/outputs/sweep-html/page-curves.js';
import type { PageCurve } from '../src/outputs/sweep-html/page-data.js';
import { renderSweepHtml, sweepHtmlMark } from '../src/outputs/sweep-html.js';
import { bitingName, buildSweep } from './sweep-case.js';

test('the same rows give the same bytes', (t) => {
  t.is(renderSweepHtml(buildSweep(30)), renderSweepHtml(buildSweep(30)));
});

test('1,000 experiments of 50 epochs and 8 metrics stay below 2 MB', (t) => {
  const html = renderSweepHtml(buildSweep(1000));
  t.true(Buffer.byteLength(html) <= 2_000_000, `${Buffer.byteLength(html)} bytes`);
  t.true(html.slice(0, 4096).includes(sweepHtmlMark), 'the mark is where publishing looks for it');
});

test('also where figures are noise, names are long, and much was written about them', (t) => {
  const sweep = buildSweep(1000);
  const experiments = sweep.experiments.map((each, n) => ({
    ...each,
    name: `${each.name}-${'λ漢'.repeat(30)}-${n}`,
    user: { notes: `note ${n} ${'x'.repeat(100)}`, tags: ['good'], keep: '' },
  }));
  const noise = (n: number) => Math.abs(Math.sin(12.9898 * n) * 43_758.5453) % 1;
  const curve = (n: number) => Array.from({ length: 200 }, (_, i) => noise(1000 * n + i) * 10 ** (i % 3));
  const html = renderSweepHtml(
    buildSweep(1000, 50, {
      experiments,
      curveOf: ({ key }) => ({
        epochs: Array.from({ length: 200 }, (_, i) => i + 1),
        figures: new Map(
          ['val_dsc', 'dsc', 'val_loss', 'loss', 'val_iou', 'iou'].map((name, m) => [
            name,
            curve(Number.parseInt(key, 10) + m),
          ]),
        ),
      }),
    }),
  );
  t.true(Buffer.byteLength(html) <= 2_000_000, `${Buffer.byteLength(html)} bytes`);
  t.regex(html, /Epochs are thinned/);
});

test('nothing is loaded from elsewhere, and only the scripts of the page may run', (t) => {
  const html = renderSweepHtml(buildSweep(12));
  t.deepEqual(html.match(/<(?:script|img|iframe|link|object|embed)\b[^>]*\b(?:src|href)="(?!data:,")[^"]*"/g), null);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  t.regex(policy, /^default-src 'none'; script-src /);
  t.notRegex(policy, /unsafe|https?:|\*/);
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  t.is(scripts.length, 2);
  for (const script of scripts) {
    t.true(policy.includes(createHash('sha256').update(script).digest('base64')));
    t.notRegex(script, /^(?:import|export)\b/m);
  }
});

test('a name with markup in it stays a name', (t) => {
  const html = renderSweepHtml(buildSweep(12));
  t.false(html.includes('<img'));
  t.false(html.includes('\u202E'));
  t.is(html.match(/<\/script>/g)?.length, 3);
  const { columns } = dataOf(html);
  const names = columns.find(({ id }) => id === 'name')?.words ?? [];
  t.true(names.includes(bitingName.replace('\u202E', '\\u202e')));
});

test('figures arrive with the digits that are shown: four, exactly', (t) => {
  const data = buildSweep(20);
  const { curveMetrics, curves } = pageCurvesOf(data, 2e6);
  t.is(curveMetrics[0], 'val_dsc');
  curves.forEach((curve, index) => {
    const experiment = data.sorted[index];
    const figures = experiment === undefined ? [] : data.curveOf(experiment).figures;
    for (const [metric, column] of figures) {
      const decoded = decode(curve ?? [0], curveMetrics.indexOf(metric));
      t.deepEqual(
        decoded,
        column.map((figure) => Number(Number(figure).toPrecision(4))),
      );
    }
  });
});

test('any figures at all arrive', (t) => {
  const figure = fc.oneof(fc.double(), fc.constant(null), fc.double({ min: -10, max: 10, noNaN: true }));
  fc.assert(
    fc.property(fc.array(figure, { minLength: 1, maxLength: 30 }), (figures) => {
      const data = buildSweep(1, 1, {
        curveOf: () => ({ epochs: figures.map((_, i) => 2 * i + 1), figures: new Map([['val_dsc', figures]]) }),
      });
      const [curve] = pageCurvesOf(data, 2e6).curves;
      t.deepEqual(
        decode(curve ?? [0], 0),
        figures.map((each) => (each === null ? null : Number(each.toPrecision(4)) + 0)),
      );
    }),
  );
});

test('thinning keeps the first, the last, the extremes, and where figures stop being numbers', (t) => {
  const figures = Array.from({ length: 1000 }, (_, i) =>
    i === 700 ? Number.NaN : i === 333 ? 9 : i === 444 ? -9 : 0.5,
  );
  const epochs = figures.map((_, i) => i + 1);
  const thin = thinCurve({ epochs, figures: new Map([['a', figures]]) }, ['b', 'a'], 40);
  t.true(thin.epochs.length <= 44, String(thin.epochs.length));
  for (const epoch of [1, 334, 445, 701, 1000]) t.true(thin.epochs.includes(epoch), String(epoch));
});

/** As the page unpacks it. */
function decode([, ...all]: PageCurve, metric: number): (number | null)[] {
  const [, decimals = 0, ...steps] = all.find(([each]) => each === metric) ?? [metric, 0];
  let sum = 0;
  return steps.map((step) => {
    if (typeof step !== 'number') return step === null ? null : Number(step);
    sum = decimals < 0 ? step : sum + step;
    return (decimals < 0 ? sum : sum / 10 ** decimals) + 0;
  });
}

function dataOf(html: string): { columns: { id: string; words?: string[] }[] } {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/.exec(html)?.[1] ?? '');
}
