/** Random trainings, woven by each launcher's real rules in random pieces: what is read is what was printed, or missing, never another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parseLog } from '../src/log/parse-log.js';
import { arbitraryTraining, type Training, weaveTraining } from './weave.js';
import { check } from './weave-check.js';
import { untagged, type WovenLauncher, wovenLaunchers } from './weave-launchers.js';

const folder = mkdtempSync(path.join(tmpdir(), 'reader-weave-'));
test.after.always(() => rmSync(folder, { recursive: true }));

test('One rank without a launcher: every generation of Keras is read exactly', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(arbitraryTraining, fc.integer(), (training, seed) =>
        holds({ ...training, ranks: training.ranks.slice(0, 1).map(withoutErrors) }, untagged, seed, 0),
      ),
      { numRuns: 400 },
    ),
  );
});

for (const launcher of wovenLaunchers.filter((candidate) => !candidate.isLossy)) {
  test(`${launcher.name} ${launcher.style}: random pieces are put together exactly`, (t) => {
    t.notThrows(() =>
      fc.assert(
        fc.property(arbitraryTraining, fc.integer(), (training, seed) => holds(training, launcher, seed, 0)),
        { numRuns: 100 },
      ),
    );
  });
}

/** Throws where a figure is wrong, or where one is missing that must be there. */
function holds(training: Training, launcher: WovenLauncher, seed: number, mayMiss: number): void {
  const { woven, ranks } = weaveTraining(training, launcher, seed);
  const log = path.join(folder, 'woven.log');
  writeFileSync(log, woven.bytes);
  const run = parseLog(log);
  const { wrong, missing, exact } = check(run, woven, ranks, launcher.isLossy);
  if (wrong.length > 0) throw new Error(`wrong:\n${wrong.join('\n')}`);
  if (missing.length > mayMiss * (missing.length + exact)) throw new Error(`missing:\n${missing.join('\n')}`);
}

function withoutErrors(rank: Training['ranks'][number]): Training['ranks'][number] {
  return { ...rank, writes: rank.writes.filter((write) => write.stream === 'stdout') };
}
