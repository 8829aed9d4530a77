/** Numbers that a log gives as a rank's and that no rank has: no rank comes of them, nor do millions below it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { explanationText } from '../src/commands/explanation-text.js';
import type { Run } from '../src/experiment.js';
import { explainLog } from '../src/log/explain.js';
import { parseExperiment } from '../src/log/parse-experiment.js';
import { type ParseOptions, parseLog } from '../src/log/parse-log.js';
import { differences } from './fuzz/check.js';
import { readByReference } from './reference/read.js';

const folder = mkdtempSync(join(tmpdir(), 'tlw-rank-numbers-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(text: string, name = `${++files}.log`): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What is read of a log, which is also what the plain reader reads of it. */
function readText(t: ExecutionContext, text: string, options: ParseOptions = {}): Run {
  const run = parseLog(write(text), options);
  t.deepEqual(differences(run, readByReference(Buffer.from(text), options).run), []);
  return run;
}

/** A training of Keras with a tag in front of each line. */
function keras(tag: string, epochs = 6): string {
  return Array.from(
    { length: epochs },
    (_, i) => `${tag}Epoch ${i + 1}/${epochs}\n${tag}8/8 - 1s - 100ms/step - loss: 0.${9 - i}000\n`,
  ).join('');
}

const xml = (rank: number) => keras('', 1).replaceAll(/(.*)\n/g, `<stdout rank="${rank}">$1&#010;</stdout>\n`);

/** By launcher: the output of two ranks, and two lines with the tag of none. */
const absurd: readonly (readonly [string, string, string, ParseOptions?])[] = [
  ['openmpi', keras('[1,0]<stdout>:') + keras('[1,1]<stdout>:'), keras('[1,99999999999]<stdout>:', 1)],
  ['openmpi', keras('[1,0]<stdout>:') + keras('[1,1]<stderr>:'), keras('[1,1000000]<stderr>:', 1)],
  ['openmpi', xml(0) + xml(1), xml(99999999999)],
  ['prrte', keras('[1,0]<stdout>: ') + keras('[1,1]<stdout>: '), keras(`[1,${'9'.repeat(30)}]<stdout>: `, 1)],
  ['horovodrun', keras('[0]<stdout>:') + keras('[1]<stdout>:'), keras('[99999999999]<stdout>:', 1)],
  [
    'sagemaker',
    keras('[1,mpirank:0]<stdout>:') + keras('[1,mpirank:1]<stdout>:'),
    keras('[1,mpirank:7777777]<stdout>:', 1),
  ],
  ['torchrun', keras('[default0]:') + keras('[default1]:'), keras('[default999999999]:', 1)],
  ['torchrun', keras('[default0|0]:') + keras('[default1|1]:'), keras('[default1|9999999]:', 1)],
  [
    'custom',
    keras('worker 0: ') + keras('worker 1: '),
    keras('worker 4000000000: ', 1),
    { rankPrefix: 'worker (?<rank>\\w+): ' },
  ],
  [
    'custom',
    keras('worker 0: ') + keras('worker 1: '),
    keras('worker main: ', 1),
    { rankPrefix: 'worker (?<rank>\\w+): ' },
  ],
];

for (const [launcher, ranks, nobodys, options] of absurd)
  test(`UN20: ${launcher}: lines with such a tag as ${nobodys.split('Epoch')[0]} are quarantined and nobody’s`, (t) => {
    // At the start of the log, at its end and between.
    for (const text of [ranks + nobodys, ranks + nobodys + ranks, ...(options ? [nobodys + ranks] : [])]) {
      const run = readText(t, text, options);
      t.is(run.launcher, launcher as Run['launcher']);
      t.is(run.worldSize, 2);
      t.deepEqual(
        run.ranks.map(({ rank, epochs }) => [rank, epochs.length > 0]),
        [
          [0, true],
          [1, true],
        ],
      );
      t.is(run.receipt.quarantined, 2);
      t.is(run.receipt.understood + run.receipt.ignored + run.receipt.quarantined, run.receipt.lines);
      t.deepEqual(
        run.receipt.findings.map(({ offset, rank, what }) => [text.slice(offset, offset + 5), rank, what]),
        ['Epoch', '8/8 -'].map((start) => [start, null, 'the tag of a rank that no run has']),
      );
    }
  });

test('UN20: it stands in what is told of how a log was read', (t) => {
  const file = write(keras('[1,0]<stdout>:') + keras('[1,99999999999]<stdout>:', 1));
  const { run, kinds, furtherLines } = explainLog(file);
  const text = explanationText({ run, kinds, furtherLines });
  t.regex(text, /^launcher openmpi, trainer keras, one rank, completed\n14 lines: 12 understood, 0 not, 2 doubtful/);
  t.regex(
    text,
    /rank 99999999999, at byte \d+\)\n {4}Epoch 1\/1\n {4}→ doubt, what the tag of a rank that no run has\n/,
  );
});

test('UN20: such a tag makes no rank of what looks like a tag inside lines', (t) => {
  for (const [tag, absurd] of [
    ['[1,0]<stdout>:', '[1,99999999999]<stdout>:'],
    ['[default0]:', '[default999999999]:'],
  ] as const) {
    const inside = tag.replace('0', '77');
    const run = readText(t, `${keras(tag)}${absurd}hello\n${tag}we print ${inside} here\n${keras(tag, 7)}`);
    t.deepEqual(
      run.ranks.map(({ rank }) => rank),
      [0],
    );
    t.is(run.worldSize, 1);
  }
});

for (const [what, line] of [
  ['a host', '[1,0]<stdout>:Rank 99999999999 running on node01\n'],
  ['a binding', '[1,0]<stderr>:[node01:1] MCW rank 99999999999 bound to socket 0\n'],
  ['a world size', '[1,0]<stdout>:World size: 99999999999\n'],
  ['a communicator', '[1,0]<stdout>:n:1:1 [0] NCCL INFO ncclCommInitRank comm 0x1 rank 0 nranks 99999999999\n'],
] as const)
  test(`UN20: ${what} that names a rank that no run has adds none`, (t) => {
    const run = readText(t, keras('[1,0]<stdout>:') + keras('[1,1]<stdout>:') + line);
    t.is(run.worldSize, 2);
    t.deepEqual(
      run.ranks.map(({ rank }) => rank),
      [0, 1],
    );
    t.is(run.receipt.ignored, 1);
  });

test('UN20: an end that was told of a rank that no run has is that of nobody known', (t) => {
  const noticed = 'mpirun noticed that process rank 99999999999 with PID 1 on node n1 exited on signal 9 (Killed).\n';
  const run = readText(t, keras('[1,0]<stdout>:') + noticed);
  t.deepEqual([run.status, run.reasonRank], ['killed', null]);
  t.regex(run.reason ?? '', /^mpirun noticed that process rank 99999999999 /);
});

test('UN20: a file that is named after a rank that no run has is no rank’s', (t) => {
  const log = write(keras('[1,0]<stdout>:'), 'exp/exp.log');
  write(keras(''), 'exp/exp.rank-1.log');
  write(keras(''), 'exp/exp.rank-99999999999.log');
  const run = parseExperiment(log);
  t.deepEqual(
    run.ranks.map(({ rank }) => rank),
    [0, 1],
  );
  t.is(run.worldSize, 2);
});

test('torchrun’s own template names ranks by their number among all, however many there are', (t) => {
  const ranks = [0, 1, 1000, 10_000, 12_345];
  const run = readText(t, ranks.map((rank) => keras(`[default${rank % 8}|${rank}]:`)).join(''));
  t.deepEqual(
    run.ranks.map(({ rank, epochs }) => [rank, epochs.length]),
    ranks.map((rank) => [rank, 6]),
  );
  t.is(run.worldSize, 12_346);
});

test('ranks named by two numbers stay apart where a component has more than a thousand of them', (t) => {
  // Of the first component all are there, of the other the first and the last.
  const tasks = [...Array.from({ length: 1002 }, (_, task) => [0, task]), [1, 0], [1, 700]];
  const run = readText(
    t,
    tasks.map(([component, task]) => keras(`P${component} ${String(task).padStart(4)}: `, 1)).join(''),
  );
  t.is(run.ranks.length, tasks.length);
  t.is(new Set(run.ranks.map(({ rank }) => rank)).size, tasks.length);
  t.true(run.ranks.every(({ epochs }) => epochs.length === 1));
});
