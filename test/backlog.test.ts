/** What the watcher tells of its own work: how much is left, and how long its loop did not turn. */

import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { backlogText, createBacklog, durationText } from '../src/daemon/backlog.js';
import { startLoopMeter } from '../src/daemon/loop-delay.js';

test('the time to go is that of reading and of writing what is read', (t) => {
  const backlog = createBacklog();
  t.deepEqual(backlog.status(), { toRead: 0, toWrite: 0, etaSeconds: null });
  backlog.read(50, 5000, 950);
  // 950 more readings of 0.1 s; how long writing takes is not known yet.
  t.deepEqual(backlog.status(), { toRead: 950, toWrite: 0, etaSeconds: 95 });
  backlog.written(10, 2000, 40);
  // 990 experiments at 0.2 s besides.
  t.deepEqual(backlog.status(), { toRead: 950, toWrite: 40, etaSeconds: 95 + 198 });
  backlog.read(950, 95_000, 0);
  backlog.written(990, 198_000, 0);
  t.deepEqual(backlog.status(), { toRead: 0, toWrite: 0, etaSeconds: null });
});

test('the pace follows the last measurements, and one without work says nothing', (t) => {
  const backlog = createBacklog();
  backlog.read(10, 1000, 100);
  backlog.read(10, 11_000, 100);
  t.is(backlog.status().etaSeconds, Math.ceil(100 * (0.7 * 0.1 + 0.3 * 1.1)));
  backlog.read(0, 60_000, 100);
  t.is(backlog.status().etaSeconds, Math.ceil(100 * (0.7 * 0.1 + 0.3 * 1.1)));
});

test('little work is not worth words', (t) => {
  t.is(backlogText({ toRead: 10, toWrite: 9, etaSeconds: 5 }), undefined);
  t.is(
    backlogText({ toRead: 100, toWrite: 20, etaSeconds: 150 }),
    '100 logs to be read, files of 120 experiments to be written, about 3 min to go',
  );
  t.is(
    backlogText({ toRead: 100, toWrite: 20, etaSeconds: null }),
    '100 logs to be read, files of 120 experiments to be written',
  );
  t.is(durationText(119), '119 s');
});

test('a loop that stands still is seen, and rest is not taken for standing still', async (t) => {
  const meter = startLoopMeter();
  t.teardown(meter.close);
  meter.busy(true);
  await sleep(50);
  meter.busy(false);
  await sleep(1000);
  meter.busy(true);
  await sleep(50);
  const restedMs = meter.read().maxMs;
  const endMs = performance.now() + 1500;
  while (performance.now() < endMs);
  await sleep(50);
  // Also while it rests again.
  meter.busy(false);
  const { maxMs, minutes } = meter.read();
  // A host that is busy may add to either.
  t.true(maxMs >= 1400, `${maxMs}`);
  t.true(restedMs < 900, `${restedMs}`);
  t.is(minutes, 0);
});

test('after two hours the meter begins anew', (t) => {
  let nowMs = 0;
  const meter = startLoopMeter(() => nowMs);
  t.teardown(meter.close);
  nowMs = 119 * 60_000;
  meter.busy(true);
  t.is(meter.read().minutes, 119);
  nowMs = 121 * 60_000;
  meter.busy(false);
  t.is(meter.read().minutes, 0);
});
