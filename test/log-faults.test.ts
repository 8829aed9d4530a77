/** Logs that no trainer would print on purpose, and what is read from them all the same. */

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execaNode } from 'execa';
import fc from 'fast-check';
import { curvePoints } from '../src/commands/mean-curve.js';
import type { Run } from '../src/experiment.js';
import { parseExperiment } from '../src/log/parse-experiment.js';

const folder = mkdtempSync(join(tmpdir(), 'tlw-log-faults-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let files = 0;
function readText(text: string | Buffer): Run {
  const file = join(folder, `${++files}.log`);
  writeFileSync(file, text);
  return parseExperiment(file);
}

/** A training of Keras with verbose=2: `epochs` of them, the loss of each 1 / epoch but where `lossOf` says otherwise. */
function keras(epochs: number, lossOf: (epoch: number) => string = (epoch) => (1 / epoch).toFixed(4)): string {
  const lines = Array.from({ length: epochs }, (_, i) => [
    `Epoch ${i + 1}/${epochs}`,
    `8/8 - 1s - 100ms/step - accuracy: 0.5000 - loss: ${lossOf(i + 1)}`,
  ]);
  return `${lines.flat().join('\n')}\n`;
}

/** `epoch: loss` of every row of every rank. */
function lossesOf(run: Run): string[] {
  return run.ranks.flatMap(({ epochs }) =>
    Array.from({ length: epochs.length }, (_, i) => {
      const column = epochs.metrics.get('loss');
      return `${epochs.segment[i]}.${epochs.epoch[i]}: ${column?.present[i] === 1 ? column.values[i] : 'missing'}`;
    }),
  );
}

test('LC1: a last line without its end is read when the log is finished, unless its last figure may be cut', (t) => {
  const run = readText(keras(2).trimEnd());
  t.true(run.receipt.lastLineIncomplete);
  t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.5']);
  for (const cut of ['0.5', '0.500', '5.0000', '5.0000e', '5.0000e-0', '-', ''])
    t.deepEqual(
      lossesOf(readText(keras(2, (epoch) => (epoch === 1 ? '9.0000' : cut)).trimEnd())),
      ['1.1: 9', '1.2: missing'],
      cut,
    );
});

test('LC2: nothing', (t) => {
  const run = readText('');
  t.is(run.ranks.length, 0);
  t.is(run.receipt.lines, 0);
});

test('LC3: a text without any epoch is unrecognised, and every line is counted', (t) => {
  const run = readText('Dear diary,\nnothing was trained today.\n');
  t.is(run.status, 'unrecognised');
  t.is(run.receipt.ignored, 2);
});

for (const [what, words, status, reason] of [
  [
    'an exception',
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: no',
    'failed',
    /ValueError: no/,
  ],
  ['out of memory', 'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.batch cgroup.', 'killed', /oom-kill/],
  [
    'the time limit',
    'slurmstepd: error: *** JOB 1 ON n1 CANCELLED AT 2024-01-01T00:00:00 DUE TO TIME LIMIT ***',
    'killed',
    /TIME LIMIT/,
  ],
] as const) {
  test(`LC4: a run that ends by ${what} keeps its epochs`, (t) => {
    const whole = keras(3).split('\n').slice(0, 4).join('\n');
    const run = readText(`${whole}\nEpoch 3/3\n${words}\n`);
    t.is(run.status, status);
    t.regex(run.reason ?? '', reason);
    t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.5', '1.3: missing']);
  });
}

test('LC5: figures that are no number are data', (t) => {
  const run = readText(keras(3, (epoch) => ['0.7', 'inf', 'nan'][epoch - 1] ?? ''));
  t.deepEqual(lossesOf(run), ['1.1: 0.7', '1.2: Infinity', '1.3: NaN']);
  t.is(run.status, 'diverged');
});

test('LC6: a line of 300 MB takes no memory, and what stands around it is read', async (t) => {
  const file = join(folder, 'long-line.log');
  const fd = openSync(file, 'w');
  const [first = '', second = ''] = keras(2).split(/(?=Epoch 2)/);
  writeSync(fd, first);
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let i = 0; i < 300; i++) writeSync(fd, block);
  writeSync(fd, `\n${second}`);
  closeSync(fd);
  const { stdout } = await execaNode(new URL('read-log-child.js', import.meta.url), [file], {
    nodeOptions: ['--max-old-space-size=64'],
  });
  const { losses, cutLines, peakMb } = JSON.parse(stdout);
  t.deepEqual(losses, [1, 0.5]);
  t.is(cutLines, 1);
  t.true(peakMb < 200, `${peakMb} MB`);
});

test('LC7: a log with a hole of 2.2 GB is read in blocks', async (t) => {
  const file = join(folder, 'hole.log');
  const fd = openSync(file, 'w');
  writeSync(fd, keras(1));
  ftruncateSync(fd, 2200 * 1024 ** 2);
  closeSync(fd);
  const { stdout } = await execaNode(new URL('read-log-child.js', import.meta.url), [file]);
  const { losses, cutLines, peakMb } = JSON.parse(stdout);
  t.deepEqual(losses, [1]);
  t.is(cutLines, 1);
  t.true(peakMb < 200, `${peakMb} MB`);
});

test('LC8: of a bar that is redrawn 100,000 times the last state counts', (t) => {
  const bars = Array.from({ length: 100_000 }, (_, i) => `\r${i % 8}/8 [=>....] - ETA: 1s - loss: ${i}.0`).join('');
  const run = readText(`Epoch 1/1\n${bars}\r8/8 [======] - 1s 100ms/step - loss: 0.2500\n`);
  t.deepEqual(lossesOf(run), ['1.1: 0.25']);
});

test('LC9: NUL bytes are skipped and counted, a file that is mostly no text is ignored', (t) => {
  const [first = '', second = ''] = keras(2).split(/(?=Epoch 2)/);
  const run = readText(Buffer.concat([Buffer.from(first), Buffer.alloc(5000), Buffer.from(second)]));
  t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.5']);
  t.is(run.receipt.nulBytes, 5000);
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256));
  t.is(readText(noise).status, 'ignored');
});

test('LC10: a mark of byte order, Latin-1 and bytes that are no UTF-8', (t) => {
  const text = keras(2);
  t.deepEqual(lossesOf(readText(`\ufeff${text}`)), ['1.1: 1', '1.2: 0.5']);
  const latin = readText(Buffer.from(`Größe der Stapel: 8\n${text}`, 'latin1'));
  t.deepEqual(lossesOf(latin), ['1.1: 1', '1.2: 0.5']);
  t.true(latin.receipt.badUtf8 > 0);
});

test('LC11: colours are no part of what was printed', (t) => {
  const run = readText(keras(2).replaceAll('loss', '\u001b[1;32mloss\u001b[0m').replaceAll('Epoch', '\u001b[33mEpoch'));
  t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.5']);
  t.deepEqual([...run.metricNames.keys()], ['accuracy', 'loss']);
});

test('LC12: an epoch that was printed twice has its last words, and that is counted', (t) => {
  const [first = '', second = ''] = keras(2).split(/(?=Epoch 2)/);
  const run = readText(`${first}${second}${second.replace('0.5000\n', '0.4000\n')}`);
  t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.4']);
  t.is(run.receipt.replacedRows, 1);
});

test('LC13: a header that goes back takes the later epochs with it', (t) => {
  const [one = '', two = '', three = ''] = keras(3).split(/(?=Epoch \d)/);
  const run = readText(`${one}${two}${three}${two.replace('loss: 0.5', 'loss: 0.6')}`);
  t.deepEqual(lossesOf(run), ['1.1: 1', '1.2: 0.6']);
});

test('LC14: two runs in one file are two segments', (t) => {
  t.deepEqual(lossesOf(readText(keras(2) + keras(2))), ['1.1: 1', '1.2: 0.5', '2.1: 1', '2.2: 0.5']);
});

test('LC15: what is no number is left out and counted, never half of it taken', (t) => {
  for (const text of ['1.2.3', '1,234.5', '0x10', '1e', '--1', '1.0abc', '١٢']) {
    const run = readText(keras(2, (epoch) => (epoch === 1 ? text : '0.5')));
    t.true(
      ['1.1: missing', '1.2: 0.5'].join() === lossesOf(run).join() || lossesOf(run).join() === '1.2: 0.5',
      `${text}: ${lossesOf(run)}`,
    );
    t.true(run.receipt.skippedValues + run.receipt.quarantined + run.receipt.ignored > 0, text);
  }
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      t.deepEqual(lossesOf(readText(keras(1, () => String(value)))), [`1.1: ${value}`]);
    }),
    { numRuns: 200 },
  );
  const long = `0.${'3'.repeat(400)}`;
  t.deepEqual(lossesOf(readText(keras(1, () => long))), [`1.1: ${Number(long)}`]);
});

test('LC18: clocks that jump in a log leave no negative durations', (t) => {
  const lines = ['2024-03-31 03:00:00,000 INFO', '2024-03-31 01:00:00,000 INFO', '2024-03-31 01:00:05,000 INFO'];
  const text = keras(3)
    .split(/(?=Epoch \d)/)
    .map((epoch, i) => `${lines[i]} at work\n${epoch}`)
    .join('');
  for (const { epochs } of readText(text).ranks) t.true([...epochs.seconds].every((s) => Number.isNaN(s) || s >= 0));
});

test('UN15: the number of an epoch that no table can hold makes no epoch, and none of what follows it is another’s', (t) => {
  const run = readText(
    [
      'Epoch 1/99999999999',
      '8/8 - 1s - 100ms/step - loss: 0.5000',
      'Epoch 99999999999999999999/99999999999',
      '8/8 - 1s - 100ms/step - loss: 0.2000',
      'Epoch 3/5',
      '8/8 - 1s - 100ms/step - loss: 0.1000\n',
    ].join('\n'),
  );
  t.deepEqual(lossesOf(run), ['1.1: 0.5', '1.3: 0.1']);
  t.is(run.receipt.quarantined, 1);
  t.is(run.ranks[0]?.plannedEpochs, 5);
});

test('UN15: epochs that lie far apart take no more room than those that are there', (t) => {
  const last = 2_000_000_000;
  const run = readText(`${keras(1)}Epoch ${last}/${last}\n8/8 - 1s - 100ms/step - loss: 0.2500\n`);
  t.deepEqual(curvePoints(run.ranks, 'loss'), [
    { epoch: 1, mean: 1 },
    { epoch: last, mean: 0.25 },
  ]);
});
