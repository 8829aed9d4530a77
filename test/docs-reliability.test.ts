/** The table of faults: each has a test that provokes it, or a reason why not. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

/** The list of faults that the program was made for; those that came up besides (UN) stand behind them. */
const groups = { FS: 29, LC: 18, DB: 18, OUT: 17, PR: 14, SD: 13, RS: 8, SEC: 16 };
const rows = readFileSync('docs/reliability.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, code = '', what = '', seen = '', by = ''] =
      /^\| ([A-Z]{2,3}\d+) +\| (.*?) *\| (.*?) *\| (.*?) *\|$/.exec(line) ?? [];
    return code === '' ? [] : [{ code, what, seen, by }];
  });

test('every fault stands in the table, once and in order', (t) => {
  const all = Object.entries(groups).flatMap(([letters, count]) =>
    Array.from({ length: count }, (_, i) => `${letters}${i + 1}`),
  );
  t.is(all.length, 133);
  const codes = rows.map(({ code }) => code);
  const besides = codes.slice(all.length);
  t.deepEqual(codes.slice(0, all.length), all);
  const numbers = besides.map((code) => Number(code.replace(/^UN/, '')));
  t.deepEqual(
    numbers,
    numbers.map((_, i) => i + 1),
  );
});

for (const { code, what, seen, by } of rows) {
  test(`the table says what is seen of ${code}, and names its test or why there is none`, (t) => {
    t.true(what.length > 2 && seen.length > 2, `${what}: ${seen}`);
    const files = [...by.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => join('docs', path));
    if (files.length === 0) t.true(by.length > 5, 'expected a test or a reason');
    for (const file of files) {
      // A title, or a word of a table from which titles are made.
      const titles = readFileSync(file, 'utf8').match(/(?:['"`]|, )[A-Z]{2,3}\d+(?:, [A-Z]{2,3}\d+)*[:'`]/g) ?? [];
      t.true(
        titles.some((title) => new RegExp(`\\b${code}\\b`).test(title)),
        `${file} has no test of ${code}`,
      );
    }
  });
}
