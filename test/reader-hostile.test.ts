import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { parseLog } from '../src/log/parse-log.js';

/** What grows: a line that repeats something, or a log of many epochs. */
type Text = (size: number) => string;

const fixtures = path.resolve('test/fixtures/dialects');
const folder = mkdtempSync(path.join(tmpdir(), 'reader-hostile-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** What is repeated without end: each once took time that grew with the square of the line. */
const repeated: Readonly<Record<string, readonly string[]>> = {
  any: [
    '\r',
    '\r ',
    '\b',
    '\ra',
    '\n',
    ' \n',
    '0',
    ' - ',
    '{"epoch": 1, ',
    'slurmstepd: error: *** ',
    'ncclCommInitRank ',
    'noticed that process rank 1 ',
    '\x1b[',
    '\x1b]',
    '\x1b[0m',
    '[1,0]<stdout>:',
    '[1,0]<stdout>:\n',
  ],
  'keras/keras3-learning-rates.log': ['1 ', 'a ', ': ', '1%|  | ', '1/2 ', 'Epoch 1/2 ', 'Epoch ', '━', '\x1b[32m━'],
  'pytorch/deit.log': ['1it [00:01, ', '[1] ', '| ', 'loss: 1 ', 'Epoch: [1][', 'INFO ', "'a': ", 'Test: ', '* Acc@1 '],
  'lightning/early-stop.log': ['1it [00:01, ', 'Epoch 1: ', ' • ', '/a', 'a: 1 '],
};

/** The same behind the beginning of a record, which other patterns read than the rest of a log. */
const behind: readonly (readonly [fixture: string, beginning: string, texts: readonly string[]])[] = [
  ['timm/timm.log', 'Train: 0 [   0/38 (  0%)]  Loss: 2.43 (2.43) ', ['a', 'a_']],
  ['mxnet/fit.log', 'INFO:root:Epoch[0] Train-accuracy=0.2 ', ['a', 'a.']],
  ['pytorch/deit.log', 'Train Epoch: 1 [64/60000 (1%)]\tLoss: ', ['a', 'a ', 'a: ']],
  ['lightning/early-stop.log', 'Validation: 0it [00:00, ?it/s]', ['1']],
];

/** Logs of so many epochs, in which each once cost a look at all before it. */
const histories: Readonly<Record<string, Text>> = {
  'stepping back at every second epoch': (epochs) =>
    ofEpochs(epochs, (epoch) => `${header(epoch)}${record(epoch)}${header(epoch + 1)}${record(epoch + 1)}`),
  'beginning anew at every second epoch': (epochs) =>
    ofEpochs(epochs, () => `${header(1)}${record(1)}${header(2)}${record(2)}`),
  'two ranks without tags': (epochs) =>
    ofEpochs(epochs, (epoch) => `${header(epoch)}${header(epoch)}${record(epoch)}${record(epoch)}`),
  'many ranks without tags': (ranks) =>
    [1, 2, 3, 4].map((epoch) => header(epoch).repeat(ranks / 2) + record(epoch).repeat(ranks / 2)).join(''),
  "records of Keras 3 that its callbacks' lines open again": (epochs) =>
    ofEpochs(epochs, (epoch) => `${header(epoch)}${record3()}\n\nEpoch ${epoch}: val_loss improved, saving model\n`),
  'ends that many lines tell': (epochs) =>
    ofEpochs(epochs, (epoch) => `srun: error: node1: task 1: Killed\n${header(epoch)}${record(epoch)}`),
  "PyTorch's epochs back and forth": (epochs) =>
    ofEpochs(epochs, (epoch) => step(epoch, 0) + step(epoch, 50) + step(epoch + 1, 0) + step(epoch + 1, 50)),
};

function ofEpochs(epochs: number, print: (epoch: number) => string): string {
  return Array.from({ length: epochs }, (_, i) => print(i + 1)).join('');
}

function header(epoch: number): string {
  return `Epoch ${epoch}/99999\n`;
}

function record(epoch: number): string {
  return `8/8 [==============================] - 1s 9ms/step - loss: 0.5 - val_loss: 0.${1000 + (epoch % 1000)}\n`;
}

function record3(): string {
  return `\x1b[1m8/8\x1b[0m \x1b[32m${'━'.repeat(20)}\x1b[0m\x1b[37m\x1b[0m \x1b[1m0s\x1b[0m 9ms/step - loss: 0.5000`;
}

function step(epoch: number, percent: number): string {
  return `Train Epoch: ${epoch} [${600 * percent}/60000 (${percent}%)]\tLoss: 0.${1000 + percent}00\n`;
}

for (const [fixture, texts] of Object.entries(repeated)) {
  test(`no text, however long, costs more than in proportion to its length: ${fixture}`, (t) => {
    const head = fixture === 'any' ? 'begin\n' : readFileSync(path.join(fixtures, fixture), 'utf8');
    for (const text of texts) {
      const log: Text = (bytes) => `${head}loss: ${text.repeat(bytes / text.length)}\nend\n`;
      t.true(isInProportion(log, 12 * 1024), JSON.stringify(text));
    }
  });
}

for (const [fixture, beginning, texts] of behind) {
  test(`no record, however long, costs more than in proportion to its length: ${beginning}`, (t) => {
    const head = readFileSync(path.join(fixtures, fixture), 'utf8');
    for (const text of texts) {
      const log: Text = (bytes) => `${head}${beginning}${text.repeat(bytes / text.length)}\nend\n`;
      t.true(isInProportion(log, 12 * 1024), JSON.stringify(text));
    }
  });
}

test('objects that are never closed cost no more than a few times as much as words', (t) => {
  const bytes = 256 * 1024;
  const costOf = (text: string): number => cost(`begin\n${text.repeat(bytes / text.length)}\n`);
  const words = Math.min(costOf('only words, no end '), costOf('only words, no end '));
  for (const text of ['{"epoch": 1, ', `{${'"epoch": 1 '.repeat(350)}`]) {
    const objects = Math.min(costOf(text), costOf(text), costOf(text));
    t.true(objects < 16 * words + 20, text.slice(0, 20));
  }
});

for (const [history, log] of Object.entries(histories)) {
  test(`no history, however long, costs more than in proportion to its length: ${history}`, (t) => {
    t.true(isInProportion(log, 1000));
  });
}

// In process time, larger against smaller, so that a slow machine is no matter; the square would be 64 times.
function isInProportion(log: Text, size: number): boolean {
  const isOnce = (): boolean => cost(log(8 * size)) < 24 * cost(log(size)) + 40;
  return isOnce() || isOnce() || isOnce();
}

/** Process time of reading a log, ms. */
function cost(log: string): number {
  const file = path.join(folder, 'grown.log');
  writeFileSync(file, log);
  const start = process.cpuUsage();
  parseLog(file);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
