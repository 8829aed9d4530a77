/** What a watcher says first when several things are amiss. */

import test from 'ava';
import { troublesOf } from '../src/daemon/health.js';

test('what is amiss is told the gravest first, in whatever order it came', (t) => {
  const health = new Map([
    ['WATCH_LIMITED', 'only polling'],
    ['OUTPUT_STALE', 'workbook of 14:05 still shown'],
    ['LATER_FLAG', 'unheard of'],
    ['ROOT_MISSING', 'root is not there'],
  ]);
  t.deepEqual(troublesOf(health), ['root is not there', 'workbook of 14:05 still shown', 'only polling', 'unheard of']);
  t.deepEqual(troublesOf(new Map()), []);
});
