/** 20,000 mutated logs: the reader agrees with the reference, however a log grew, and invents no figure. More by `npm run fuzz`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { casesOf } from './fuzz/cases.js';

const runs = 20_000;
const parts = 100;
const seed = 20_261_125;

const folder = mkdtempSync(path.join(tmpdir(), 'reader-fuzz-'));
test.after.always(() => rmSync(folder, { recursive: true }));
const cases = casesOf(seed, path.join(folder, 'fuzz.log'));

// In parts, so that each stays within the time of a test.
for (let part = 0; part < parts; part += 1) {
  const from = (part * runs) / parts;
  const to = from + runs / parts;
  test.serial(`mutated logs ${from} to ${to}`, async (t) => {
    // So that what is done is told at once.
    await setImmediate();
    for (let number = from; number < to; number += 1) {
      const { faults } = cases.judge(number);
      if (faults.length > 0) {
        t.fail(
          `case ${number}: ${faults.slice(0, 5).join('\n')}\nnpm run fuzz -- --seed ${seed} --from ${number} --runs 1`,
        );
        return;
      }
    }
    t.pass();
  });
}
