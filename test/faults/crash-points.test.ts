/**
 * One pass over a root, ended by SIGKILL at the N-th call that makes something durable, for N = 1, 2, 3 … until it runs through.
 * The short form takes some of the N; TLW_FAULTS=long takes all of them, and more kinds of call.
 */

import test from 'ava';
import { canInject, mostCalls, runInjected } from './inject.js';
import { createScene, filesBesideLogs, findLeftovers, findTorn, onePass, rowsOf } from './scene.js';

const isLong = process.env.TLW_FAULTS === 'long';
const kinds = [
  { calls: 'fsync,fdatasync', some: 5 },
  { calls: 'rename,link', some: 4 },
  { calls: 'unlink', some: 3 },
  { calls: 'pwrite64', some: 4 },
  { calls: 'write', some: isLong ? 1 : 0 },
  { calls: 'openat', some: isLong ? 1 : 0 },
];

const straceTest = (await canInject()) ? test.serial : test.serial.skip;
for (const { calls, some } of kinds.filter((kind) => kind.some > 0)) {
  straceTest(`PR1, OUT1, DB8: killed at any ${calls}, the next pass does all of the work, once`, async (t) => {
    t.timeout(isLong ? 24 * 60 * 60_000 : 10 * 60_000);
    const whole = createScene(t);
    const counted = await runInjected(whole, { calls, fault: null }, onePass);
    t.is(counted.exitCode, 0, counted.stderr);
    const [rows, files] = [rowsOf(whole), filesBesideLogs(whole)];
    const last = mostCalls(counted);
    for (const n of isLong ? upTo(last) : spread(last, some)) {
      const scene = createScene(t);
      await runInjected(scene, { calls, fault: `signal=KILL:when=${n}` }, onePass);
      const when = `killed at the ${n}. ${calls} of ${last}`;
      t.deepEqual(await findTorn(scene), [], when);
      const again = await scene.run(...onePass);
      t.is(again.exitCode, 0, `${when}: ${again.stderr}`);
      t.deepEqual(rowsOf(scene), rows, when);
      t.deepEqual(filesBesideLogs(scene), files, when);
      t.deepEqual(findLeftovers(scene), [], when);
      t.deepEqual(await findTorn(scene), [], when);
      scene.remove();
    }
  });
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

/** `count` numbers from 1 to `last`, ends included, as evenly as whole numbers are. */
function spread(last: number, count: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => Math.round(1 + (i * (last - 1)) / (count - 1)));
  return [...new Set(numbers)];
}
