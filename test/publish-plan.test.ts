/** When the watcher publishes what has changed. */

import test from 'ava';
import { createPublishPlan, type PublishNeeds } from '../src/daemon/publish-plan.js';

const calm: PublishNeeds = {
  hasMoreToRead: false,
  filesLeft: 0,
  filesRestMs: 0,
  tablesRestMs: 0,
  retryMs: Number.POSITIVE_INFINITY,
};
const never = { filesMs: Number.POSITIVE_INFINITY, tablesMs: Number.POSITIVE_INFINITY };

test('a change is published when nothing more came for two seconds, and after a minute in any case', (t) => {
  const plan = createPublishPlan();
  t.deepEqual(plan.times(0, calm), never);
  t.false(plan.hasChanges());
  plan.changed(1000);
  t.true(plan.hasChanges());
  t.deepEqual(plan.times(1000, calm), { filesMs: 3000, tablesMs: 3000 });
  for (let atMs = 2000; atMs <= 60_500; atMs += 1500) plan.changed(atMs);
  t.deepEqual(plan.times(60_500, calm), { filesMs: 61_000, tablesMs: 61_000 });
  plan.published(true);
  t.deepEqual(plan.times(61_000, calm), never);
});

test('the files of an experiment do not wait for the rest of the workbook', (t) => {
  const plan = createPublishPlan();
  plan.changed(0);
  const resting = { ...calm, tablesRestMs: 200_000 };
  t.deepEqual(plan.times(0, resting), { filesMs: 2000, tablesMs: 200_000 });
  plan.published(false);
  // The tables still do not show it.
  t.true(plan.hasChanges());
  t.deepEqual(plan.times(2000, { ...resting, tablesRestMs: 198_000 }), {
    filesMs: Number.POSITIVE_INFINITY,
    tablesMs: 200_000,
  });
  plan.changed(3000);
  t.deepEqual(plan.times(3000, { ...resting, tablesRestMs: 197_000 }), { filesMs: 5000, tablesMs: 200_000 });
  t.deepEqual(plan.times(4000, { ...resting, filesRestMs: 3000 }).filesMs, 7000);
  plan.published(true);
  t.false(plan.hasChanges());
});

test('while logs wait to be read everything waits for them, but no longer than five minutes', (t) => {
  const plan = createPublishPlan();
  const busy = { ...calm, hasMoreToRead: true };
  plan.changed(0);
  plan.changed(100_000);
  t.deepEqual(plan.times(100_000, busy), { filesMs: 300_000, tablesMs: 300_000 });
  t.deepEqual(plan.times(100_000, { ...busy, filesLeft: 3 }), { filesMs: 300_000, tablesMs: 300_000 });
  t.deepEqual(plan.times(100_000, { ...calm, filesLeft: 3 }), { filesMs: 100_000, tablesMs: 100_000 });
});

test('what could not be written is tried again when it is time, whether anything changed or not', (t) => {
  const plan = createPublishPlan();
  t.deepEqual(plan.times(1000, { ...calm, retryMs: 5000 }), { filesMs: Number.POSITIVE_INFINITY, tablesMs: 6000 });
  plan.changed(1000);
  t.deepEqual(plan.times(1000, { ...calm, tablesRestMs: 90_000, retryMs: 60_000 }).tablesMs, 61_000);
});
