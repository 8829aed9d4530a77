/** What happens to files under the root, and what the watcher makes of it, with real files and a clock of the test's. */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseMirrors } from '../src/mounts.js';
import { bytesOfPath, textOfPath } from '../src/path-text.js';
import { realCalls } from '../src/watch/scanner.js';
import { createTestRoot, hour, minute, openTestRoot, type TestRoot } from './watch-root.js';

const remote = { isRemote: true };
const day = 24 * hour;

const healthOf = (root: TestRoot): string[] =>
  root.changes.flatMap(({ health }) => [...health].map(([flag, text]) => `${flag} ${text}`));

/** An error as `fs` throws it. */
const fail = (code: string, errno: number): never => {
  throw Object.assign(new Error(code), { code, errno });
};

test('a dropped experiment is found, waited for, and read once', (t) => {
  const root = createTestRoot(t);
  root.pass(minute);
  root.write('EXP/EXP.log', 'epoch 1\n');
  root.pass(minute);
  t.is(root.state('EXP/EXP.log'), 'new 0');
  root.append('EXP/EXP.log', 'end\n');
  root.pass(2 * minute);
  t.is(root.state('EXP/EXP.log'), 'parsed 1');
  t.deepEqual(root.orders, ['progress EXP/EXP.log', 'progress EXP/EXP.log']);
  root.pass(10 * day);
  t.is(root.orders.length, 2);
});

test('layouts: nested folders, bare logs, rank folders, and what is no log', (t) => {
  const root = createTestRoot(t);
  const logs = [
    'experiments_2_nodes/A/A.log',
    'bare.log',
    'B/train.log',
    'C/one.log',
    'C/two.log',
    'D/1/rank.0/stdout',
  ];
  const others = ['D/1/rank.1/stdout', 'A/A.tlw.json', 'B/checkpoints/x/deep.txt', 'E/.hidden.log', 'E/old.log~'];
  for (const path of [...logs, ...others]) root.write(path, 'end\n');
  root.write('too/deep/for/it/EXP/EXP.log', 'end\n');
  root.pass(2 * minute);
  t.deepEqual([...root.known.logs.keys()].sort(), [...logs].sort());
  t.is(root.known.logs.get('D/1/rank.0/stdout')?.name, 'D');
  t.is(root.known.logs.get('C/one.log')?.name, 'C/one');
  t.true(logs.every((path) => root.state(path) === 'parsed 1'));
});

test('FS1: a missing root is no reason to forget anything', (t) => {
  const root = createTestRoot(t);
  root.write('EXP/EXP.log', 'end\n');
  root.pass(2 * minute);
  renameSync(root.folder, `${root.folder}.away`);
  root.pass(3 * hour);
  t.is(root.state('EXP/EXP.log'), 'parsed 1');
  t.regex(healthOf(root).at(-1) ?? '', /^ROOT_MISSING the root: not there \(ENOENT\)/);
  renameSync(`${root.folder}.away`, root.folder);
  root.pass(2 * minute);
  t.is(healthOf(root).at(-1), 'ROOT_MISSING null');
  t.is(root.orders.length, 1);
});

test('FS2: a root that went empty together with its marker is an outage, and ends', (t) => {
  const root = createTestRoot(t, { settings: { markRoot: true } });
  for (const name of ['A', 'B', 'C']) root.write(`${name}/${name}.log`, 'end\n');
  root.pass(2 * minute);
  renameSync(root.folder, `${root.folder}.away`);
  mkdirSync(root.folder);
  root.pass(5 * hour);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(healthOf(root).at(-1), 'ROOT_MISSING 3 of 3 logs vanished at once: treated as an outage');
  t.deepEqual(readdirSync(root.folder), [], 'the marker is not made in what may be a mount point');
  rmSync(root.folder, { recursive: true });
  renameSync(`${root.folder}.away`, root.folder);
  root.pass(2 * minute);
  t.is(healthOf(root).at(-1), 'ROOT_MISSING null');
  root.pass(day);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.orders.length, 3);
});

test('FS2: without a marker, many logs vanishing at once are an outage', (t) => {
  const root = createTestRoot(t);
  for (let index = 0; index < 30; index += 1) root.write(`E${index}/E${index}.log`, 'end\n');
  root.pass(5 * minute);
  for (let index = 0; index < 25; index += 1) rmSync(join(root.folder, `E${index}`), { recursive: true });
  root.pass(day);
  t.is(root.state('E0/E0.log'), 'parsed 1');
  t.regex(healthOf(root).at(-1) ?? '', /^ROOT_MISSING .* treated as an outage$/);
  root.known.root.acceptsDeletions = true;
  root.pass(2 * hour);
  t.regex(root.state('E0/E0.log'), /^gone/);
  t.is(root.state('E29/E29.log'), 'parsed 1');
});

test('FS2: with the marker still there it is a purge', (t) => {
  const root = createTestRoot(t, { settings: { markRoot: true } });
  for (let index = 0; index < 30; index += 1) root.write(`E${index}/E${index}.log`, 'end\n');
  root.pass(5 * minute);
  for (let index = 0; index < 30; index += 1) rmSync(join(root.folder, `E${index}`), { recursive: true });
  root.pass(hour);
  t.regex(root.state('E0/E0.log'), /^gone/);
  t.false(healthOf(root).some((text) => text.includes('outage')));
});

test('FS3: a deleted folder is gone after two looks a minute apart, and may come back', (t) => {
  const root = createTestRoot(t);
  for (const name of ['A', 'B', 'C']) root.write(`${name}/${name}.log`, 'end\n');
  root.pass(2 * minute);
  cpSync(join(root.folder, 'A'), join(root.folder, '../A-kept', root.folder.slice(-6)), {
    recursive: true,
    preserveTimestamps: true,
  });
  rmSync(join(root.folder, 'A'), { recursive: true });
  root.pass(50_000);
  t.is(root.state('A/A.log'), 'parsed 1');
  root.pass(2 * minute);
  t.regex(root.state('A/A.log'), /^gone/);
  renameSync(join(root.folder, '../A-kept', root.folder.slice(-6)), join(root.folder, 'A'));
  root.pass(2 * minute);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.orders.length, 3);
});

test('FS4: a renamed folder keeps its experiment, also one that goes on growing', (t) => {
  const root = createTestRoot(t);
  root.write('A/train.log', 'end\n');
  root.write('G/train.log', 'epoch 1\n');
  root.write('other/train.log', 'epoch 1 of another\n');
  root.pass(2 * minute);
  renameSync(join(root.folder, 'A'), join(root.folder, 'B'));
  renameSync(join(root.folder, 'G'), join(root.folder, 'H'));
  root.append('H/train.log', 'epoch 2\n');
  root.pass(3 * minute);
  t.deepEqual(
    root.changes.flatMap(({ renamed }) => renamed).sort((a, b) => a.from.localeCompare(b.from)),
    [
      { from: 'A/train.log', to: 'B/train.log' },
      { from: 'G/train.log', to: 'H/train.log' },
    ],
  );
  t.is(root.state('B/train.log'), 'parsed 1');
  t.is(root.state('A/train.log'), 'unknown');
  t.is(root.known.logs.get('B/train.log')?.name, 'B');
  t.is(root.orders.filter((order) => order.includes('B/')).length, 0);
});

test('FS4: a folder that was moved to another one keeps its experiment', (t) => {
  const root = createTestRoot(t);
  root.write('old/EXP/EXP.log', 'end\n');
  root.write('new/OTHER/OTHER.log', 'also the end\n');
  root.pass(2 * minute);
  renameSync(join(root.folder, 'old/EXP'), join(root.folder, 'new/EXP'));
  root.pass(3 * hour);
  t.is(root.state('new/EXP/EXP.log'), 'parsed 1');
  t.is(root.state('old/EXP/EXP.log'), 'unknown');
  t.is(root.orders.length, 2);
});

test('FS5: a copied folder is another experiment, and says of which it is a copy', (t) => {
  const root = createTestRoot(t);
  root.write('A/train.log', 'end\n');
  root.pass(2 * minute);
  cpSync(join(root.folder, 'A'), join(root.folder, 'B'), { recursive: true });
  root.pass(2 * minute);
  t.is(root.state('A/train.log'), 'parsed 1');
  t.is(root.state('B/train.log'), 'parsed 1');
  t.is(root.known.logs.get('B/train.log')?.copyOf, 'A/train.log');
});

test('FS4, FS5: where several logs have the same content, a copy of one is not taken for another that was deleted', (t) => {
  const root = createTestRoot(t);
  for (const name of ['A', 'B']) {
    root.write(`${name}/train.log`, 'end\n');
    root.pass(2 * minute);
  }
  rmSync(join(root.folder, 'B'), { recursive: true });
  cpSync(join(root.folder, 'A'), join(root.folder, 'C'), { recursive: true });
  root.pass(5 * minute);
  t.regex(root.state('B/train.log'), /^gone/);
  t.is(root.known.logs.get('C/train.log')?.copyOf, 'A/train.log');
});

test('FS16: looks that are lost with their process are made again, also those that tell a copy', (t) => {
  const kinds = ['root', 'folder', 'log', 'fingerprints'];
  const root = createTestRoot(t, {
    // The first of each kind.
    isLost: ({ kind }) => kinds.includes(kind) && kinds.splice(kinds.indexOf(kind), 1).length > 0,
  });
  root.write('A/train.log', 'end\n');
  root.pass(2 * minute);
  cpSync(join(root.folder, 'A'), join(root.folder, 'B'), { recursive: true });
  root.pass(2 * minute);
  t.deepEqual(kinds, []);
  t.is(root.state('A/train.log'), 'parsed 1');
  t.is(root.state('B/train.log'), 'parsed 1');
  t.is(root.known.logs.get('B/train.log')?.copyOf, 'A/train.log');
});

for (const [fault, change] of [
  ['FS6: truncated and written again', (root: TestRoot) => root.write('A/A.log', 'again\n')],
  ['FS7: rewritten longer', (root: TestRoot) => root.write('A/A.log', 'epoch 1 anew, and longer than it was\n')],
  [
    'FS8: replaced by another file',
    (root: TestRoot) => {
      writeFileSync(join(root.folder, 'A/.new'), 'epoch 7\nend\n');
      renameSync(join(root.folder, 'A/.new'), join(root.folder, 'A/A.log'));
      root.stamp('A/A.log');
    },
  ],
  ['FS10: appended to after its end', (root: TestRoot) => root.append('A/A.log', 'epoch 2\n')],
] as const) {
  test(`${fault}: growing again, then a new revision`, (t) => {
    const root = createTestRoot(t);
    root.write('A/A.log', 'epoch 1\nend\n');
    root.pass(5 * minute);
    change(root);
    root.pass(8 * minute);
    t.true(['growing 1', 'parsed 2'].includes(root.state('A/A.log')), root.state('A/A.log'));
    root.append('A/A.log', 'end\n');
    root.pass(20 * minute);
    t.is(root.state('A/A.log').slice(0, 6), 'parsed');
    t.true(Number(root.state('A/A.log').slice(7)) >= 2);
  });
}

test('FS9: another log with the same inode is another experiment', (t) => {
  const root = createTestRoot(t, { calls: { lstat: (path) => Object.assign(realCalls.lstat(path), { ino: 7 }) } });
  root.write('A/train.log', 'a\nend\n');
  root.pass(2 * minute);
  root.write('B/train.log', 'b, with a longer text\nend\n');
  root.pass(2 * minute);
  t.is(root.state('A/train.log'), 'parsed 1');
  t.is(root.state('B/train.log'), 'parsed 1');
  t.deepEqual(
    root.changes.flatMap(({ renamed }) => renamed),
    [],
  );
});

test('FS11: a change behind the same size and mtime is found where the log was written just before it was read', (t) => {
  const root = createTestRoot(t, { settings: { settleMs: 0 } });
  root.write('A/A.log', 'a\nend\n');
  root.pass(100);
  t.is(root.state('A/A.log'), 'parsed 1');
  const { mtime } = realCalls.stat(join(root.folder, 'A/A.log'));
  writeFileSync(join(root.folder, 'A/A.log'), 'b\nend\n');
  execFileSync('touch', ['-d', mtime.toISOString(), join(root.folder, 'A/A.log')]);
  root.pass(15 * minute);
  t.is(root.state('A/A.log'), 'parsed 2');
});

test('FS12: an unreadable log says so, is tried again after 1, 5, 15, 60 minutes, and becomes normal', (t) => {
  let isReadable = false;
  const root = createTestRoot(t, {
    read: (_file, order) => {
      if (!isReadable) return { problem: { status: 'unreadable', reason: 'permission denied' }, isHopeless: false };
      const log = root.known.logs.get(order.path);
      const { sizeBytes = 0, mtimeMs = 0 } = log?.watch ?? {};
      return {
        ...{ sizeBytes, mtimeMs, ino: log?.ino ?? 0, fingerprint: 'f', jobId: null, epochMs: null, tookMs: 0 },
        ...{ changedMeanwhile: false, ended: true, expectsMore: false },
      };
    },
  });
  root.write('A/A.log', 'end\n');
  root.pass(30 * minute);
  t.is(root.state('A/A.log'), 'unreadable: permission denied');
  t.is(root.orders.length, 4);
  isReadable = true;
  root.pass(2 * hour);
  t.is(root.state('A/A.log'), 'parsed 1');
});

test('FS13: what is in a folder that cannot be listed keeps its state', (t) => {
  let isListable = true;
  const root = createTestRoot(t, {
    calls: {
      readNames: (path) =>
        isListable || !String(path).endsWith('/A') ? realCalls.readNames(path) : fail('EACCES', -13),
    },
  });
  root.write('A/A.log', 'end\n');
  root.pass(2 * minute);
  isListable = false;
  root.write('A/new.log', 'end\n');
  root.pass(2 * hour);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.known.folders.get('A')?.reason, 'permission denied (EACCES)');
  isListable = true;
  root.pass(2 * hour);
  t.is(root.known.folders.get('A')?.reason, null);
});

for (const [code, errno] of [
  ['EIO', -5],
  ['ESTALE', -116],
  ['EMFILE', -24],
  ['ENOTCONN', -107],
] as const) {
  test(`${code} while looking is never taken for a deletion`, (t) => {
    let isBroken = false;
    const call = (path: string | Buffer) => (isBroken ? fail(code, errno) : realCalls.lstat(path));
    const root = createTestRoot(t, {
      calls: { lstat: call, readNames: (path) => (isBroken ? fail(code, errno) : realCalls.readNames(path)) },
    });
    root.write('A/A.log', 'end\n');
    root.write('B/B.log', 'epoch 1\n');
    root.pass(2 * minute);
    isBroken = true;
    root.pass(6 * hour);
    t.is(root.state('A/A.log'), 'parsed 1');
    t.is(root.state('B/B.log'), 'new 0');
    isBroken = false;
    root.append('B/B.log', 'end\n');
    root.pass(2 * hour);
    t.is(root.state('B/B.log'), 'parsed 1');
  });
}

test('FS17, FS18: stale attributes delay, but never make a growing log finished', (t) => {
  // What a client with a cache of 60 s sees of a log that grows every 30 s.
  const cached = new Map<string, { atMs: number; stats: ReturnType<typeof realCalls.lstat> }>();
  const root = createTestRoot(t, {
    ...remote,
    calls: {
      lstat: (path) => {
        const known = cached.get(String(path));
        if (known !== undefined && root.time.nowMs - known.atMs < minute) return known.stats;
        const stats = realCalls.lstat(path);
        cached.set(String(path), { atMs: root.time.nowMs, stats });
        return stats;
      },
    },
  });
  root.write('A/A.log', 'epoch 0\n');
  for (let epoch = 1; epoch < 100; epoch += 1) {
    root.append('A/A.log', `epoch ${epoch}\n`);
    root.pass(30_000);
    t.not(root.state('A/A.log').slice(0, 6), 'parsed');
  }
});

test('FS19: a link to a log within the root is followed, and the same log is counted once', (t) => {
  const root = createTestRoot(t);
  root.write('A/output.txt', 'end\n');
  symlinkSync('output.txt', join(root.folder, 'A/train.log'));
  root.write('B/B.log', 'end\n');
  symlinkSync('B/B.log', join(root.folder, 'latest.log'));
  symlinkSync('B', join(root.folder, 'newest'));
  root.pass(5 * minute);
  t.is(root.state('A/train.log'), 'parsed 1');
  t.is(root.state('B/B.log'), 'parsed 1');
  t.is(root.state('latest.log'), 'ignored: link to B/B.log');
  t.is(root.state('newest/B.log'), 'unknown');
  t.is(root.known.folders.get('newest')?.reason, 'a link to B');
});

test('FS20: a link that leaves the root is ignored, unless the config says otherwise', (t) => {
  for (const followExternalLinks of [false, true]) {
    const outside = createTestRoot(t);
    outside.write('EXP/EXP.log', 'end\n');
    const root = createTestRoot(t, { settings: { followExternalLinks } });
    symlinkSync(join(outside.folder, 'EXP/EXP.log'), join(root.folder, 'train.log'));
    symlinkSync(join(outside.folder, 'EXP'), join(root.folder, 'EXP'));
    symlinkSync('/etc/shadow', join(root.folder, 'shadow.log'));
    root.pass(5 * minute);
    t.is(root.state('EXP/EXP.log') === 'unknown', !followExternalLinks);
    if (!followExternalLinks) t.is(root.state('shadow.log'), 'ignored: link leaves root');
  }
});

test('FS21: a link in a circle ends', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'end\n');
  symlinkSync('.', join(root.folder, 'A/loop'));
  symlinkSync('..', join(root.folder, 'up'));
  symlinkSync('self.log', join(root.folder, 'self.log'));
  root.pass(hour);
  t.deepEqual([...root.known.logs.keys()].sort(), ['A/A.log', 'self.log']);
  t.regex(root.state('self.log'), /^ignored: a link in a circle/);
});

const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
if (!mayMount) process.stderr.write('skipped, a root mounted into itself: a mount needs root\n');

(mayMount ? test : test.skip)('UN19: a root that is mounted into itself counts once', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'end\n');
  root.pass(hour);
  const [again, twice] = ['sub/again', 'twice'].map((path) => join(root.folder, path));
  for (const [from, to = ''] of [
    [root.folder, again],
    [join(root.folder, 'A'), twice],
  ]) {
    mkdirSync(to, { recursive: true });
    execFileSync('mount', ['--bind', from ?? '', to]);
    t.teardown(() => execFileSync('umount', [to]));
  }
  root.pass(10 * minute);
  t.deepEqual([...root.known.logs.keys()], ['A/A.log']);
  t.is(root.state('A/A.log'), 'parsed 1');
});

test('UN19: what is mounted twice below a root is told by the list of mounts', (t) => {
  const mountinfo = [
    '20 1 8:1 / / rw - ext4 /dev/a rw',
    '21 20 8:1 /data/exp /data/exp/sub/again rw - ext4 /dev/a rw',
    '22 20 8:1 /data/exp/A /data/exp/B\\040b rw - ext4 /dev/a rw',
    '23 20 8:1 /data/exp/own /data/exp/own rw - ext4 /dev/a rw',
    '24 20 8:1 / /data/exp/all rw - ext4 /dev/a rw',
    '25 20 8:2 /x /data/exp/x1 rw - ext4 /dev/b rw',
    '26 20 8:2 /x /data/exp/x2 rw - ext4 /dev/b rw',
    '27 20 8:2 /y /data/exp/covered rw - ext4 /dev/b rw',
    '28 20 8:1 /data/exp/covered /data/exp/kept rw - ext4 /dev/a rw',
    '29 20 8:1 /data/exper /data/exp/other rw - ext4 /dev/a rw',
  ].join('\n');
  t.deepEqual(
    [...parseMirrors('/data/exp', mountinfo)],
    [
      ['sub/again', ''],
      ['B b', 'A'],
      ['all/data/exp', ''],
      ['x2', 'x1'],
    ],
  );
});

test('FS22: a FIFO with the name of a log does not block', (t) => {
  const root = createTestRoot(t);
  execFileSync('mkfifo', [join(root.folder, 'train.log')]);
  root.pass(minute);
  t.is(root.state('train.log'), 'ignored: not a regular file');
});

test('FS23: a folder of 5,000 checkpoints costs one listing, and no look at any of them', (t) => {
  // Ten minutes of looking at the root every 5 s are 120 operations.
  const root = createTestRoot(t);
  root.write('EXP/EXP.log', 'end\n');
  root.pass(5 * minute);
  const before = root.ops;
  for (let index = 0; index < 5000; index += 1) writeFileSync(join(root.folder, `EXP/ckpt-${index}`), '');
  for (const name of ['.nfs0123', 'EXP.log~', '.EXP.log.swp']) writeFileSync(join(root.folder, `EXP/${name}`), '');
  root.pass(10 * minute);
  t.true(root.ops - before < 170, `${root.ops - before} operations`);
});

test('a folder of 500 experiments is found as a whole at once', (t) => {
  const root = createTestRoot(t);
  for (let index = 0; index < 500; index += 1) root.write(`sweep/E${index}/E${index}.log`, `${index}\nend\n`);
  root.pass(100);
  t.is(root.known.logs.size, 500);
});

test('FS24: names are asked for without their types, and one that vanishes meanwhile is no trouble', (t) => {
  const root = createTestRoot(t, {
    calls: {
      readNames: (path) => [
        ...realCalls.readNames(path),
        ...(String(path) === root.folder ? ['vanished', 'vanished.log'] : []),
      ],
    },
  });
  root.write('A/A.log', 'end\n');
  root.pass(5 * minute);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.state('vanished.log'), 'unknown');
});

test('FS25, FS26: names that are not UTF-8, have control characters, or are long', (t) => {
  const root = createTestRoot(t);
  const odd = [Buffer.from('caf\xe9', 'latin1'), Buffer.from('line\nbreak\x1b[2J\t'), Buffer.from('x'.repeat(255))];
  for (const name of odd) {
    const folder = Buffer.concat([Buffer.from(`${root.folder}/`), name]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/train.log')]), `${name.length}\nend\n`);
  }
  root.pass(5 * minute);
  t.deepEqual([...root.known.logs.keys()].sort(), odd.map((name) => `${textOfPath(name)}/train.log`).sort());
  for (const path of root.known.logs.keys()) t.is(root.state(path), 'parsed 1');
  t.true(Buffer.isBuffer(bytesOfPath(String.raw`caf\xE9`)));
});

test('an empty log is waited for, then said to be empty, then read when it fills', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', '');
  root.pass(5 * minute);
  t.is(root.state('A/A.log'), 'new 0');
  root.pass(10 * minute);
  t.is(root.state('A/A.log'), 'empty: nothing was ever written to it');
  root.append('A/A.log', 'end\n');
  root.pass(15 * minute);
  t.is(root.state('A/A.log'), 'parsed 1');
});

test('an end marker makes a log without an end finished after the settle time', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'epoch 1\n');
  root.pass(3 * minute);
  root.write('A/.done', '');
  root.pass(2 * minute);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.orders.at(-1), 'final A/A.log (end marker)');
});

test('a restart opens nothing that is known, and goes on with what was open', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'end\n');
  root.write('B/B.log', 'epoch 1\n');
  root.pass(5 * minute);
  root.restart();
  root.append('B/B.log', 'end\n');
  const before = root.orders.length;
  root.pass(2 * hour);
  t.deepEqual(root.orders.slice(before), ['progress B/B.log']);
  t.is(root.state('A/A.log'), 'parsed 1');
  t.is(root.state('B/B.log'), 'parsed 1');
  root.restart(3 * day);
  root.append('A/A.log', 'resumed\nend\n');
  root.pass(2 * hour);
  t.is(root.state('A/A.log'), 'parsed 2', 'an overdue verification finds what grew meanwhile');
});

test('with the server’s clock, logs that are old at the first start are read at once, newest first', (t) => {
  const root = createTestRoot(t, { settings: { markRoot: true }, isRemote: true });
  for (const [name, agoHours] of [
    ['A', 30],
    ['B', 2],
    ['C', 9],
  ] as const) {
    root.write(`${name}/${name}.log`, `${name}\n`);
    const at = new Date(Date.now() - agoHours * hour);
    execFileSync('touch', ['-d', at.toISOString(), join(root.folder, `${name}/${name}.log`)]);
  }
  root.pass(1000);
  t.deepEqual(root.orders, ['final B/B.log (silence)', 'final C/C.log (silence)', 'final A/A.log (silence)']);
});

test('a stored root opened by another watcher needs no reading', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'end\n');
  root.pass(5 * minute);
  const again = openTestRoot(root.folder);
  again.stored.logs = root.stored.logs;
  again.stored.folders = root.stored.folders;
  again.restart();
  again.pass(2 * hour);
  t.deepEqual(again.orders, []);
});

test('FS5, FS25: a copy under a name that is not UTF-8 is an experiment too', (t) => {
  const root = createTestRoot(t);
  root.write('A/train.log', 'end\n');
  root.pass(2 * minute);
  const folder = Buffer.concat([Buffer.from(`${root.folder}/`), Buffer.from('bad\xff', 'latin1')]);
  mkdirSync(folder);
  writeFileSync(Buffer.concat([folder, Buffer.from('/train.log')]), 'end\n');
  root.pass(2 * minute);
  t.is(root.state(String.raw`bad\xFF/train.log`), 'parsed 1');
});

test('what could not be looked at when the watcher was stopped is found after it was started again', (t) => {
  let isBroken = true;
  const root = createTestRoot(t, {
    calls: {
      lstat: (path) => (isBroken && String(path).endsWith('.log') ? fail('EIO', -5) : realCalls.lstat(path)),
    },
  });
  root.write('A/train.log', 'end\n');
  root.pass(2 * minute);
  t.is(root.state('A/train.log'), 'unknown');
  root.restart();
  isBroken = false;
  root.pass(2 * hour);
  t.is(root.state('A/train.log'), 'parsed 1');
});

test('a copy whose original cannot be looked at when the watcher is stopped is found after it was started again', (t) => {
  let isBroken = false;
  const root = createTestRoot(t, {
    calls: {
      lstat: (path) => (isBroken && String(path).endsWith('A/train.log') ? fail('EIO', -5) : realCalls.lstat(path)),
    },
  });
  root.write('A/train.log', 'end\n');
  root.pass(2 * minute);
  isBroken = true;
  cpSync(join(root.folder, 'A'), join(root.folder, 'B'), { recursive: true });
  root.pass(2 * minute);
  t.is(root.state('B/train.log'), 'unknown');
  root.restart();
  isBroken = false;
  root.pass(2 * hour);
  t.is(root.state('B/train.log'), 'parsed 1');
});

test('a first scan that is cut off goes on after the next start', (t) => {
  let looks = 0;
  const root = createTestRoot(t, {
    // The process that looks does not get far.
    calls: { lstat: (path) => (looks++ > 3 ? fail('EIO', -5) : realCalls.lstat(path)) },
  });
  const logs = ['few/A/A.log', 'many/B/B.log', 'many/C/C.log', 'many/D/D.log'];
  for (const path of logs) root.write(path, 'end\n');
  root.pass(20 * minute);
  root.restart();
  looks = Number.NEGATIVE_INFINITY;
  root.pass(10 * minute);
  t.deepEqual([...root.known.logs.keys()].sort(), logs);
});
