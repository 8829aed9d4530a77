import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import fc from 'fast-check';
import { publish } from '../src/outputs/publish.js';
import { PublishError, type PublishTrouble, publishError } from '../src/outputs/publish-error.js';
import { readFileVersion } from '../src/outputs/publish-present.js';
import { removeLeftovers, temporaryPath } from '../src/outputs/publish-temporary.js';

const child = join(dirname(fileURLToPath(import.meta.url)), 'publish-child.js');

const hasCommand = async (command: string) => (await execa(command, ['--version'], { reject: false })).exitCode === 0;
const straceTest = (await hasCommand('strace')) ? test : test.skip;
const shimTest = (await hasCommand('cc')) ? test : test.skip;
const unshare = ['-U', '-r', '-m'];
const mountTest = (await execa('unshare', [...unshare, 'true'], { reject: false })).exitCode === 0 ? test : test.skip;

async function makeFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tlw-publish-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The number of a process that has ended, and whose parent takes no note of it. */
async function makeZombie(t: ExecutionContext): Promise<number> {
  const parent = execa('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], { reject: false, buffer: false });
  t.teardown(() => parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(said);
  const until = async (file: string, what: string): Promise<void> => {
    while (!(await readFile(file, 'latin1')).includes(what)) await sleep(5);
  };
  // A shell would take note.
  await until(`/proc/${parent.pid}/comm`, 'sleep');
  process.kill(pid, 'SIGKILL');
  await until(`/proc/${pid}/stat`, ') Z ');
  return pid;
}

async function throwsTrouble(
  t: ExecutionContext,
  trouble: PublishTrouble,
  work: Promise<unknown>,
): Promise<PublishError> {
  const error = await t.throwsAsync(work, { instanceOf: PublishError });
  t.is(error.trouble, trouble);
  return error;
}

test('a new file has the bytes, mode 0600 whatever the umask, and no temporary file is left', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'a.tlw.json');
  await execa('sh', ['-c', `umask 000; exec "${process.execPath}" "${child}" "${path}" hello`]);
  t.is(await readFile(path, 'utf8'), 'hello');
  t.is((await stat(path)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(folder), ['a.tlw.json']);
});

test('any bytes are read back the same', async (t) => {
  const folder = await makeFolder(t);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 20_000 }), fc.nat(), async (bytes, n) => {
      const path = join(folder, `${n}.bin`);
      const { version } = await publish(path, bytes, { mark: '' });
      t.true(Buffer.from(bytes).equals(await readFile(path)));
      t.deepEqual(version, await readFileVersion(path));
    }),
    { numRuns: 50 },
  );
});

test('the same bytes are not written again', async (t) => {
  const path = join(await makeFolder(t), 'a.json');
  const first = await publish(path, 'one');
  const before = await stat(path);
  const second = await publish(path, 'one');
  t.is(second.state, 'unchanged');
  t.deepEqual(second.version, first.version);
  t.is((await stat(path)).ino, before.ino);
  const byFunction = await publish(path, (temporary) => writeFile(temporary, 'one'));
  t.is(byFunction.state, 'unchanged');
  t.is((await stat(path)).ino, before.ino);
});

test('a recorded version and a marked file are replaced, any other file is left alone', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'a.json');
  const { version } = await publish(path, 'one');
  t.is((await publish(path, 'two', { recorded: version })).state, 'written');
  await throwsTrouble(t, 'foreign', publish(path, 'three', { recorded: version }));
  await throwsTrouble(t, 'foreign', publish(path, 'three', { mark: 'our mark' }));
  await throwsTrouble(t, 'foreign', publish(path, 'three'));
  t.is(await readFile(path, 'utf8'), 'two');
  await writeFile(path, `our mark ${'x'.repeat(20_000)}`);
  t.is((await publish(path, `${'y'.repeat(20_000)} our mark`, { mark: 'our mark' })).state, 'written');
  t.is((await publish(path, 'end', { mark: 'our mark' })).state, 'written');
  t.deepEqual(await readdir(folder), ['a.json']);
});

test('a file that comes while ours is written is not replaced', async (t) => {
  const path = join(await makeFolder(t), 'a.json');
  const content = async (temporary: string) => {
    await writeFile(temporary, 'ours');
    await writeFile(path, 'theirs');
  };
  await throwsTrouble(t, 'foreign', publish(path, content));
  t.is(await readFile(path, 'utf8'), 'theirs');
});

test('OUT5, OUT6: links, folders and missing folders are refused, and what a link points to is not touched', async (t) => {
  const folder = await makeFolder(t);
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink(join(folder, 'precious'), join(folder, 'link.json'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling.json'));
  await mkdir(join(folder, 'folder.json'));
  await execa('mkfifo', [join(folder, 'fifo.json')]);
  for (const name of ['link.json', 'dangling.json', 'folder.json', 'fifo.json']) {
    await throwsTrouble(t, 'not_a_file', publish(join(folder, name), 'x', { mark: '' }));
  }
  t.is(await readFile(join(folder, 'precious'), 'utf8'), 'precious');
  await throwsTrouble(t, 'folder_missing', publish(join(folder, 'none', 'a.json'), 'x'));
  t.is((await publish(join(folder, 'ours', 'deep', 'a.json'), 'x', { createFolder: true })).state, 'written');
  t.is((await stat(join(folder, 'ours'))).mode & 0o777, 0o700);
});

test('what is shared with a group is readable by that group alone', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'shared', 'a.json');
  const shareGroupId = process.getgid?.() ?? 0;
  await publish(path, 'x', { shareGroupId, createFolder: true });
  t.is((await stat(path)).mode & 0o7777, 0o640);
  t.is((await stat(dirname(path))).mode & 0o7777, 0o2750);
  await publish(path, 'x');
  t.is((await stat(path)).mode & 0o7777, 0o600);
});

test('the replaced file stays under the name that was asked for, with edits that came late', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'a.json');
  const { version } = await publish(path, 'one');
  await publish(path, 'two', { recorded: version, keepAt: join(folder, 'kept') });
  t.is(await readFile(join(folder, 'kept'), 'utf8'), 'one');
  t.is(await readFile(path, 'utf8'), 'two');
});

test('errors are known by their number, also where Node has no name for it', (t) => {
  const said = (errno: number) => Object.assign(new Error('Unknown system error'), { errno });
  t.is(publishError('/a', said(-122)).trouble, 'quota');
  t.is(publishError('/a', said(-28)).trouble, 'disk_full');
  t.is(publishError('/a', said(-30)).trouble, 'read_only');
  t.is(publishError('/a', said(-13)).trouble, 'permission');
  const error = publishError('/folder/a.json', said(-122));
  t.is(error.errno, -122);
  t.is(error.message, 'cannot write /folder/a.json: your disk quota is used up');
});

test('OUT1, SEC7, UN22: names of temporary files have 128 random bits; leftovers of dead processes are removed, those of live ones and other files stay', async (t) => {
  const folder = await makeFolder(t);
  const dead = await execa('sh', ['-c', 'echo $$']);
  const zombie = await makeZombie(t);
  const mine = temporaryPath(folder);
  const ofZombie = mine.replace(`-${process.pid}-`, `-${zombie}-`);
  const ofDead = mine.replace(`-${process.pid}-`, `-${dead.stdout}-`);
  const otherHost = mine.replace(/\.tlw-[0-9a-f]{8}/, '.tlw-00000000');
  const oldOfOtherHost = otherHost.replace(/[0-9a-f]{32}/, 'f'.repeat(32));
  const earlierBoot = mine.replace(/(\.tlw-[0-9a-f]{8})-[0-9a-f]{8}/, '$1-00000000');
  const unlike = join(folder, '.tlw-notes.tmp');
  for (const path of [mine, ofDead, ofZombie, otherHost, oldOfOtherHost, earlierBoot, unlike])
    await writeFile(path, '');
  const longAgo = new Date('2001-01-01');
  await utimes(oldOfOtherHost, longAgo, longAgo);
  await utimes(unlike, longAgo, longAgo);
  t.is((await removeLeftovers(folder)).length, 4);
  t.deepEqual(
    (await readdir(folder)).sort(),
    [mine, otherHost, unlike].map((path) => path.slice(folder.length + 1)).sort(),
  );
});

/** strace counts the calls of each thread by itself. */
const oneThread = { UV_THREADPOOL_SIZE: '1' };
const strace = (injection: string) => ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${injection}`];

for (const [present, calls] of [
  ['old', ['openat', 'fchmod', 'fsync', 'rename', 'unlink']],
  [undefined, ['fsync', 'link', 'unlink']],
] as const) {
  straceTest(
    `OUT1: killed at any system call, the file is whole, and the next try succeeds (${present ?? 'no file'} there)`,
    async (t) => {
      const folder = await makeFolder(t);
      const path = join(folder, 'a.json');
      const after = 'new '.repeat(30_000);
      for (const call of calls) {
        let kills = 0;
        for (let n = call === 'openat' ? 20 : 1; n < 60; n++) {
          if (present === undefined) await rm(path, { force: true });
          else await writeFile(path, present);
          const command = [...strace(`${call}:signal=KILL:when=${n}`), process.execPath, child, path, after, 'old'];
          const run = await execa('strace', command, { reject: false, env: oneThread });
          const text = await readFile(path, 'utf8').catch(() => undefined);
          t.true(text === present || text === after, `${call} ${n}: ${text?.length} bytes`);
          if (run.exitCode === 0) break;
          kills++;
          await publish(path, after, { mark: 'old' });
          t.deepEqual(await readdir(folder), ['a.json'], `${call} ${n}`);
        }
        t.true(kills >= 1, `${call}: ${kills} kills`);
      }
    },
  );
}

for (const [name, trouble] of [
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'quota'],
  ['EROFS', 'read_only'],
  ['EACCES', 'permission'],
  ['EIO', 'io'],
] as const) {
  straceTest(`OUT2: ${name} from fsync or rename leaves the old file and no temporary one`, async (t) => {
    const folder = await makeFolder(t);
    const path = join(folder, 'a.json');
    await writeFile(path, 'old');
    for (const call of ['fsync', 'rename']) {
      const command = [...strace(`${call}:error=${name}`), process.execPath, child, path, 'new', 'old'];
      const run = await execa('strace', command, { reject: false, env: oneThread });
      t.is(run.stdout, trouble, call);
      t.is(await readFile(path, 'utf8'), 'old');
      t.deepEqual(await readdir(folder), ['a.json']);
    }
  });
}

mountTest('OUT2: a full disk leaves the old file and no temporary one', async (t) => {
  const script =
    'mount -t tmpfs -o size=64k tmpfs "$1" && echo -n old >"$1/a" && "$2" "$3" "$1/a" "$4" old; cat "$1/a"; ls -A "$1"';
  const values = [await makeFolder(t), process.execPath, child, 'x'.repeat(100_000)];
  const run = await execa('unshare', [...unshare, 'sh', '-c', script, 'sh', ...values], { reject: false });
  t.is(run.stdout, 'disk_fullolda');
});

shimTest('OUT4: a rename that is reported as failed but was done is a success', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'a.json');
  await writeFile(path, 'old');
  const source = `#define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    int rename(const char *from, const char *to) {
      int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
      real(from, to); errno = EIO; return -1;
    }`;
  await execa('cc', ['-shared', '-fPIC', '-o', join(folder, 'shim.so'), '-xc', '-', '-ldl'], { input: source });
  const run = await execa(process.execPath, [child, path, 'new', 'old'], {
    env: { LD_PRELOAD: join(folder, 'shim.so') },
  });
  t.is(run.stdout, 'written');
  t.is(await readFile(path, 'utf8'), 'new');
});

shimTest(
  'OUT3: a disk that is full only when the file is closed leaves the old file and no temporary one',
  async (t) => {
    const folder = await makeFolder(t);
    const path = join(folder, 'a.json');
    await writeFile(path, 'old');
    const source = `#define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <stdio.h>
    #include <string.h>
    #include <stdarg.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    /* libuv closes by the raw call. */
    long syscall(long number, ...) {
      long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
      long a[6];
      va_list list;
      va_start(list, number);
      for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
      va_end(list);
      char link[64], name[4096];
      ssize_t length = 0;
      if (number == SYS_close) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", (int)a[0]);
        length = readlink(link, name, sizeof name - 1);
      }
      name[length < 0 ? 0 : length] = 0;
      long result = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
      if (!strstr(name, "/.tlw-")) return result;
      errno = ENOSPC; return -1;
    }`;
    const shim = join(await makeFolder(t), 'shim.so');
    await execa('cc', ['-shared', '-fPIC', '-o', shim, '-xc', '-', '-ldl'], { input: source });
    const run = await execa(process.execPath, [child, path, 'new', 'old'], {
      env: { LD_PRELOAD: shim },
      reject: false,
    });
    t.is(run.stdout, 'disk_full');
    t.is(await readFile(path, 'utf8'), 'old');
    t.deepEqual(await readdir(folder), ['a.json']);
  },
);
