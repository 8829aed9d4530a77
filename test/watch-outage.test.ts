import test from 'ava';
import { type Disappearance, isGone, isOutage } from '../src/watch/outage.js';

const cases: readonly [title: string, is: Disappearance, outage: boolean][] = [
  [
    'everything vanished with the marker',
    { rootMarker: 'missing', known: 10_000, missing: 10_000, isRootEmpty: true },
    true,
  ],
  ['one log vanished with the marker', { rootMarker: 'missing', known: 10_000, missing: 1, isRootEmpty: false }, true],
  ['only the marker vanished', { rootMarker: 'missing', known: 10_000, missing: 0, isRootEmpty: false }, false],
  ['a purge leaves the marker', { rootMarker: 'present', known: 10_000, missing: 10_000, isRootEmpty: false }, false],
  [
    'one folder deleted, no marker possible',
    { rootMarker: 'never made', known: 100, missing: 1, isRootEmpty: false },
    false,
  ],
  ['a fifth of few', { rootMarker: 'never made', known: 100, missing: 20, isRootEmpty: false }, false],
  ['more than 20', { rootMarker: 'never made', known: 100, missing: 21, isRootEmpty: false }, true],
  ['less than a tenth of many', { rootMarker: 'never made', known: 10_000, missing: 1000, isRootEmpty: false }, false],
  ['more than a tenth of many', { rootMarker: 'never made', known: 10_000, missing: 1001, isRootEmpty: false }, true],
  ['all of a few in an empty root', { rootMarker: 'never made', known: 3, missing: 3, isRootEmpty: true }, true],
  [
    'all of a few, but something is left',
    { rootMarker: 'never made', known: 3, missing: 3, isRootEmpty: false },
    false,
  ],
];
for (const [title, is, outage] of cases) test(title, (t) => t.is(isOutage(is), outage));

test('a log is gone after two sweeps a minute apart', (t) => {
  t.false(isGone(1000, 60_999));
  t.true(isGone(1000, 61_000));
});
