import test from 'ava';
import { curvesOf } from '../src/outputs/report/curves.js';
import { reportDataOf } from '../src/outputs/report/data.js';
import { deviationsOf, oddScore } from '../src/outputs/report/deviation.js';
import { findingsOf } from '../src/outputs/report/findings.js';
import {
  formatBytes,
  formatDuration,
  formatFigure,
  formatRanges,
  formatSetting,
} from '../src/outputs/report/format.js';
import { printable } from '../src/outputs/report/glyphs.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment, type EpochRow, type RankSpec } from './build-experiment.js';

const written: readonly (readonly [(value: number) => string, number, string])[] = [
  [formatFigure, 0.8514, '0.8514'],
  [formatFigure, 0.85, '0.8500'],
  [formatFigure, 12.34567, '12.35'],
  [formatFigure, 0, '0'],
  [formatFigure, 1.2e-5, '1.2e-05'],
  [formatFigure, -2.5e7, '-2.5e+07'],
  [formatFigure, Number.NaN, 'NaN'],
  [formatFigure, -Infinity, '−∞'],
  [formatSetting, 0.001, '0.001'],
  [formatSetting, 2.5e-4, '2.5e-04'],
  [formatDuration, 0.7156, '716 ms'],
  [formatDuration, 1.004, '1.00 s'],
  [formatDuration, 59.96, '1 min'],
  [formatDuration, 7500, '2 h 5 min'],
  [formatDuration, 3600, '1 h'],
  [formatDuration, 273_600, '3 d 4 h'],
  [formatBytes, 999, '999 B'],
  [formatBytes, 165_432, '165 kB'],
  [formatBytes, 3_400_000, '3.4 MB'],
];

for (const [format, value, text] of written) {
  test(`${format.name} ${value}: ${text}`, (t) => {
    t.is(format(value), text);
  });
}

test('rank numbers are written as ranges', (t) => {
  t.is(formatRanges([3, 0, 1, 2, 7, 9, 10]), '0–3, 7, 9, 10');
  t.is(formatRanges([1, 3, 5, 7], 2), '1, 3 and 2 more');
});

test('what the fonts lack becomes visible, what would mislead is taken out', (t) => {
  t.is(printable('plain, ä, λ, Ж, ≤, 😀'), 'plain, ä, λ, Ж, ≤, 😀');
  t.is(printable('漢\u0007\ud800'), '���');
  t.is(printable('a\r\nb\tc'), 'a↵b c');
  t.is(printable('x\u202ecba\u200d\ufe0f'), 'xcba');
});

test('a rank that is apart is found, by enough and only by enough', (t) => {
  const curves = (figures: readonly number[]) =>
    curvesOf(buildExperiment({ ranks: figures.map(steady) })).metric('loss');
  const odd = (figures: readonly number[]) =>
    deviationsOf(curves(figures)).flatMap(({ rank, score }) => (Math.abs(score) > oddScore ? [rank.rank] : []));
  t.deepEqual(odd([0.2, 0.21, 0.2, 0.19, 0.4]), [4]);
  t.deepEqual(odd([0.2, 0.2, 0.2, 0.2, 0.205]), [], 'less than 3.5 % from the others, however alike these are');
  t.deepEqual(odd([0.2, 0.2, 0.5]), [], 'three are too few to tell');
  t.deepEqual(odd([0.2, 0.2, 0.2, 0.2]), []);
});

test('since when a rank is apart: the first epoch that the others agree with, a hiccup before or after notwithstanding', (t) => {
  const ranksOf = (figures: readonly number[], segment = 1) =>
    figures.map((loss, i) => ({ epoch: i + 1, segment, metrics: { loss } }));
  const alike = Array.from({ length: 10 }, () => 0.2);
  const apartSince = (odd: readonly EpochRow[]) => {
    const isAgain = odd.some(({ segment }) => segment === 2);
    const others = [...ranksOf(alike), ...(isAgain ? ranksOf(alike, 2) : [])];
    const ranks = [0, 1, 2, 3].map((rank) => ({ rank, epochs: others }));
    const experiment = buildExperiment({ ranks: [...ranks, { rank: 4, epochs: odd }] });
    const data = reportDataOf(experiment, summarise(experiment.run, null), {
      ...{ varying: null, sweepBest: null, programVersion: '0' },
    });
    return findingsOf(data).byRank.map((each) => each.apartSince);
  };
  const none = [null, null, null, null];
  const [near, far, low] = [0.2, 0.5, 0.01];
  t.deepEqual(apartSince(ranksOf([near, near, near, far, far, far, far, far, far, far])), [...none, 4]);
  t.deepEqual(apartSince(ranksOf([near, far, near, near, far, far, near, far, far, far])), [...none, 5]);
  t.deepEqual(apartSince(ranksOf([low, low, near, near, far, far, far, far, far, far])), [...none, 5], 'on one side');
  t.deepEqual(apartSince(ranksOf([far, far, far, far, far, far, far, far, far, far])), [...none, 1]);
  t.deepEqual(apartSince(ranksOf([far, far, far, near, near, near, near, near, near, near])), [...none, null]);
  const again = [...ranksOf(alike), ...ranksOf([near, near, far, far, far, far, far, far, far, far], 2)];
  t.deepEqual(apartSince(again), [...none, 3], 'in the training that the log ends with');
});

test('partial epochs are not drawn, and a new segment follows the one before', (t) => {
  const rows = [
    { epoch: 1, metrics: { loss: 3 } },
    { epoch: 2, metrics: { loss: 2 } },
    { epoch: 3, metrics: { loss: 9 }, partial: true },
    { epoch: 1, segment: 2, metrics: { loss: 1 } },
  ];
  const { timeline, metric } = curvesOf(buildExperiment({ ranks: [{ epochs: rows }] }));
  t.deepEqual([...timeline.x], [1, 2, 3, 4]);
  t.deepEqual(timeline.restarts, [3]);
  t.is(timeline.xOfEpoch(1), 4);
  t.deepEqual([...(metric('loss')?.mean ?? [])], [3, 2, Number.NaN, 1]);
});

test('the mean is that of the ranks still running; common where all are', (t) => {
  const ranks = [steady(1), { epochs: [{ epoch: 1, metrics: { loss: 3 } }] }];
  const loss = curvesOf(buildExperiment({ ranks })).metric('loss');
  t.deepEqual([...(loss?.mean ?? [])].slice(0, 3), [2, 1, 1]);
  t.deepEqual([...(loss?.common ?? [])].slice(0, 2), [2, Number.NaN]);
});

function steady(loss: number): RankSpec {
  return { epochs: Array.from({ length: 6 }, (_, index) => ({ epoch: index + 1, metrics: { loss } })) };
}
