/** What the reference reader and the fuzzer have found, each with the smallest log that shows it. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openLog, type ParseOptions, parseLog } from '../src/log/parse-log.js';
import { differences } from './fuzz/check.js';
import { readByReference } from './reference/read.js';

const folder = mkdtempSync(path.join(tmpdir(), 'reader-found-'));
const file = path.join(folder, 'found.log');
test.after.always(() => rmSync(folder, { recursive: true }));

const record = (epoch: number, steps = 9): string =>
  `${steps}/${steps} [==============================] - 9s 1s/step - loss: 0.${epoch}111 - val_loss: 0.${epoch}222`;
const update = (step: number): string => `${step}/9 [=>............................] - ETA: 9s - loss: 0.${step}333`;
const meters = (accuracy: string): string =>
  `Epoch: [1][58/63]\tTime  0.000 ( 0.001)\tLoss 4.3943e+01 (2.0305e+01)\tAcc@1  ${accuracy}\n`;
const wiped = `\r${' '.repeat(80)}`;
const ruler = '-'.repeat(74);

const wholeLogs: Readonly<Record<string, string>> = {
  'a record wiped with more blanks than are kept of a line': `Epoch 1/2\n\r${update(1)}\r${record(1)}${wiped.repeat(200)}\r\n`,
  'a record behind which thousands of escape sequences stand': `Epoch 1/2\n\r${update(1)}\r${record(1)}${'\r\x1b[2K'.repeat(4000)}\n`,
  'a text of one character before a record of 9,000 blanks': `Epoch 1/2\n${update(1)}\r${record(1)}\r.\r${' '.repeat(9000)}\n`,
  'NUL in a text that is overwritten': `Epoch 1/2\n\0\0${update(1)}\r${update(2)}\r${record(1)}\n`,
  'a record behind escapes that a log service wrote': `${`\x1b[34m[1,0]<stdout>:Epoch 1/2\x1b[0m\n\x1b[34m[1,0]<stdout>:${update(1)}${'#010'.repeat(70)}#015${record(1)}\x1b[0m\n`.repeat(3)}`,
  'a blank of a stream that another one interrupted': `[1,2]<stdout>:Epoch 1/3\n[1,2]<stdout>:2s - loss: 0.5[1,1]<stdout>:a\n[1,2]<stdout>: \n`,
  'a word of 15,000 characters where a figure should end': `${meters('78.12 ( 69.83)')}${meters(`68${'x'.repeat(15_000)}`)}`,
  'what looks like a rank 24 characters behind a newline': `${'[0] Epoch 1/2\n[0] a line of the program\n'.repeat(30)}[0] abcdefghijklmnopqrst[7] b\n[0] gpu [7] c\n`,
};

for (const [name, text] of Object.entries(wholeLogs)) {
  test(`read whole: ${name}`, (t) => {
    const log = Buffer.from(text, 'latin1');
    writeFileSync(file, log);
    t.deepEqual(differences(parseLog(file), readByReference(log).run), []);
  });
}

test('read whole: the record of a log that ends in mid-line is the same with steps and without', (t) => {
  const text = `Epoch 1/2\n${update(1)}\r${update(2)}\r${record(1)}\nEpoch 2/2\n${update(3)}\r${update(4)}\r7/9 [=>....`;
  writeFileSync(file, text);
  const offset = (options: ParseOptions): number | undefined => parseLog(file, options).ranks[0]?.epochs.offset[1];
  t.is(offset({ maxPoints: 5 }), text.indexOf(update(4)));
  t.is(offset({}), offset({ maxPoints: 5 }));
});

test('read whole: a record that the next epoch completes stands where it was printed, not at that epoch', (t) => {
  const step = (epoch: number, at: number): string => `Train Epoch: ${epoch} [${at}/64 (0%)]\tLoss: 0.${epoch}${at}\n`;
  const text = `${step(1, 10)}${step(1, 20)}${'saving\n'.repeat(500)}${step(2, 10)}${step(2, 20)}`;
  writeFileSync(file, text);
  const { epochs } = parseLog(file).ranks[0] ?? {};
  t.deepEqual([...(epochs?.offset ?? [])], [text.indexOf(step(1, 20)), text.indexOf(step(2, 20))]);
  t.deepEqual(differences(parseLog(file), readByReference(Buffer.from(text)).run), []);
});

const growing: Readonly<Record<string, readonly [first: string, rest: string]>> = {
  'with steps, a bar that goes on': [
    `Epoch 1/2\n${update(1)}\r${record(1)}\r`,
    `\nEpoch 2/2\n${update(2)}\r${record(2)}\n`,
  ],
  'what seemed to be no text': ['\x01\x02\x03', `Epoch 1/2\n${update(1)}\r${record(1)}\n${'Epoch 2/2\n'.repeat(20)}`],
  'what seemed to be text': ['Epoch 1/2\n', '\x01\x02'.repeat(50)],
  'what seemed to come from several ranks': [
    `Epoch 1/9\nEpoch 1/9\nEpoch 1/9\n${record(1)}\n${record(2)}\n`,
    Array.from({ length: 8 }, (_, i) => `Epoch ${i + 2}/9\n${record(i + 2)}\n`).join(''),
  ],
  // What is left of an earlier block looks like a tag behind the log's end.
  'a ruler at the end': [`[1,0]<stdout>:${'x'.repeat(75)}[${'y'.repeat(200)}\n`, `[1,0]<stdout>:${ruler}\n`],
  'a tag without its last byte': [
    `[1,0]<stdout>:Epoch 1/2\n[1,0]<stdout>:abc:\n`,
    `[1,0]<stdout>:Epoch 2/2[1,0]<stdout>`,
  ],
};

for (const [name, [first, rest]] of Object.entries(growing)) {
  for (const options of [{}, { maxPoints: 5 }]) {
    test(`growing${'maxPoints' in options ? ', with steps' : ''}: ${name}`, (t) => {
      writeFileSync(file, first, 'latin1');
      const reading = openLog(file, options);
      t.teardown(() => reading.close());
      reading.advance();
      reading.run(false);
      appendFileSync(file, rest, 'latin1');
      reading.advance();
      const { run } = readByReference(Buffer.from(first + rest, 'latin1'), options);
      t.deepEqual(differences(reading.run(true), run), []);
    });
  }
}
