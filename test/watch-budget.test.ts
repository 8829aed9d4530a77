import test from 'ava';
import fc from 'fast-check';
import { createBudget } from '../src/watch/budget.js';

test('RS5: a burst, then the steady rate', (t) => {
  const budget = createBudget({ opsPerSecond: 10, burstOps: 50 }, 0);
  t.is(budget.available(0), 50);
  budget.spend(50, 0);
  t.is(budget.available(0), 0);
  t.is(budget.availableAtMs(1, 0), 100);
  t.is(budget.available(1000), 10);
  t.is(budget.available(3_600_000), 50);
});

test('operations beyond the budget make the later ones wait', (t) => {
  const budget = createBudget({ opsPerSecond: 10, burstOps: 50 }, 0);
  budget.spend(70, 0);
  t.is(budget.available(1000), 0);
  t.is(budget.availableAtMs(1, 1000), 2100);
});

test('RS5: the last hour is counted, and only that', (t) => {
  const budget = createBudget({ opsPerSecond: 10, burstOps: 50 }, 0);
  budget.spend(7, 0);
  budget.spend(5, 30 * 60_000);
  t.is(budget.lastHour(59 * 60_000), 12);
  t.is(budget.lastHour(61 * 60_000), 5);
  t.is(budget.lastHour(1e9), 0);
});

test('whoever asks before spending never exceeds burst + rate × time', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(40)), { maxLength: 60 }), (steps) => {
      const budget = createBudget({ opsPerSecond: 10, burstOps: 50 }, 0);
      let nowMs = 0;
      let spent = 0;
      for (const [waitMs, wanted] of steps) {
        nowMs += waitMs;
        const ops = Math.min(wanted, budget.available(nowMs));
        budget.spend(ops, nowMs);
        spent += ops;
      }
      return spent <= 50 + (nowMs * 10) / 1000;
    }),
  );
  t.pass();
});
