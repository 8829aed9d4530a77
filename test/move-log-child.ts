/**
 * Does to a log, again and again, what may happen to it while it is read: `move-log-child.js FILE`. Every generation says its own
 * number in all its epochs, and has its own length.
 */

import { appendFileSync, copyFileSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const file = process.argv[2] ?? '';
const ways = [
  // As copytruncate: the same file, begun anew.
  (text: string) => {
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, text);
  },
  // Written anew from its beginning, without having been emptied.
  (text: string) => {
    const fd = openSync(file, 'r+');
    for (let at = 0; at < text.length; at += 50_000) writeSync(fd, text.slice(at, at + 50_000), at);
    truncateSync(file, text.length);
  },
  (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  },
];

for (let generation = 1; ; generation += 1) {
  const epochs = 2000 + 7 * (generation % 300);
  const lines = Array.from(
    { length: epochs },
    (_, index) =>
      `Epoch ${index + 1}/${epochs}\n13/13 [====] - 5s 400ms/step - loss: ${generation}.5 - val_loss: 0.5\n`,
  );
  ways[generation % ways.length]?.(lines.join(''));
  // A reading may begin at any time, and some are left alone.
  await sleep(generation % 4 === 0 ? 150 : 5 * (generation % 7));
}
