import { readFileSync } from 'node:fs';
import test from 'ava';
import { trainerNames } from '../src/experiment.js';
import { parseUserDialect } from '../src/log/dialects/user-dialect.js';
import { lineKinds } from '../src/log/dialects/user-schema.js';
import { readStream, rowsOf } from './read-dialect.js';

const page = 'docs/dialects.md';
const text = readFileSync(page, 'utf8');

test(`${page} names every trainer and every kind of line`, (t) => {
  for (const name of [...trainerNames, ...Object.keys(lineKinds)]) {
    if (name !== 'custom' && name !== 'none') t.true(text.includes(`\`${name}\``), name);
  }
});

test(`the example of ${page} reads the log of ${page}`, (t) => {
  const block = (fence: string, begin: string): string => {
    const at = text.indexOf(`\`\`\`${fence}\n${begin}`) + fence.length + 4;
    return text.slice(at, text.indexOf('```', at));
  };
  const reading = readStream(parseUserDialect(block('yaml', 'name: '), page), block('text', '== round 0'));
  t.deepEqual(rowsOf(reading), {
    1: { loss: 0.87, acc: 0.51, val_dice: 0.25 },
    2: { loss: 0.58, acc: 0.74, val_dice: 0.44 },
  });
  t.deepEqual(reading.unknown, []);
});
