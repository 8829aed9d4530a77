import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parseExperiment } from '../src/log/parse-experiment.js';
import { compare } from './corpus/compare.js';
import { readTruths, type Truth } from './corpus/truth.js';

const fixtures = path.resolve('test/fixtures/experiments');
/** Real runs with exact truth, too many to be part of the project. */
const corpus = process.env.TLW_CORPUS ?? path.resolve('../shared/corpus/free');

const fixtureTruths = await readTruths(fixtures);
const corpusTruths = existsSync(corpus) ? await readTruths(corpus) : [];

for (const truth of fixtureTruths) {
  test(`fixture ${path.basename(truth.logPath, '.log')} is read exactly as it was trained`, (t) => {
    t.deepEqual(faultsOf(truth), []);
  });
}

const testWithCorpus = corpusTruths.length > 0 ? test : test.skip;
testWithCorpus('every log of the corpus that TLW_CORPUS names is read exactly as it was trained', (t) => {
  const faults = corpusTruths.flatMap((truth) => faultsOf(truth).map((fault) => `${truth.logPath}: ${fault}`));
  t.log(`${corpusTruths.length} logs below ${corpus}`);
  t.deepEqual(faults, []);
});

function faultsOf(truth: Truth): readonly string[] {
  return compare(truth, parseExperiment(truth.logPath)).faults;
}
