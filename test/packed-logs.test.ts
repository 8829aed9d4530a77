/** Logs that were packed with gzip or written in UTF-16: read as if they were plain, or refused with the reason. */

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { execa } from 'execa';
import { UnreadableLog } from '../src/errors.js';
import type { Run } from '../src/experiment.js';
import { parseExperiment } from '../src/log/parse-experiment.js';
import { openSource, readPart } from '../src/log/source.js';
import { isSpare, twinName, withoutEnding } from '../src/log-name.js';
import { createSandbox, fixtureLog } from './program.js';
import { createTestRoot, minute } from './watch-root.js';

const folder = mkdtempSync(join(tmpdir(), 'tlw-packed-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const fixtures = ['keras-openmpi-nan-one-rank', 'tqdm-srun-early-stop', 'keras-openmpi-one-rank'];

let files = 0;
function writeLog(bytes: Uint8Array, name = `${++files}.log.gz`): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** All that was read, but for the sentence on how it is packed. */
function withoutNotes(run: Run): unknown {
  return { ...run, receipt: { ...run.receipt, notes: [] } };
}

for (const fixture of fixtures) {
  test(`LC17: a log packed with gzip says the same as before: ${fixture}`, (t) => {
    const text = readFileSync(fixtureLog(fixture));
    const plain = parseExperiment(fixtureLog(fixture));
    const half = Math.floor(text.length / 2);
    const ways = {
      'in one piece': gzipSync(text),
      'in two members': Buffer.concat([gzipSync(text.subarray(0, half)), gzipSync(text.subarray(half))]),
      'padded with zeros': Buffer.concat([gzipSync(text), Buffer.alloc(100_000)]),
      'one byte a block': gzipSync(text, { level: 0 }),
    };
    for (const [how, bytes] of Object.entries(ways)) {
      const run = parseExperiment(writeLog(bytes));
      t.deepEqual(withoutNotes(run), withoutNotes(plain), how);
      t.true(run.receipt.notes.some((note) => note.includes('packed with gzip')));
    }
  });

  test(`LC10: a log in UTF-16 says the same as in UTF-8: ${fixture}`, (t) => {
    const text = readFileSync(fixtureLog(fixture), 'utf8');
    const plain = parseExperiment(writeLog(Buffer.from(text)));
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16(), gzipSync(little)]) {
      const run = parseExperiment(writeLog(bytes));
      t.deepEqual(withoutNotes(run), withoutNotes(plain));
      t.true(run.receipt.notes.some((note) => note.includes('UTF-16')));
    }
  });
}

test('LC17: a packed log that is cut anywhere, or damaged, is refused as a whole, with the reason', (t) => {
  const whole = gzipSync(readFileSync(fixtureLog('keras-openmpi-one-rank')));
  for (const length of [3, 10, 11, Math.floor(whole.length / 2), whole.length - 8, whole.length - 1])
    t.throws(() => parseExperiment(writeLog(whole.subarray(0, length))), {
      name: 'UnreadableLog',
      message: /half written or cut short/,
    });
  for (const at of [Math.floor(whole.length / 2), whole.length - 8, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    t.throws(() => parseExperiment(writeLog(damaged)), { name: 'UnreadableLog', message: /damaged/ }, `byte ${at}`);
  }
  const behind = Buffer.concat([whole, Buffer.from('Epoch 1/2\n')]);
  t.throws(() => parseExperiment(writeLog(behind)), { name: 'UnreadableLog', message: /damaged/ });
});

test('SEC15: a bomb is refused once it holds more than any log of its size', (t) => {
  // 20 KB that hold 20 MB.
  const bomb = writeLog(gzipSync(Buffer.alloc(20 * 1024 * 1024)));
  t.throws(() => parseExperiment(bomb), { name: 'UnreadableLog', message: /a bomb/ });
});

test('LC17: any part of a packed log can be read, whatever was read before', (t) => {
  // More than is kept.
  const text = Buffer.alloc(50 * 1024 * 1024);
  for (let at = 0; at < text.length; at += 4) text.writeUInt32LE(at, at);
  const source = openSource(writeLog(gzipSync(text, { level: 1 })));
  t.teardown(() => source.close());
  for (const at of [0, 45_000_000, 44_000_000, 7, 50 * 1024 * 1024 - 3, 30_000_000]) {
    const expected = text.subarray(at, at + 100_000);
    t.is(readPart(source, at, 100_000).compare(expected), 0, String(at));
  }
  t.is(readPart(source, text.length, 10).length, 0);
});

test('the files that ranks have of their own may be packed too', (t) => {
  const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;
  const sandbox = createSandbox(t);
  for (const [name, bytes] of [
    ['rank-0.log.gz', gzipSync(keras('0.5000'))],
    ['rank-1.log.gz', gzipSync(keras('0.2500'))],
    ['rank-1.log', keras('0.2500')],
  ] as const)
    sandbox.write(`exp/${name}`, bytes);
  const run = parseExperiment(join(sandbox.root, 'exp/rank-0.log.gz'));
  t.deepEqual(
    run.ranks.map(({ rank, epochs }) => [rank, epochs.metrics.get('loss')?.values[0]]),
    [
      [0, 0.5],
      [1, 0.25],
    ],
  );
});

test('names of packed logs', (t) => {
  for (const [name, stem] of [
    ['a/run.log', 'a/run'],
    ['a/run.log.gz', 'a/run'],
    ['lr_0.1/stdout', 'lr_0.1/stdout'],
    ['a/.gz', 'a/.gz'],
    ['a/.log', 'a/.log'],
    ['a/job.o123.gz', 'a/job'],
  ] as const)
    t.is(withoutEnding(name), stem);
  t.is(twinName('a.log'), 'a.log.gz');
  t.is(twinName('a.log.gz'), 'a.log');
  t.true(isSpare('a.log.gz', new Set(['a.log', 'a.log.gz'])));
  t.false(isSpare('a.log', new Set(['a.log', 'a.log.gz'])));
});

test('LC17: a log that is packed after it was read is the same experiment, and again when it is unpacked', (t) => {
  const root = createTestRoot(t);
  root.write('A/A.log', 'end\n');
  root.pass(2 * minute);
  t.is(root.state('A/A.log'), 'parsed 1');
  const [plain, packed] = [join(root.folder, 'A/A.log'), join(root.folder, 'A/A.log.gz')];
  // As gzip does it: both are there for a while.
  writeFileSync(packed, gzipSync('end\n'));
  root.pass(2 * minute);
  t.is(root.state('A/A.log.gz'), 'unknown');
  unlinkSync(plain);
  root.pass(5 * minute);
  t.is(root.state('A/A.log'), 'unknown');
  t.not(root.state('A/A.log.gz'), 'unknown');
  writeFileSync(plain, gunzipSync(readFileSync(packed)));
  unlinkSync(packed);
  root.pass(5 * minute);
  t.deepEqual(
    root.changes.flatMap(({ renamed }) => renamed),
    [
      { from: 'A/A.log', to: 'A/A.log.gz' },
      { from: 'A/A.log.gz', to: 'A/A.log' },
    ],
  );
  t.is(root.state('A/A.log.gz'), 'unknown');
});

test('LC17: packed after it was read, an experiment keeps rows, notes and files; tlw explain finds the line', async (t) => {
  const sandbox = createSandbox(t);
  const plain = sandbox.addFixture('keras-openmpi-one-rank', 'exp');
  const once = ['watch', '--root', 'root', '--once'];
  const first = await sandbox.run(...once);
  t.is(first.exitCode, 0, first.stderr);
  await sandbox.run('note', '--root', 'root', 'exp', 'keep this one');
  const json = (text: string) => JSON.parse(text);
  const before = json((await sandbox.run('runs', '--root', 'root', '--format', 'json')).stdout);
  const explained = await sandbox.run('explain', '--root', 'root', 'exp', 'loss');
  await execa('gzip', [plain]);
  const second = await sandbox.run(...once);
  t.is(second.exitCode, 0, second.stderr);
  const after = json((await sandbox.run('runs', '--root', 'root', '--format', 'json')).stdout);
  t.is(after.length, 1);
  t.deepEqual(after, before);
  t.regex((await sandbox.run('show', '--root', 'root', 'exp')).stdout, /keep this one/);
  const names = readdirSync(dirname(plain)).sort();
  t.deepEqual(names, ['exp.log.gz', 'exp.tlw.csv', 'exp.tlw.json', 'exp.tlw.pdf']);
  const again = await sandbox.run('explain', '--root', 'root', 'exp', 'loss');
  t.is(again.exitCode, 0, again.stderr);
  t.is(
    again.stdout.replaceAll('exp.log.gz', 'exp.log').replaceAll(/ \(the log is packed.*\)$/gm, ''),
    explained.stdout,
  );
  t.regex(again.stdout, /packed with gzip/);
});

test('LC17: a log that is still being packed is unreadable, with the reason, and read once it is whole', async (t) => {
  const sandbox = createSandbox(t);
  const whole = gzipSync(readFileSync(fixtureLog('keras-openmpi-one-rank')));
  const file = sandbox.write('exp/exp.log.gz', whole.subarray(0, whole.length - 5));
  const runs = async () => JSON.parse((await sandbox.run('runs', '--root', 'root', '--format', 'json')).stdout);
  await sandbox.run('watch', '--root', 'root', '--once');
  const [half] = await runs();
  t.is(half.status, 'unreadable');
  t.is(half['last words'], 'its gzip data end too early: half written or cut short');
  const parsed = await sandbox.run('parse', 'root/exp/exp.log.gz');
  t.is(parsed.exitCode, 77);
  t.regex(parsed.stderr, /^tlw: .*half written or cut short\n?$/);
  sandbox.write('exp/next.gz', whole);
  renameSync(join(sandbox.root, 'exp/next.gz'), file);
  await sandbox.run('watch', '--root', 'root', '--once');
  const [read] = await runs();
  t.is(read.status, 'completed');
});

for (const [packing, begin] of [
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['bzip2', '425a6839314159265359'],
  ['lz4', '04224d18'],
  ['zip', '504b0304'],
] as const) {
  test(`UN13: a log packed with ${packing} is unreadable, with what to do`, (t) => {
    const packed = Buffer.concat([Buffer.from(begin, 'hex'), Buffer.alloc(1000, 7)]);
    t.throws(() => parseExperiment(writeLog(packed)), {
      instanceOf: UnreadableLog,
      message: `packed with ${packing}, which is not read: unpack it, or pack it with gzip`,
    });
  });
}

test('UN13: a log that is packed with xz after it was read keeps its figures; one never read says why it has none', async (t) => {
  const sandbox = createSandbox(t);
  const once = ['watch', '--root', 'root', '--once', '--set', 'outputs.report=false'];
  const log = sandbox.addFixture(fixtures[0] ?? '', 'a');
  t.is((await sandbox.run(...once)).exitCode, 0);
  const xz = Buffer.from('fd377a585a000004', 'hex');
  sandbox.write('a/a.log.xz', xz);
  rmSync(log);
  sandbox.write('b/b.log.xz', xz);
  t.is((await sandbox.run(...once)).exitCode, 0);
  const shown = await sandbox.run('runs', '--root', 'root', '--format', 'json');
  const runs: { experiment: string; status: string }[] = JSON.parse(shown.stdout);
  t.deepEqual(runs.map(({ experiment, status }) => [experiment, status]).sort(), [
    ['a', 'diverged'],
    ['b', 'unreadable'],
  ]);
});
