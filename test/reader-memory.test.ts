import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execaNode } from 'execa';
import { randomFrom } from '../src/ask/random-from.js';
import { childFlags } from '../src/daemon/pool.js';

const folder = mkdtempSync(path.join(tmpdir(), 'reader-memory-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const megabytes = 256;
const ranks = 16;
const hasRoom = (): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 * megabytes * 1e6;
};
const testWithRoom = hasRoom() ? test : test.skip;
if (!hasRoom()) process.stderr.write(`skipped: ${folder} has no room for a log of ${megabytes} MB\n`);

testWithRoom(`a log of ${megabytes} MB takes no more memory than the blocks that it is read in`, async (t) => {
  const file = path.join(folder, 'long.log');
  const epochs = writeLog(file);
  const { stdout } = await execaNode(new URL('read-log-child.js', import.meta.url), [file], {
    nodeOptions: childFlags,
  });
  const { losses, quarantined, peakMb } = JSON.parse(stdout);
  t.is(losses.length, ranks * epochs);
  t.true(losses.every((loss: number) => loss === 0.25));
  t.is(quarantined, 0);
  t.log(`${peakMb} MB`);
  t.true(peakMb < 120, `${peakMb} MB`);
});

/** Epochs of 16 ranks, each a bar of 2,000 updates in pieces as `mpirun --tag-output` tags them; returns how many there are. */
function writeLog(file: string): number {
  const woven = weave();
  const places = [...woven.toString('latin1').matchAll(/Epoch (000)/g)].map(({ index }) => index + 'Epoch '.length);
  const fd = openSync(file, 'w');
  let epoch = 0;
  for (let size = 0; size < megabytes * 1e6; ) {
    epoch += 1;
    for (const place of places) woven.write(String(epoch).padStart(3, '0'), place, 'latin1');
    size += writeSync(fd, woven);
  }
  closeSync(fd);
  return epoch;
}

function weave(): Buffer {
  const random = randomFrom(1);
  const update = (step: number): string =>
    `\r${step}/2000 [=====>........................] - ETA: 9s - loss: 0.5000${'\b'.repeat(60)}`;
  const bar = Array.from({ length: 2000 }, (_, step) => update(step)).join('');
  const stream = `${bar}\r2000/2000 [==============================] - 9s 5ms/step - loss: 0.2500 - val_loss: 0.5000`;
  const parts = Array.from({ length: ranks }, (_, rank) => `[1,${rank}]<stdout>:Epoch 000/999\n`);
  const at = new Array<number>(ranks).fill(0);
  while (at.some((start) => start < stream.length)) {
    const rank = Math.floor(random() * ranks);
    const start = at[rank] ?? 0;
    at[rank] = start + 40 + Math.floor(random() * 4000);
    if (start < stream.length) parts.push(`[1,${rank}]<stdout>:${stream.slice(start, at[rank])}`);
    if (start < stream.length && (at[rank] ?? 0) >= stream.length) parts.push('\n');
  }
  return Buffer.from(parts.join(''), 'latin1');
}
