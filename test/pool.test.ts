/** Child processes: how long they live, and what becomes of work whose child dies. */

import { existsSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { ChildError } from '../src/daemon/child-error.js';
import { createPool, type PoolLimits } from '../src/daemon/pool.js';
import { freeze } from './faults/processes.js';

const script = fileURLToPath(new URL('./pool-child.js', import.meta.url));
/** No work here takes so long, however busy the machine is. */
const longMs = 600_000;

function newPool(t: ExecutionContext, size: number, limits: PoolLimits = {}) {
  const children = createPool(size, { script, ...limits });
  t.teardown(() => children.close());
  return {
    children,
    run: (name: string, argument: unknown = null) => children.run<number>(name, argument, longMs),
  };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('RS4: a child does many things in turn, and is replaced after its share of CPU time', async (t) => {
  const { children, run } = newPool(t, 1, { maxCpuSeconds: 0.7 });
  const first = await run('pid');
  t.is(await run('pid'), first);
  t.is(await run('burn', 0.8), first, 'what it was at is finished');
  const [second, third] = await Promise.all([run('pid'), run('pid')]);
  t.not(second, first);
  t.is(third, second);
  await ended(first);
  t.is(children.retired(), 1);
});

test('a child that took much memory is replaced', async (t) => {
  const { run } = newPool(t, 1, { maxRssBytes: 200 * 2 ** 20 });
  const first = await run('keep', 1000);
  t.is(await run('keep', 220 * 2 ** 20), first);
  t.not(await run('pid'), first);
});

test('children without work are ended, and come back', async (t) => {
  const { run } = newPool(t, 2, { idleMs: 100 });
  const [first, second] = await Promise.all([run('pid'), run('pid')]);
  t.not(first, second);
  await Promise.all([ended(first), ended(second)]);
  t.true(isAlive(await run('pid')));
});

test('there are never more than so many, and all work is done', async (t) => {
  const { children, run } = newPool(t, 2, { maxCpuSeconds: 0 });
  const pids: number[] = [];
  let most = 0;
  const one = async (): Promise<void> => {
    const pid = await run('pid');
    pids.push(pid);
    most = Math.max(most, pids.filter(isAlive).length);
  };
  await Promise.all(Array.from({ length: 8 }, one));
  t.is(new Set(pids).size, 8);
  t.true(most <= 2, `${most} at once`);
  t.true(children.retired() >= 6);
});

test('work whose child dies or hangs fails, an error is passed on, and the next work has another child', async (t) => {
  const { children, run } = newPool(t, 1);
  const first = await run('pid');
  await t.throwsAsync(run('die'), { instanceOf: ChildError, message: 'the child process died (SIGKILL)' });
  const second = await run('pid');
  t.not(second, first);
  await t.throwsAsync(run('fail'), { message: 'as told' });
  t.is(await run('pid'), second);
  await t.throwsAsync(children.run('hang', null, 100), { instanceOf: ChildError, message: 'no answer within 0.1 s' });
  t.not(await run('pid'), second);
});

test('a child that is killed while it has no work costs none', async (t) => {
  const { run } = newPool(t, 1);
  const first = await run('pid');
  process.kill(first, 'SIGKILL');
  t.not(await run('pid'), first);
});

test('UN17: a child has no terminal, and what it prints is not lost, though it dies then', async (t) => {
  const printed: string[] = [];
  const { run } = newPool(t, 1, { print: (text) => printed.push(text) });
  const pid = await run('pid');
  for (const fd of [0, 1, 2]) t.regex(readlinkSync(`/proc/${pid}/fd/${fd}`), /^(socket|pipe):/);
  await run('print', 'one\n');
  await t.throwsAsync(run('printAndDie', 'the last word\n'), { instanceOf: ChildError });
  t.is(printed.join(''), 'one\nthe last word\n');
});

test('UN16: a child that is stopped while it has no work costs none, and is ended', async (t) => {
  const { children, run } = newPool(t, 1, { beginMs: 200 });
  const first = await run('pid');
  await freeze(first);
  t.not(await run('pid'), first);
  await ended(first);
  const second = await run('pid');
  await freeze(second);
  await children.close();
  await ended(second);
});

test('RS6: a child that does not get so far as to work is ended, and so is the work', async (t) => {
  const stuck = fileURLToPath(new URL('./pool-child-stuck.js', import.meta.url));
  const { run } = newPool(t, 1, { script: stuck, startMs: 500 });
  for (let i = 0; i < 2; i++)
    await t.throwsAsync(run('pid'), { instanceOf: ChildError, message: 'no start within 0.5 s' });
});

test('a deadline is for getting on, not for the whole of what takes long', async (t) => {
  const { children } = newPool(t, 1);
  t.is(typeof (await children.run('plod', 4, 3000)), 'number');
});

test('once it is closed nothing is begun, and who waited is told', async (t) => {
  const { children, run } = newPool(t, 1);
  await run('pid');
  const ends = [run('hang'), run('pid')].map((each) => t.throwsAsync(each));
  await children.close();
  for (const ended of await Promise.all(ends)) {
    t.true(ended instanceof ChildError, String(ended));
    t.is(ended?.message, 'the program ends');
  }
  await t.throwsAsync(run('pid'), { instanceOf: ChildError });
});
