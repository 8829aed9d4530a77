import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { configSchema } from '../src/config/schema.js';
import { parseLog } from '../src/log/parse-log.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tlw-prefix-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test("a program's own prefix says whose line it is", (t) => {
  const file = path.join(folder, 'run.log');
  const line = (rank: number, loss: number): string => `<worker ${rank}> epoch 1 loss ${loss}\n`;
  writeFileSync(file, `starting\n${line(1, 0.5)}${line(0, 0.25)}`);
  const run = parseLog(file, { rankPrefix: '^<worker (?<rank>\\d+)> ' });
  t.is(run.launcher, 'custom');
  t.deepEqual(
    run.ranks.map(({ rank, epochs }) => [rank, epochs.metrics.get('loss')?.values[0]]),
    [
      [0, 0.25],
      [1, 0.5],
    ],
  );
});

test('LC16, SEC8: no prefix can hang the reader', (t) => {
  const file = path.join(folder, 'evil.log');
  writeFileSync(file, `${`${'a'.repeat(150)}!\n`.repeat(1000)}`);
  const started = performance.now();
  parseLog(file, { rankPrefix: '^(?<rank>(a+)+)$' });
  t.true(performance.now() - started < 5000);
});

test('a prefix without a rank, and one that is no pattern, are mistakes', (t) => {
  const problem = (rankPrefix: string): string =>
    configSchema.safeParse({ rankPrefix }).error?.issues[0]?.message ?? '';
  t.is(problem('^worker (?<rank>\\d+): '), '');
  t.regex(problem('^worker \\d+: '), /^expected a regular expression with a group "rank"/);
  t.regex(problem('(?<rank>\\d+)(?=x)'), /in RE2's syntax: /);
});
