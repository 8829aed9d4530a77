import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { parseLog } from '../src/log/parse-log.js';

const fixtures = path.resolve('test/fixtures/dialects');
const folder = mkdtempSync(path.join(tmpdir(), 'reader-hostile-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** What is repeated without end: each once took time that grew with the square of the line. */
const repeated: Readonly<Record<string, readonly string[]>> = {
  any: [
    '\r',
    '\r ',
    '\b',
    '\ra',
    '\n',
    ' \n',
    '0',
    ' - ',
    '{"epoch": 1, ',
    'slurmstepd: error: *** ',
    'ncclCommInitRank ',
    'noticed that process rank 1 ',
    '\x1b[',
    '\x1b]',
    '\x1b[0m',
    '[1,0]<stdout>:',
    '[1,0]<stdout>:\n',
  ],
  'keras/keras3-learning-rates.log': ['1 ', 'a ', ': ', '1%|  | ', '1/2 ', 'Epoch 1/2 ', 'Epoch ', '━', '\x1b[32m━'],
  'pytorch/deit.log': ['1it [00:01, ', '[1] ', '| ', 'loss: 1 ', 'Epoch: [1][', 'INFO ', "'a': ", 'Test: ', '* Acc@1 '],
  'lightning/early-stop.log': ['1it [00:01, ', 'Epoch 1: ', ' • ', '/a', 'a: 1 '],
};

// In process time, larger against smaller, so that a slow machine is no matter; the square would be 64 times.
for (const [fixture, texts] of Object.entries(repeated)) {
  test(`no text, however long, costs more than in proportion to its length: ${fixture}`, (t) => {
    const head = fixture === 'any' ? 'begin\n' : readFileSync(path.join(fixtures, fixture), 'utf8');
    const file = path.join(folder, `${path.basename(fixture)}.log`);
    for (const text of texts) {
      const cost = (bytes: number): number => {
        writeFileSync(file, `${head}loss: ${text.repeat(bytes / text.length)}\nend\n`);
        const start = process.cpuUsage();
        parseLog(file);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      };
      const isInProportion = (): boolean => cost(96 * 1024) < 24 * cost(12 * 1024) + 40;
      t.true(isInProportion() || isInProportion() || isInProportion(), JSON.stringify(text));
    }
  });
}
