/**
 * One pass over a root, ended by SIGKILL at the N-th call that makes something durable, for N = 1, 2, 3 … until it runs through.
 * The short form takes some of the N; TLW_FAULTS=long takes all of them, and more kinds of call.
 */

import test from 'ava';
import { canInject, isLong, momentsOf, runInjected, tryAll } from './inject.js';
import { createScene, findWrongAfter, onePass, workOf } from './scene.js';

interface Kind {
  readonly calls: string;
  /** How many moments the short form takes. */
  readonly some: number;
  /** Which of the calls count; absent: all. */
  readonly only?: RegExp;
}

const kinds: Kind[] = [
  { calls: 'fsync,fdatasync', some: 5 },
  { calls: 'rename,link', some: 4 },
  { calls: 'unlink', some: 3 },
  { calls: 'pwrite64', some: 4 },
  { calls: 'mkdir,rmdir', some: 0 },
  { calls: 'ftruncate', some: 0 },
  // What threads of one process write to wake each other up is of no use to anybody else.
  { calls: 'write', some: 0, only: /^\d+ +write\(\d+<(?!anon_inode:\[eventfd)/ },
  { calls: 'openat', some: 0, only: /O_WRONLY|O_RDWR|O_CREAT/ },
];

const straceTest = (await canInject()) ? test.serial : test.serial.skip;
for (const { calls, some, only } of kinds.filter((kind) => isLong || kind.some > 0)) {
  straceTest(`PR1, OUT1, DB8: killed at any ${calls}, the next pass does all of the work, once`, async (t) => {
    t.timeout(isLong ? 24 * 60 * 60_000 : 10 * 60_000);
    const whole = createScene(t);
    const counted = await runInjected(whole, { calls, fault: null }, onePass);
    t.is(counted.exitCode, 0, counted.stderr);
    const expected = workOf(whole);
    const moments = momentsOf(counted, only);
    t.true(moments.length > 0);
    const wrong = await tryAll(isLong ? moments : spread(moments, some), async (n) => {
      const scene = createScene(t);
      await runInjected(scene, { calls, fault: `signal=KILL:when=${n}` }, onePass);
      const found = await findWrongAfter(scene, expected);
      scene.remove();
      return found.map((what) => `killed at the ${n}. ${calls}: ${what}`);
    });
    t.deepEqual(wrong, []);
    if (isLong) t.log(`${moments.length} moments`);
  });
}

/** `count` of the numbers, first and last included, as evenly as may be. */
function spread(numbers: readonly number[], count: number): number[] {
  const places = Array.from({ length: count }, (_, i) => Math.round((i * (numbers.length - 1)) / (count - 1)));
  return [...new Set(places)].map((place) => numbers[place] ?? 0);
}
