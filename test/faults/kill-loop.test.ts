/**
 * A watcher that is killed again and again at random moments while logs arrive: in the end every log has its rows, once, and its
 * files, whole. TLW_KILLS sets how often; TLW_SEED repeats a run.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { packageRoot } from '../../src/package.js';
import { childrenOf, endWithTest, send, timeLimit } from './processes.js';
import { addLog, createScene, findLeftovers, findTorn, onePass, rowsOf } from './scene.js';

const kills = Number(process.env.TLW_KILLS ?? 200);
const seed = Number(process.env.TLW_SEED ?? 20261123);

test.serial(`PR1, PR9: killed ${kills} times while logs arrive, nothing is lost, doubled or torn`, async (t) => {
  t.timeout(timeLimit(kills));
  const scene = createScene(t);
  const names = readdirSync(join(packageRoot, 'test/fixtures/experiments')).sort();
  const random = fc.sample(fc.record({ ms: fc.integer({ min: 50, max: 900 }), victim: fc.nat(3) }), {
    numRuns: kills,
    seed,
  });
  for (const [i, { ms, victim }] of random.entries()) {
    addLog(scene, names[i % names.length] ?? '', `run_${i}`);
    const watch = scene.start(['watch', '--root', 'root', '--set', 'outputs.report=false']);
    endWithTest(t, watch);
    await sleep(ms);
    // Sometimes a child is killed first, and the watcher has to go on without it for a moment.
    if (victim === 0) for (const child of childrenOf(watch.pid).slice(-1)) send(child, 'SIGKILL');
    if (victim === 0) await sleep(ms / 3);
    watch.kill('SIGKILL');
    await watch;
    if (i % 20 === 19) t.deepEqual(await findTorn(scene), [], `seed ${seed}, after ${i + 1} kills`);
  }
  const last = await scene.run(...onePass, '--set', 'outputs.report=false');
  t.is(last.exitCode, 0, last.stderr);
  t.deepEqual(await findTorn(scene), []);
  t.deepEqual(findLeftovers(scene), []);
  const rows = rowsOf(scene);
  t.is(rows.size, kills + 2);
  const plain = createScene(t);
  for (const i of random.keys()) addLog(plain, names[i % names.length] ?? '', `run_${i}`);
  await plain.run(...onePass, '--set', 'outputs.report=false');
  t.deepEqual(rows, rowsOf(plain), `seed ${seed}`);
});
