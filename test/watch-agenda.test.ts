import test from 'ava';
import fc from 'fast-check';
import { createAgenda } from '../src/watch/agenda.js';

test('what is due comes, the most pressing first, each once', (t) => {
  const agenda = createAgenda();
  agenda.set('cold', 0, 'sweep');
  agenda.set('hot', 50, 'hot');
  agenda.set('later', 200, 'now');
  t.is(agenda.take(100), 'hot');
  t.is(agenda.take(100), 'cold');
  t.is(agenda.take(100), undefined);
  t.is(agenda.take(200), 'later');
  t.is(agenda.size, 0);
});

test('what can wait is not put off for ever', (t) => {
  const agenda = createAgenda();
  agenda.set('old verify', 0, 'verify');
  agenda.set('hot', 2 * 3_600_000, 'hot');
  t.is(agenda.take(2 * 3_600_000), 'old verify');
});

test('a key stands once, at the time last set, and is hastened but never delayed', (t) => {
  const agenda = createAgenda();
  agenda.set('a', 10, 'hot');
  agenda.set('a', 100, 'hot');
  t.is(agenda.take(50), undefined);
  agenda.hasten('a', 200, 'hot');
  t.is(agenda.dueMs('a'), 100);
  agenda.hasten('a', 20, 'now');
  t.is(agenda.take(50), 'a');
  agenda.set('b', 0, 'now');
  agenda.delete('b');
  t.is(agenda.take(50), undefined);
});

test('being behind is that looks that cannot wait are overdue, whether they were asked for or not', (t) => {
  const agenda = createAgenda();
  agenda.set('cold', 0, 'sweep');
  agenda.set('new log', 10_000, 'now');
  agenda.set('other log', 10_000, 'now');
  t.false(agenda.isBehind(10_500));
  t.true(agenda.isBehind(11_500));
  t.is(agenda.take(11_500), 'new log');
  t.true(agenda.isBehind(11_500));
  t.is(agenda.take(11_500), 'other log');
  // A sweep that takes its time is none.
  t.false(agenda.isBehind(11_500));
});

test('waking gathers what can wait', (t) => {
  const agenda = createAgenda();
  t.is(agenda.wakeMs(), Infinity);
  agenda.set('cold', 1000, 'sweep');
  t.is(agenda.wakeMs(), 6000);
  agenda.set('hot', 3000, 'hot');
  t.is(agenda.wakeMs(), 3000);
  agenda.set('never', Infinity, 'now');
  t.is(agenda.wakeMs(), 3000);
});

test('nothing is lost and nothing comes early, whatever is set', (t) => {
  const urgency = fc.constantFrom('now', 'hot', 'sweep', 'verify' as const);
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), due: fc.nat(50), urgency, take: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const agenda = createAgenda();
      const model = new Map<string, number>();
      steps.forEach(({ key, due, urgency, take }, nowMs) => {
        if (!take) {
          agenda.set(key, due, urgency);
          model.set(key, due);
          return;
        }
        const taken = agenda.take(nowMs);
        const isDue = [...model].some(([, dueMs]) => dueMs <= nowMs);
        if (taken === undefined ? isDue : (model.get(taken) ?? Infinity) > nowMs) throw new Error(`took ${taken}`);
        if (taken !== undefined) model.delete(taken);
      });
      return agenda.size === model.size;
    }),
  );
  t.pass();
});
