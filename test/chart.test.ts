import test from 'ava';
import fc from 'fast-check';
import { linearAxis, shareOf, valueAxis } from '../src/outputs/chart-axis.js';
import { thinOut } from '../src/outputs/chart-points.js';

const figures = fc.float64Array({ minLength: 1, maxLength: 60 });
const axisOf = (...values: number[]) => valueAxis([Float64Array.from(values)], 5);
const labelsOf = (...values: number[]) => axisOf(...values).ticks.map(({ label }) => label);

test('an axis has a range, and a few ticks within it, whatever the data', (t) => {
  fc.assert(
    fc.property(figures, fc.integer({ min: 2, max: 9 }), (values, maxTicks) => {
      const { min, max, ticks } = valueAxis([values], maxTicks);
      const isRange = Number.isFinite(min) && Number.isFinite(max) && min < max;
      const places = ticks.map(({ value }) => value);
      const isAscending = places.every((value, index) => index === 0 || value > (places[index - 1] ?? 0));
      return (
        isRange && isAscending && places.length <= maxTicks + 2 && places.every((value) => value >= min && value <= max)
      );
    }),
  );
  t.pass();
});

test('an axis of a few well-behaved figures reaches all of them', (t) => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((each) => (Math.abs(each) < 1e-100 ? 0 : each));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 7 }), (values) => {
      const { min, max } = axisOf(...values);
      return values.every((each) => each >= min && each <= max);
    }),
  );
  t.pass();
});

for (const { values, labels } of [
  { values: [0.2, 0.9], labels: ['0.2', '0.4', '0.6', '0.8'] },
  { values: [3, 47], labels: ['10', '20', '30', '40'] },
  { values: [-0.2, 0.3], labels: ['−0.2', '0', '0.2'] },
  { values: [1e-5, 4e-5], labels: ['1e-05', '2e-05', '3e-05', '4e-05'] },
  { values: [0.0002, 0.9], labels: ['0.001', '0.01', '0.1', '1'] },
  { values: [], labels: [] },
]) {
  test(`ticks of ${values.join(' to ') || 'nothing'}`, (t) => {
    t.deepEqual(labelsOf(...values), labels);
  });
}

test('figures that span decades get a logarithmic axis, negative ones and scores that rise from 0 never', (t) => {
  t.false(axisOf(0.001, 0.4, 0.7, 0.8, 0.85).isLog);
  t.true(axisOf(1e-4, 1, 100).isLog);
  t.false(axisOf(0.1, 0.5).isLog);
  t.false(axisOf(-1e-4, 1e4).isLog);
});

test('one figure far out does not squeeze the others, and an axis from zero keeps what is twice as high', (t) => {
  const alike = Array.from({ length: 20 }, (_, index) => 1 + index / 100);
  t.true(axisOf(...alike, 1e9).max < 2);
  t.true(axisOf(...alike, -50).min > 0);
  t.true(valueAxis([Float64Array.from([...alike, 2.4])], 5, [0]).max > 2.4);
});

test('NaN and infinities do not count', (t) => {
  t.deepEqual(axisOf(1, 2, Number.NaN, Infinity, -Infinity), axisOf(1, 2));
});

test('the share of a value runs from 0 to 1 along the axis, and not far beyond', (t) => {
  const axis = linearAxis(10, 20, 5);
  t.is(shareOf(axis, 10), 0);
  t.is(shareOf(axis, 20), 1);
  t.is(shareOf(axis, 1e300), 5);
  t.is(shareOf(axis, -1e300), -4);
  t.is(shareOf(axisOf(1e-4, 1e4), -1), -4);
});

test('a curve thinned out keeps its ends, its extremes and its gaps', (t) => {
  fc.assert(
    fc.property(fc.float64Array({ minLength: 1, maxLength: 400 }), fc.integer({ min: 8, max: 60 }), (y, maxPoints) => {
      const x = Float64Array.from(y.keys());
      const points = thinOut(x, y, maxPoints);
      const kept = new Set(points.map((point) => point.x));
      const finite = y.filter((value) => Number.isFinite(value)).sort();
      const shown = points.map((point) => point.y).filter((value) => Number.isFinite(value));
      return (
        points.length <= maxPoints * 1.25 + 8 &&
        kept.size === points.length &&
        kept.has(0) &&
        kept.has(y.length - 1) &&
        (finite.length === 0 || (Math.min(...shown) === finite[0] && Math.max(...shown) === finite.at(-1))) &&
        points.some((point) => Number.isNaN(point.y)) === y.some((value) => !Number.isFinite(value))
      );
    }),
  );
  t.pass();
});

test('a short curve keeps every point', (t) => {
  const y = Float64Array.of(1, Number.NaN, 3);
  t.deepEqual(thinOut(Float64Array.of(1, 2, 3), y, 100), [
    { x: 1, y: 1 },
    { x: 2, y: Number.NaN },
    { x: 3, y: 3 },
  ]);
});
