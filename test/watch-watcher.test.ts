/** The whole watcher: its scanning process, events, deadlines, and what it costs. */

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { FileSystem } from '../src/watch/file-system.js';
import { createKnown } from '../src/watch/known.js';
import { systemClock } from '../src/watch/pace.js';
import { revive, type WatchChanges } from '../src/watch/records.js';
import { defaultSettings, type WatchSettings } from '../src/watch/settings.js';
import { startWatcher, type Watcher, type WatcherOptions } from '../src/watch/watcher.js';
import { readByLastLine } from './watch-root.js';

const quick: Partial<WatchSettings> = { settleMs: 300, progressMs: 200, attributeAgeMs: 50 };
const local: FileSystem = { name: 'ext4', isLocal: true };

interface Run {
  readonly watcher: Watcher;
  readonly orders: string[];
  readonly changes: WatchChanges[];
  /** Resolves when this becomes true; looked at after all news. */
  until(what: string, isTrue: () => boolean): Promise<void>;
}

/** Starts a watcher whose logs are read in this process. */
function watch(
  t: ExecutionContext,
  root: string,
  settings: Partial<WatchSettings>,
  more: Partial<WatcherOptions> = {},
): Run {
  const orders: string[] = [];
  const changes: WatchChanges[] = [];
  const waiters = new Set<() => void>();
  const onNews = (): void => {
    for (let order = watcher.takeReading(); order !== undefined; order = watcher.takeReading()) {
      orders.push(`${order.purpose} ${order.path}`);
      watcher.finishReading(order.path, readByLastLine(join(root, order.file)));
    }
    for (let part = watcher.takeChanges(); part !== undefined; part = watcher.takeChanges()) changes.push(part);
    for (const check of waiters) check();
  };
  const watcher = startWatcher({
    root,
    settings: (fileSystem) => ({ ...defaultSettings(fileSystem ?? local), ...settings }),
    onNews,
    ...more,
  });
  t.teardown(() => watcher.close());
  return {
    watcher,
    orders,
    changes,
    until: (what, isTrue) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`never: ${what}; ${JSON.stringify(watcher.status())}`)), 20_000);
        const check = (): void => {
          if (!isTrue()) return;
          clearTimeout(late);
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
        check();
      }),
  };
}

function newFolder(t: ExecutionContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tlw-watcher-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const isParsed = (run: Run, path: string): boolean =>
  run.changes.some(({ logs }) => logs.some((log) => log.path === path && log.state === 'parsed'));

test('a single pass reads what is finished and what settles soon, and ends', async (t) => {
  const root = newFolder(t);
  for (const name of ['A', 'B', 'C']) write(root, `${name}/${name}.log`, 'epoch 1\nend\n');
  write(root, 'D/D.log', 'epoch 1\n');
  const run = watch(t, root, quick, { isSinglePass: true });
  await run.watcher.pass();
  t.is(run.watcher.status().logs.parsed, 3);
  t.is(run.watcher.status().logs.new, 1);
  t.deepEqual([...run.orders].sort().slice(0, 3), ['progress A/A.log', 'progress B/B.log', 'progress C/C.log']);
  t.true(existsSync(join(root, '.tlw-root/README')));
});

test('a single pass over a root that is not there ends too, and says so', async (t) => {
  const run = watch(t, join(newFolder(t), 'nowhere'), quick, { isSinglePass: true });
  await run.watcher.pass();
  t.regex(run.changes.at(-1)?.health.get('ROOT_MISSING') ?? '', /not there \(ENOENT\)/);
});

test('events tell of new experiments, growth and markers at once', async (t) => {
  const root = newFolder(t);
  write(root, 'old/old.log', 'end\n');
  // Without events nothing would be seen within the test.
  const slow = { rootIntervalMs: 600_000, warmIntervalMs: 600_000, hotMinMs: 500, hotMaxMs: 600_000, settleMs: 1000 };
  const run = watch(t, root, { ...quick, ...slow });
  await run.until('the old log is read', () => isParsed(run, 'old/old.log'));
  write(root, 'EXP/EXP.log', 'epoch 1\n');
  await run.until('the new log is read', () => run.orders.includes('progress EXP/EXP.log'));
  appendFileSync(join(root, 'EXP/EXP.log'), 'epoch 2\nend\n');
  await run.until('its end is read', () => isParsed(run, 'EXP/EXP.log'));
  t.pass();
});

test('the doorbell is heard on any file system, by polling', async (t) => {
  const root = newFolder(t);
  const bells: string[] = [];
  const slow = { rootIntervalMs: 600_000, warmIntervalMs: 600_000, hotMinMs: 600_000, hotMaxMs: 600_000 };
  const run = watch(
    t,
    root,
    { ...quick, ...slow, useEvents: false, doorbellIntervalMs: 100 },
    { onBell: (name) => bells.push(name) },
  );
  await run.watcher.pass();
  write(root, 'EXP/EXP.log', 'end\n');
  // Polling compares with what it saw first, a moment after the start.
  const ringing = setInterval(() => writeFileSync(join(root, '.tlw-root/4711'), ''), 300);
  await run.until('the bell is heard', () => bells.length > 0);
  clearInterval(ringing);
  await run.until('it brings a look', () => isParsed(run, 'EXP/EXP.log'));
  t.is(bells[0], '4711');
});

test('a config file that changes is reported', async (t) => {
  const root = newFolder(t);
  const file = join(newFolder(t), 'config.yaml');
  writeFileSync(file, 'a');
  const changed: string[] = [];
  const run = watch(
    t,
    root,
    { ...quick, doorbellIntervalMs: 100 },
    { files: [file], onFile: (path) => changed.push(path) },
  );
  await run.watcher.pass();
  // Polling compares with what it saw first, a moment after the start.
  const writing = setInterval(() => writeFileSync(file, `b${Date.now()}`), 150);
  t.teardown(() => clearInterval(writing));
  await new Promise<void>((resolve) => {
    const looking = setInterval(() => {
      if (changed.length > 0) resolve(clearInterval(looking));
    }, 20);
  });
  t.is(changed[0], file);
});

test('the budget holds, whatever there is to look at', async (t) => {
  const root = newFolder(t);
  for (let index = 0; index < 30; index += 1) write(root, `E${index}/E${index}.log`, 'epoch 1\n');
  const rate = { opsPerSecond: 50, burstOps: 20, sweepOpsPerSecond: 50 };
  const started = performance.now();
  const run = watch(t, root, { ...quick, ...rate });
  await run.until('all logs are known', () => run.watcher.status().logs.new + run.watcher.status().logs.growing === 30);
  const seconds = (performance.now() - started) / 1000;
  const { opsLastHour } = run.watcher.status();
  t.true(opsLastHour <= 20 + 50 * seconds + 10, `${opsLastHour} operations in ${seconds} s`);
});

test('a restart with what was stored reads nothing again', async (t) => {
  const root = newFolder(t);
  for (const name of ['A', 'B']) write(root, `${name}/${name}.log`, 'end\n');
  const first = watch(t, root, quick);
  await first.until('both are parsed', () => first.watcher.status().logs.parsed === 2);
  await first.watcher.close();
  const logs = new Map(first.changes.flatMap((changes) => changes.logs).map((log) => [log.path, log]));
  const folders = new Map(first.changes.flatMap((changes) => changes.folders).map((folder) => [folder.path, folder]));
  const known = createKnown(defaultSettings(local), systemClock, true);
  revive(known, logs.values(), folders.values());
  const second = watch(t, root, quick, { known });
  await second.watcher.pass();
  t.deepEqual(second.orders, []);
  t.is(second.watcher.status().logs.parsed, 2);
});

const canMount = process.getuid?.() === 0 && existsSync('/dev/fuse');
const onMount = canMount ? test : test.skip;
if (!canMount) process.stderr.write('skipped: tests with a mount that hangs need root and /dev/fuse\n');

onMount('FS16: a mount that hangs costs one process, and everything goes on when it answers again', async (t) => {
  const back = newFolder(t);
  const root = newFolder(t);
  write(back, 'A/A.log', 'epoch 1\n');
  const mount = execa('bindfs', ['-f', back, root], { reject: false });
  t.teardown(async () => {
    mount.kill('SIGKILL');
    await execa('fusermount3', ['-u', '-z', root], { reject: false });
  });
  while (!existsSync(join(root, 'A'))) await new Promise((resolve) => setTimeout(resolve, 20));
  const run = watch(t, root, { ...quick, lookTimeoutMs: 500, hotMinMs: 100, hotMaxMs: 200, opsPerSecond: 1000 });
  await run.until('the log is read', () => run.orders.length > 0);
  t.is(run.watcher.status().fileSystem?.name, 'fuse');

  mount.kill('SIGSTOP');
  await run.until('the stall is noticed', () =>
    run.changes.some(({ health }) => health.get('ROOT_STALLED')?.startsWith('no answer since')),
  );
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.true(performance.now() - began < 150, 'this process is not blocked');
  t.is(run.watcher.status().logs.gone, 0);

  mount.kill('SIGCONT');
  await run.until('the stall is over', () => run.changes.at(-1)?.health.get('ROOT_STALLED') === null);
  appendFileSync(join(back, 'A/A.log'), 'end\n');
  await run.until('the end is read', () => isParsed(run, 'A/A.log'));
});

onMount('FS2: an unmounted root loses nothing', async (t) => {
  const back = newFolder(t);
  const root = newFolder(t);
  for (const name of ['A', 'B', 'C']) write(back, `${name}/${name}.log`, 'end\n');
  const mountIt = async (): Promise<void> => {
    execa('bindfs', ['-f', back, root], { reject: false });
    while (!existsSync(join(root, 'A'))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await mountIt();
  const run = watch(t, root, { ...quick, rootIntervalMs: 200, opsPerSecond: 1000 });
  t.teardown(() => execa('fusermount3', ['-u', '-z', root], { reject: false }));
  await run.until('all are parsed', () => run.watcher.status().logs.parsed === 3);
  await execa('fusermount3', ['-u', root]);
  await run.until('the outage is noticed', () => run.watcher.status().isOutage);
  t.is(run.watcher.status().logs.parsed, 3);
  await mountIt();
  await run.until('the outage is over', () => !run.watcher.status().isOutage);
  t.is(run.watcher.status().logs.gone, 0);
  t.is(run.orders.length, 3);
});
