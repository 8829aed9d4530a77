import test from 'ava';
import stringWidth from 'string-width';
import { epochSkewsOf, eventTextsOf, rankEventsOf } from '../src/ask/rank-events.js';
import { terminalTable } from '../src/commands/terminal-table.js';
import { buildRank } from './build-experiment.js';

/** Four ranks over six epochs: rank 1 goes NaN at epoch 3, rank 2 says nothing after epoch 4, rank 3 is slow in epoch 2. */
const ranks = [0, 1, 2, 3].map((rank) =>
  buildRank({
    rank,
    epochs: Array.from({ length: rank === 2 ? 4 : 6 }, (_, i) => ({
      epoch: i + 1,
      secondsPerStep: rank === 3 && i === 1 ? 3 : 1,
      metrics: { loss: rank === 1 && i >= 2 ? Number.NaN : 1 / (i + 1) },
    })),
  }),
);
const ended = { isRunning: false, doesOnePrint: false };

test('the first epoch that is not finite, and the last one before a rank fell silent', (t) => {
  t.deepEqual(
    rankEventsOf(ranks, ended).map(({ notFiniteAt, silentAfter }) => [notFiniteAt, silentAfter]),
    [
      [null, null],
      [3, null],
      [null, 4],
      [null, null],
    ],
  );
  t.deepEqual(eventTextsOf(rankEventsOf(ranks, ended)), [
    'rank 1 not finite from epoch 3 on',
    'rank 2 silent after epoch 4',
  ]);
});

test('no alarm where only one rank prints, nor for a rank that is an epoch behind while the run goes on', (t) => {
  t.is(rankEventsOf(ranks, { ...ended, doesOnePrint: true })[2]?.silentAfter, null);
  const late = ranks.map((rank, i) => (i === 2 ? buildRank({ rank: 2, epochs: rows(5) }) : rank));
  t.is(rankEventsOf(late, { ...ended, isRunning: true })[2]?.silentAfter, null);
  t.is(rankEventsOf(late, ended)[2]?.silentAfter, 5);
});

test('what happened to all ranks at once names none of them; a rank that never spoke is told as such', (t) => {
  const broken = [0, 1].map((rank) => buildRank({ rank, epochs: [{ epoch: 1, metrics: { loss: Number.NaN } }] }));
  t.deepEqual(eventTextsOf(rankEventsOf(broken, ended)), ['all 2 ranks not finite from epoch 1 on']);
  const [first] = ranks;
  if (first === undefined) throw new Error('four ranks');
  t.deepEqual(eventTextsOf(rankEventsOf([first, buildRank({ rank: 1 })], ended)), ['rank 1 never completed an epoch']);
});

test('a new training in the same log begins anew', (t) => {
  const restarted = [0, 1].map((rank) =>
    buildRank({
      rank,
      epochs: [
        { epoch: 1, segment: 1, metrics: { loss: Number.NaN } },
        { epoch: 1, segment: 2, metrics: { loss: 1 } },
      ],
    }),
  );
  t.deepEqual(eventTextsOf(rankEventsOf(restarted, ended)), []);
});

test('skew: by how much the slowest rank’s steps exceed the median, epoch by epoch', (t) => {
  t.deepEqual(
    epochSkewsOf(ranks).map(({ epoch, skew, slowest }) => [epoch, skew, slowest.rank]),
    [
      [1, 0, 0],
      [2, 2, 3],
      [3, 0, 0],
      [4, 0, 0],
      [5, 0, 0],
      [6, 0, 0],
    ],
  );
  t.deepEqual(epochSkewsOf(ranks.slice(0, 1)), []);
});

function rows(count: number) {
  return Array.from({ length: count }, (_, i) => ({ epoch: i + 1, metrics: { loss: 1 } }));
}

test('where a terminal is narrow an empty column goes first, and nobody is told of it', (t) => {
  const columns = [{ header: 'rank' }, { header: 'host', narrow: 'drop' }, { header: 'time', narrow: 'drop' }] as const;
  t.is(terminalTable(columns, [['0', '', '1 s']], 12), 'rank  time\n0     1 s\n');
  t.is(terminalTable(columns, [['0', 'n1', '1 s']], 12), 'rank  host\n0     n1\n(12 columns are too few for: time)\n');
});

test('a shortened text fits, also where its characters take two cells each', (t) => {
  const columns = [{ header: 'words', narrow: 'shorten' }] as const;
  for (const text of ['0123456789abcdefghij', '値が不正です。読み込みに失敗']) {
    const [, line = ''] = terminalTable(columns, [[text]], 12).split('\n');
    t.true([11, 12].includes(stringWidth(line)), line);
    const [start = '', end = ''] = line.split('…');
    t.true(start !== '' && text.startsWith(start) && end.length > start.length && text.endsWith(end), line);
  }
});
