import { Writable } from 'node:stream';
import test from 'ava';
import { createProgressBar, type ProgressBarOptions } from '../src/commands/progress-bar.js';

/** A bar on a terminal that remembers what it was sent. */
function barOnTerminal(options: ProgressBarOptions = {}, isTTY = true) {
  let sent = '';
  const terminal = new Writable({
    write: (chunk, _encoding, done) => {
      sent += String(chunk);
      done();
    },
  });
  const stderr = Object.assign(terminal, { isTTY, columns: 80, fd: 2 }) as unknown as NodeJS.WriteStream;
  return { bar: createProgressBar(stderr, true, options), text: () => sent };
}

function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

test('the bar goes on over portions of work, of which each is counted anew', (t) => {
  const { bar, text } = barOnTerminal();
  for (let done = 1; done <= 50; done += 1) bar.onRead(done, 100 - done);
  for (let done = 1; done <= 50; done += 1) bar.onRead(done, 50 - done);
  for (let done = 1; done <= 5; done += 1) bar.onWritten(done, 10);
  for (let done = 1; done <= 5; done += 1) bar.onWritten(done, 5);
  bar.stop();
  t.regex(text(), /reading logs {2}.* 1 of 100/);
  t.regex(text(), /writing files .* 10 of 10/);
  t.notRegex(text(), / of (?!100\b|10\b)/);
});

test('a watcher shows a bar only for much work, and takes it away when that is done', async (t) => {
  const { bar, text } = barOnTerminal({ least: 20, isForEver: true });
  for (let done = 1; done <= 19; done += 1) bar.onRead(done, 19 - done);
  t.is(text(), '');
  for (let done = 1; done <= 30; done += 1) bar.onRead(done, 30 - done);
  t.regex(text(), / of 30/);
  const before = text().length;
  await write(bar.stream, 'a message\n');
  t.is(text().slice(before), 'a message\n');
  bar.onRead(1, 40);
  t.regex(text().slice(before), /1 of 41/);
  await write(bar.stream, 'another message\n');
  const afterwards = text();
  bar.stop();
  t.true(afterwards.endsWith('\r\u001B[Kanother message\n'));
});

test('the time to go is told once some time has passed', (t) => {
  let nowMs = 0;
  const { bar, text } = barOnTerminal({ nowMs: () => nowMs });
  bar.onRead(1, 99);
  t.notRegex(text(), /to go/);
  nowMs = 9000;
  bar.onRead(2, 98);
  // The second of two steps began after 0 s, and 98 more take 49 times as long.
  bar.onRead(3, 97);
  bar.stop();
  t.regex(text(), /3 of 100, about 5 min to go/);
});

test('where no terminal is, nothing is drawn', (t) => {
  const { bar, text } = barOnTerminal({}, false);
  bar.onRead(1, 99);
  bar.stop();
  t.is(text(), '');
});
