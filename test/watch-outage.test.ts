import test from 'ava';
import { type Disappearance, isGone, isOutage } from '../src/watch/outage.js';

const cases: readonly [title: string, is: Disappearance, outage: boolean][] = [
  ['everything vanished with the marker', { rootMarker: 'missing', known: 10_000, missing: 10_000 }, true],
  ['one log vanished with the marker', { rootMarker: 'missing', known: 10_000, missing: 1 }, true],
  ['only the marker vanished', { rootMarker: 'missing', known: 10_000, missing: 0 }, false],
  ['a purge leaves the marker', { rootMarker: 'present', known: 10_000, missing: 10_000 }, false],
  ['one folder deleted, no marker possible', { rootMarker: 'never made', known: 100, missing: 1 }, false],
  ['a fifth of few', { rootMarker: 'never made', known: 100, missing: 20 }, false],
  ['more than 20', { rootMarker: 'never made', known: 100, missing: 21 }, true],
  ['less than a tenth of many', { rootMarker: 'never made', known: 10_000, missing: 1000 }, false],
  ['more than a tenth of many', { rootMarker: 'never made', known: 10_000, missing: 1001 }, true],
  ['all of a few', { rootMarker: 'never made', known: 3, missing: 3 }, true],
];
for (const [title, is, outage] of cases) test(title, (t) => t.is(isOutage(is), outage));

test('a log is gone after two sweeps a minute apart', (t) => {
  t.false(isGone(1000, 60_999));
  t.true(isGone(1000, 61_000));
});
