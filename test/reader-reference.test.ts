/** The reader, which skips what nobody will read, says of every log what the reference says, which skips nothing. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { parseLog } from '../src/log/parse-log.js';
import { differences } from './fuzz/check.js';
import { inventedFigures } from './fuzz/figures.js';
import { readByReference } from './reference/read.js';

const fixtures = path.join('test', 'fixtures');
/** Real logs, too many to be part of the project. */
const corpus = process.env.TLW_CORPUS_ROOT ?? path.resolve('../shared/corpus');

for (const file of logsBelow(fixtures)) {
  test.serial(`fixture ${path.relative(fixtures, file)}`, async (t) => {
    // So that what is done is told at once.
    await setImmediate();
    t.deepEqual(faultsOf(file), []);
  });
}

if (existsSync(corpus)) {
  for (const file of logsBelow(corpus)) {
    test.serial(`corpus ${path.relative(corpus, file)}`, async (t) => {
      await setImmediate();
      t.deepEqual(faultsOf(file), []);
    });
  }
} else {
  process.stderr.write(
    `skipped, the corpus against the reference: ${corpus} is not there, and is not part of the project\n`,
  );
  test.skip('every log of the corpus, without steps and with them', () => {});
}

function faultsOf(file: string): string[] {
  const log = readFileSync(file);
  return [{}, { maxPoints: 7 }].flatMap((options) => {
    const { run, lines, asTagged = run } = readByReference(log, options);
    const faults = [...differences(parseLog(file, options), run), ...inventedFigures(asTagged, lines)];
    return faults.map((fault) => `${file}: ${fault}`);
  });
}

function logsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:log|out|txt|raw)$|\/\d+\.stdout$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
}
