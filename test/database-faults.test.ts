/** The watcher while its database cannot be used: a state, nothing lost, nothing half there. Codes are those of the fault list. */

import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import { execa, execaSync } from 'execa';
import { closeStore, openStore } from '../src/store/open.js';
import { putRecord, readRecords } from '../src/store/records.js';
import { maybeDatabaseTrouble } from '../src/store/trouble.js';
import { createSandbox, type Sandbox, said } from './program.js';

const canMount = process.getuid?.() === 0;
const testWithMounts = canMount ? test.serial : test.skip;
if (!canMount) process.stderr.write('skipped: tests with a full disk need root, to mount a tmpfs\n');
const canInject = execaSync('strace', ['-V'], { reject: false }).exitCode === 0;
const testWithStrace = canInject ? test.serial : test.skip;
if (!canInject) process.stderr.write('skipped: tests with errors of the disk need strace\n');

const hasCompiler = execaSync('gcc', ['--version'], { reject: false }).exitCode === 0;
const testWithShim = hasCompiler ? test.serial : test.skip;
if (!hasCompiler) process.stderr.write('skipped: the test without file locks needs gcc\n');

const watchWords = [
  ...['watch', '--root', 'root', '--set', 'watch.queue=false'],
  ...['--set', 'watch.rootSeconds=1', '--set', 'finished.settleSeconds=0.5'],
];

function mountTmpfs(t: ExecutionContext, folder: string, options: string): void {
  mkdirSync(folder, { recursive: true });
  execaSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  t.teardown(() => execaSync('umount', ['--lazy', folder]));
}

/** Takes all the space that is left; gives it back when called. */
function fill(folder: string): () => void {
  const file = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize)));
  return () => rmSync(file);
}

/** Experiments by name, each with how many epochs of how many ranks are stored. */
function stored(sandbox: Sandbox): Record<string, number> {
  const database = new Database(sandbox.database(), { readonly: true });
  const rows = database
    .prepare(
      `SELECT name, (SELECT count(*) FROM epochs WHERE experiment = experiments.id) AS epochs
       FROM experiments ORDER BY name`,
    )
    .all();
  database.close();
  return Object.fromEntries(rows.map((row) => [Object(row).name, Object(row).epochs]));
}

/** Of a root with both experiments, where nothing goes wrong. */
let untroubled: Record<string, number> = {};
test.serial('two experiments are read where nothing goes wrong', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  sandbox.addFixture('keras-openmpi-early-stops', 'b');
  await sandbox.run(...watchWords, '--once');
  untroubled = stored(sandbox);
  t.like(untroubled, { a: 6 });
});

/** A watcher that has read experiment `a`, and has nothing to do. */
async function startIdle(t: ExecutionContext, sandbox: Sandbox) {
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const watch = sandbox.start([...watchWords, '-v']);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /experiment was read experiment=a(?=[\s\S]*workbook written)(?=[\s\S]*files written)/);
  // In an object: what an async function returns is waited for.
  return { watch };
}

/** Has system calls of a running process fail, until the function that it gives is called. */
async function inject(t: ExecutionContext, pid: number | undefined, what: string): Promise<() => Promise<void>> {
  const calls = what.split(':')[0];
  const strace = execa('strace', ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${what}`], {
    reject: false,
    buffer: false,
  });
  t.teardown(() => strace.kill('SIGKILL'));
  await once(strace.stderr, 'data');
  return async () => {
    strace.kill('SIGINT');
    await strace;
  };
}

async function stop(t: ExecutionContext, watch: ReturnType<Sandbox['start']>): Promise<void> {
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
}

/** It says so, keeps answering, and catches up once `mend` was called; the rows are then those of a watcher without trouble. */
async function degradesAndMends(
  t: ExecutionContext,
  sandbox: Sandbox,
  watch: ReturnType<Sandbox['start']>,
  { reason, mend }: { reason: RegExp; mend: () => Promise<void> | void },
): Promise<void> {
  // A test that hangs must not hold a whole test run.
  t.timeout(110_000);
  sandbox.addFixture('keras-openmpi-early-stops', 'b');
  await said(t, watch, new RegExp(`database cannot be written reason="${reason.source}`));
  t.regex((await sandbox.run('status', '--root', 'root')).stdout, new RegExp(`trouble: .*${reason.source}`));
  const failed = await sandbox.run('export', '--root', 'root');
  t.is(failed.exitCode, 73, failed.stdout);
  t.regex(failed.stderr, reason);
  await mend();
  const rescan = await sandbox.run('rescan', '--root', 'root');
  t.is(rescan.exitCode, 0, rescan.stderr);
  t.notRegex(rescan.stdout, /trouble/);
  await said(t, watch, /database can be written again/);
  // On a busy machine it was found, but not read, when the database could not even keep that.
  while (!stored(sandbox).b) await sleep(50);
  t.deepEqual(stored(sandbox), untroubled);
  t.is((await sandbox.run('export', '--root', 'root')).exitCode, 0);
  await stop(t, watch);
}

testWithMounts(
  'DB1: a full disk is a state, and what was read meanwhile is saved when there is space again',
  async (t) => {
    const sandbox = createSandbox(t);
    mountTmpfs(t, join(sandbox.home, 'state'), 'size=8m');
    const { watch } = await startIdle(t, sandbox);
    const free = fill(join(sandbox.home, 'state'));
    await degradesAndMends(t, sandbox, watch, { reason: /disk full/, mend: free });
  },
);

for (const [code, what, reason] of [
  ['DB2', 'pwrite64:error=EDQUOT', /your disk quota is used up/],
  ['DB4', 'fsync,fdatasync:error=EIO', /the disk or server reports an error/],
  ['DB5', 'pwrite64:error=EROFS', /read-only/],
] as const) {
  testWithStrace(`${code}: ${what} while running is a state, and nothing is lost or twice there`, async (t) => {
    const sandbox = createSandbox(t);
    const { watch } = await startIdle(t, sandbox);
    const mend = await inject(t, watch.pid, what);
    await degradesAndMends(t, sandbox, watch, { reason, mend });
  });
}

testWithMounts('DB3: without inodes the start says so, exit 74', async (t) => {
  const sandbox = createSandbox(t);
  const state = join(sandbox.home, 'state');
  mountTmpfs(t, state, 'nr_inodes=2');
  writeFileSync(join(state, 'last'), '');
  const { exitCode, stderr } = await sandbox.run(...watchWords);
  t.is(exitCode, 74);
  t.regex(stderr, /^tlw: database: no inodes left in \S+ \(ENOSPC.*\)$/);
});

testWithMounts('DB5: a state folder that is read-only is said at the start, exit 77', async (t) => {
  const sandbox = createSandbox(t);
  mountTmpfs(t, join(sandbox.home, 'state'), 'ro');
  const { exitCode, stderr } = await sandbox.run(...watchWords);
  t.is(exitCode, 77);
  t.regex(stderr, /^tlw: database: read-only: nothing can be written in \S+ \(EROFS.*\)$/);
});

test.serial('DB13: while another program holds the database, what is read waits for it', async (t) => {
  const sandbox = createSandbox(t);
  const { watch } = await startIdle(t, sandbox);
  const other = new Database(sandbox.database());
  other.exec('BEGIN EXCLUSIVE');
  const mend = (): void => {
    other.exec('ROLLBACK');
    other.close();
  };
  await degradesAndMends(t, sandbox, watch, { reason: /another program has locked/, mend });
});

testWithShim('DB14: where locks do not work the start says on which file system, exit 78', async (t) => {
  const sandbox = createSandbox(t);
  const source = join(sandbox.home, 'no-locks.c');
  writeFileSync(
    source,
    `#define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <stdarg.h>
    static int call(const char *name, int fd, int command, void *argument) {
      int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name);
      if (command == F_SETLK || command == F_SETLKW) { errno = ENOLCK; return -1; }
      return real(fd, command, argument);
    }
    #define SHIM(name) int name(int fd, int command, ...) { \
      va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list); \
      return call(#name, fd, command, argument); }
    SHIM(fcntl)
    SHIM(fcntl64)
    `,
  );
  const shim = join(sandbox.home, 'no-locks.so');
  await execa('gcc', ['-shared', '-fPIC', '-o', shim, source, '-ldl']);
  const { exitCode, stderr } = await sandbox.start(watchWords, { env: { ...sandbox.environment, LD_PRELOAD: shim } });
  t.is(exitCode, 78);
  t.regex(String(stderr), /file locks do not work on \S+ at \S+ \(\S*rw\S*\) in \S+ \(SQLITE_\w+\): set stateDir to/);
});

test('DB6: too many open files while saving are told from other errors, and saving works when there are fewer', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-files-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  // As on a network file system, where each saving opens a journal.
  const store = openStore(join(folder, 'tlw.db'), { fileSystem: 'remote' });
  const opened: number[] = [];
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  execaSync('prlimit', ['--pid', String(process.pid), '--nofile=200:']);
  try {
    const openAll = (): void => {
      for (;;) opened.push(openSync('/dev/null', 'r'));
    };
    t.throws(openAll, { code: 'EMFILE' });
    const error = t.throws(() => putRecord(store, 'a', 'b', 1), { any: true, code: 'SQLITE_CANTOPEN' });
    t.is(maybeDatabaseTrouble(error, store.file)?.kind, 'open_files');
  } finally {
    for (const handle of opened) closeSync(handle);
    execaSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}:`]);
  }
  putRecord(store, 'a', 'b', 2);
  t.is(readRecords(store, 'a').get('b'), 2);
  closeStore(store);
});

for (const [title, damage] of [
  ['deleted', (file: string) => rmSync(file)],
  ['replaced', (file: string) => writeFileSync(`${file}.new`, '') ?? renameSync(`${file}.new`, file)],
  ['emptied', (file: string) => truncateSync(file)],
  ['bereft of its write-ahead log', (file: string) => rmSync(`${file}-wal`)],
] as const) {
  test.serial(
    `DB18: a database that is ${title} while running ends the watcher with 74, and the next one rebuilds it`,
    async (t) => {
      const sandbox = createSandbox(t);
      const { watch } = await startIdle(t, sandbox);
      damage(sandbox.database());
      sandbox.addFixture('keras-openmpi-early-stops', 'b');
      const { exitCode, stderr } = await watch;
      t.is(exitCode, 74, String(stderr));
      const again = sandbox.start(watchWords);
      await said(t, again, /experiment was read experiment=b[\s\S]*workbook written/);
      t.deepEqual(stored(sandbox), untroubled);
      await stop(t, again);
    },
  );
}

testWithMounts(
  'OUT2: where the root has no space, the old workbook stays, people are told, and it is written when there is',
  async (t) => {
    const sandbox = createSandbox(t);
    mountTmpfs(t, sandbox.root, 'size=4m');
    const { watch } = await startIdle(t, sandbox);
    const workbook = join(sandbox.root, 'master.xlsx');
    const before = readFileSync(workbook);
    const log = sandbox.addFixture('keras-openmpi-early-stops', 'b');
    const free = fill(sandbox.root);
    await said(t, watch, /file could not be written reason=".*no space left/);
    t.true(before.equals(readFileSync(workbook)));
    const stale = /workbook of \d\d:\d\d still shown, 1 run missing: cannot write \S+: no space left/;
    t.regex((await sandbox.run('status', '--root', 'root')).stdout, stale);
    const failed = await sandbox.run('export', '--root', 'root');
    t.is(failed.exitCode, 73);
    t.regex(failed.stderr, /no space left on the disk/);
    t.deepEqual(readdirSync(dirname(log)), ['b.log']);
    free();
    t.is((await sandbox.run('export', '--root', 'root')).exitCode, 0);
    await said(t, watch, /outputs can be written again/);
    t.false(before.equals(readFileSync(workbook)));
    t.notRegex((await sandbox.run('status', '--root', 'root')).stdout, /trouble/);
    await stop(t, watch);
  },
);

test.serial('DB12: a watcher whose lease another host took ends with 69 before it writes again', async (t) => {
  const sandbox = createSandbox(t);
  const { watch } = await startIdle(t, sandbox);
  const lease = join(dirname(sandbox.database()), 'daemon.json');
  const holder = JSON.parse(readFileSync(lease, 'utf8'));
  writeFileSync(lease, JSON.stringify({ ...holder, host: 'login9', nonce: 'another' }));
  const { exitCode, stderr } = await watch;
  t.is(exitCode, 69);
  t.regex(String(stderr), /another daemon took over by=login9[\s\S]*tlw: already running: host login9/);
});
