import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { epochFlags } from '../src/experiment.js';
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

for (const truth of fixtureTruths) {
  test(`offsets of ${path.basename(truth.logPath, '.log')} lead to the records`, (t) => {
    t.deepEqual(offsetsAstray(truth), []);
  });
}

const testWithCorpus = corpusTruths.length > 0 ? test : test.skip;
testWithCorpus('every log of the corpus that TLW_CORPUS names is read exactly as it was trained', (t) => {
  const faults = corpusTruths.flatMap((truth) => faultsOf(truth).map((fault) => `${truth.logPath}: ${fault}`));
  t.log(`${corpusTruths.length} logs below ${corpus}`);
  t.deepEqual(faults, []);
});

/** The rows behind whose offset none of the epoch's figures stands, as printed. */
function offsetsAstray(truth: Truth): string[] {
  const log = readFileSync(truth.logPath, 'latin1');
  return parseExperiment(truth.logPath).ranks.flatMap((rank) => {
    const texts = truth.ranks.find((known) => known.rank === rank.rank)?.texts ?? new Map<number, string[]>();
    const { epoch, offset, flags, segment, length } = rank.epochs;
    // The truth is that of the last training in the log.
    const last = Math.max(...segment.subarray(0, length));
    return [...epoch.subarray(0, length)]
      .map((number, row) => ({ number, row }))
      .filter(({ row, number }) => segment[row] === last && texts.has(number) && !rank.file)
      .filter(({ row }) => ((flags[row] ?? 0) & epochFlags.partial) === 0)
      .filter(({ row, number }) => {
        const record = log.slice(offset[row], (offset[row] ?? 0) + 1000);
        return !texts.get(number)?.some((text) => record.includes(text));
      })
      .map(({ row, number }) => `rank ${rank.rank}, epoch ${number}: ${offset[row]}`);
  });
}

function faultsOf(truth: Truth): readonly string[] {
  return compare(truth, parseExperiment(truth.logPath)).faults;
}
