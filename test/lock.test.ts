/** One daemon a database: two processes on one host, two hosts, one that dies, one that is stopped and comes back. */

import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { AlreadyRunningError, type LeaseOptions, leaseTimes, maybeHolder, takeLease } from '../src/daemon/lease.js';
import { takeLock } from '../src/daemon/lock.js';

const quick = { raise: 20, dead: 300, look: 20, trust: 0 };

function stateFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-lock-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Options of a daemon on a network file system, on the host of this name. */
const on = (host: string, more: Partial<LeaseOptions> = {}): LeaseOptions => ({
  isLocal: false,
  me: { host, bootId: host, pid: 1 },
  times: quick,
  ...more,
});

/** A process that takes lock and lease of a folder, says so, and stays. */
function startHolder(t: ExecutionContext, folder: string) {
  const program = `
    import { takeLock } from ${JSON.stringify(new URL('../src/daemon/lock.js', import.meta.url).href)};
    import { takeLease } from ${JSON.stringify(new URL('../src/daemon/lease.js', import.meta.url).href)};
    // Kept, so that they are not collected while they are held.
    globalThis.held = [takeLock(${JSON.stringify(folder)}), await takeLease(${JSON.stringify(folder)}, { isLocal: true })];
    console.log('taken');
    setInterval(() => {}, 1000);`;
  const holder = execa('node', ['--input-type=module', '--eval', program], { reject: false });
  t.teardown(() => holder.kill('SIGKILL'));
  return holder;
}

test('DB10: a second start says who runs already, and the lock of a killed process is free', async (t) => {
  const folder = stateFolder(t);
  const first = startHolder(t, folder);
  await once(first.stdout, 'data');
  const error = t.throws(() => takeLock(folder), { instanceOf: AlreadyRunningError });
  t.regex(error?.message ?? '', new RegExp(`^already running: host \\S+, pid ${first.pid}, since 20`));
  first.kill('SIGKILL');
  await first;
  const lock = takeLock(folder);
  const lease = await takeLease(folder, { isLocal: true });
  t.true(lease.isOurs());
  lease.release();
  lock.release();
  t.is(maybeHolder(folder), undefined);
});

test('DB11: where locks do not reach other hosts, a counter that rises keeps others away', async (t) => {
  const folder = stateFolder(t);
  const lease = await takeLease(folder, on('one'));
  const waited: string[] = [];
  await t.throwsAsync(takeLease(folder, on('two', { onWait: ({ host }) => waited.push(host) })), {
    instanceOf: AlreadyRunningError,
    message: /host one/,
  });
  t.deepEqual(waited, ['one']);
  t.true(lease.isOurs());
  lease.release();
});

test('DB12: a counter that stands still is taken over, and the former holder notices before it writes', async (t) => {
  const folder = stateFolder(t);
  let lost = 0;
  const first = await takeLease(
    folder,
    on('one', { times: { ...quick, raise: 3_600_000 }, onLost: () => (lost += 1) }),
  );
  const began = performance.now();
  const second = await takeLease(folder, on('two'));
  t.true(performance.now() - began >= quick.dead);
  t.false(first.isOurs());
  t.false(first.isOurs());
  t.is(lost, 1);
  first.release();
  t.true(second.isOurs());
  t.is(maybeHolder(folder)?.host, 'two');
  second.release();
});

test('a lease given back, one of this host, and one in a local folder are taken at once', async (t) => {
  const folder = stateFolder(t);
  const soon = { times: { ...quick, dead: 3_600_000 } };
  (await takeLease(folder, on('one'))).release();
  const second = await takeLease(folder, on('two', soon));
  const restarted = await takeLease(folder, on('two', soon));
  t.false(second.isOurs());
  const local = await takeLease(folder, { ...on('three', soon), isLocal: true });
  t.true(local.isOurs());
  restarted.release();
  local.release();
});

test('a file that is torn or gone says nothing of another daemon', async (t) => {
  const folder = stateFolder(t);
  const lease = await takeLease(folder, on('one', { times: { ...quick, raise: 3_600_000 } }));
  writeFileSync(join(folder, 'daemon.json'), '{"host": "tw');
  t.true(lease.isOurs());
  rmSync(join(folder, 'daemon.json'));
  t.true(lease.isOurs());
  lease.release();
});

test('waiting can be ended, and leaves nothing behind', async (t) => {
  const folder = stateFolder(t);
  const lease = await takeLease(folder, on('one', { times: { ...quick, raise: 3_600_000 } }));
  const ending = new AbortController();
  const taking = takeLease(folder, on('two', { signal: ending.signal, times: { ...quick, dead: 3_600_000 } }));
  ending.abort();
  await t.throwsAsync(taking, { name: 'AbortError' });
  lease.release();
  writeFileSync(join(folder, 'daemon.json.dead.tmp'), '');
  (await takeLease(folder, on('one'))).release();
  t.deepEqual(readdirSync(folder), []);
});

const canMount = process.getuid?.() === 0 && existsSync('/dev/fuse');
const onMounts = canMount ? test : test.skip;
if (!canMount) process.stderr.write('skipped: the test with locks that are host-local needs root and /dev/fuse\n');

onMounts('DB11: two mounts of one folder, with locks of their own, have one daemon', async (t) => {
  const folder = stateFolder(t);
  const [back, one, two] = [join(folder, 'back'), join(folder, 'one'), join(folder, 'two')];
  for (const path of [back, one, two]) mkdirSync(path);
  writeFileSync(join(back, 'here'), '');
  for (const path of [one, two]) {
    execa('bindfs', ['-f', back, path], { reject: false });
    t.teardown(() => execa('fusermount3', ['-u', '-z', path], { reject: false }));
    while (!existsSync(join(path, 'here'))) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const first = takeLock(one);
  const second = takeLock(two);
  const lease = await takeLease(one, on('one'));
  await t.throwsAsync(takeLease(two, on('two')), { instanceOf: AlreadyRunningError });
  lease.release();
  for (const lock of [first, second]) lock.release();
});

test('the real times leave a margin for what a network file system may hold back', (t) => {
  t.true(leaseTimes.raise + 60_000 < leaseTimes.dead);
});
