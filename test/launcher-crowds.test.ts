/** Logs that a launcher seldom writes: of very many ranks, ranks that begin late or share a number, output that was lost. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { epochFlags, type Run } from '../src/experiment.js';
import { parseLog } from '../src/log/parse-log.js';
import { judge } from './replay/judge.js';
import { arbitraryTraining, type Training, weaveTraining } from './weave.js';
import { type WovenLauncher, wovenLaunchers } from './weave-launchers.js';
import { seededRandom } from './weave-random.js';
import type { TrueRank } from './weave-stream.js';

const folder = mkdtempSync(path.join(tmpdir(), 'launcher-crowds-'));
test.after.always(() => rmSync(folder, { recursive: true }));

function read(log: string | Buffer, rank?: number): Run {
  const file = path.join(folder, 'crowd.log');
  writeFileSync(file, log);
  return parseLog(file, rank === undefined ? {} : { rank });
}

/** A training on so many ranks; a few of them differ, the others print what these print. */
function crowd(size: number): Training {
  const [training] = fc.sample(
    arbitraryTraining.filter(({ ranks }) => ranks.length >= 4 && ranks.every(({ writes }) => writes.length < 60)),
    { numRuns: 1, seed: 11 },
  );
  const few = training?.ranks ?? [];
  const ranks = Array.from({ length: size }, (_, rank) => ({ ...(few[rank % few.length] as TrueRank), rank }));
  // Where both streams have the same tag, native code spoils records.
  const isOutput = ({ stream }: TrueRank['writes'][number]): boolean => stream === 'stdout';
  return { generation: '', ranks: ranks.map((rank) => ({ ...rank, writes: rank.writes.filter(isOutput) })) };
}

/** What the reader makes of each rank's own stream. */
function cleanRuns({ ranks }: Training): Run[] {
  const known = new Map<TrueRank['records'], Run>();
  return ranks.map(({ writes, records }) => {
    const run = known.get(records) ?? read(Buffer.concat(writes.map(({ bytes }) => bytes)), 0);
    known.set(records, run);
    return run;
  });
}

function launcherOf(name: WovenLauncher['name']): WovenLauncher {
  return wovenLaunchers.find((launcher) => launcher.name === name) as WovenLauncher;
}

const sizes: Readonly<Partial<Record<WovenLauncher['name'], number>>> = {
  openmpi: 1010,
  prrte: 1010,
  horovodrun: 1010,
  srun: 1010,
  mpich: 120,
};

for (const [name, size] of Object.entries(sizes)) {
  test(`${size} ranks under ${name} are told apart`, (t) => {
    const training = crowd(size);
    const { woven } = weaveTraining(training, launcherOf(name as WovenLauncher['name']), 7);
    const run = read(woven.bytes);
    t.is(run.launcher, name as Run['launcher']);
    const { wrong, missing, exact } = judge(run, cleanRuns(training));
    t.deepEqual(wrong, []);
    // What is a tag of MPICH's and what a text in brackets stays open now and then.
    t.true(missing.length <= (name === 'mpich' ? 0.02 : 0) * exact, `${missing.length} of ${exact}`);
    t.true(exact > 3 * size);
  });

  test(`ranks under ${name} that begin when others have ended are read as well`, (t) => {
    const training = crowd(12);
    const late = new Set([0, 3, 10]);
    const parts = [false, true].map((isLate) => {
      const ranks = training.ranks.filter(({ rank }) => late.has(rank) === isLate);
      return weaveTraining({ ...training, ranks }, launcherOf(name as WovenLauncher['name']), 7).woven.bytes;
    });
    // srun's labels are as wide as the highest number in either part.
    const run = read(Buffer.concat(parts));
    const { wrong, missing } = judge(run, cleanRuns(training));
    t.deepEqual(wrong, []);
    t.deepEqual(missing, []);
  });
}

const header = (epoch: number): string => `Epoch ${epoch}/6\n`;
const record = (epoch: number, rank: number): string =>
  `9/9 - 1s - loss: 0.${epoch}${rank}11 - val_loss: 0.${epoch}${rank}22\n`;
const epochsOf = (rank: number, from: number, to: number, tag: string): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${tag}${header(from + at)}${tag}${record(from + at, rank)}`).join(
    '',
  );

/** `loss` of each rank, epoch by epoch, without what is partial. */
function losses({ ranks }: Run): Record<string, Record<number, number>> {
  return Object.fromEntries(
    ranks.map(({ rank, epochs }) => {
      const { values, present } = epochs.metrics.get('loss') ?? { values: [], present: [] };
      const rows = [...epochs.epoch].map((epoch, row) => ({ epoch, row }));
      const whole = rows.filter(
        ({ row }) => present[row] === 1 && ((epochs.flags[row] ?? 0) & epochFlags.partial) === 0,
      );
      return [String(rank), Object.fromEntries(whole.map(({ epoch, row }) => [epoch, values[row] as number]))];
    }),
  );
}

test('An elastic run from which a host goes: a rank is the process that its tag was given to, before and after', (t) => {
  const ranks = [0, 1, 2, 3];
  const both = ranks.map((rank) => epochsOf(rank, 1, 2, `[${rank}]<stdout>:`)).join('');
  // Ranks 0 and 1 are gone; the others are 0 and 1 now, but keep their tags, and go back to the last state that was saved.
  const left = [2, 3].map((rank) => epochsOf(rank, 2, 4, `[${rank}]<stdout>:`)).join('');
  t.deepEqual(losses(read(both + left)), {
    0: { 1: 0.1011, 2: 0.2011 },
    1: { 1: 0.1111, 2: 0.2111 },
    2: { 1: 0.1211, 2: 0.2211, 3: 0.3211, 4: 0.4211 },
    3: { 1: 0.1311, 2: 0.2311, 3: 0.3311, 4: 0.4311 },
  });
});

test('Two nodes of torchrun that number their ranks alike are not taken for one: only what is certain is kept', (t) => {
  const streams = path.resolve('test/fixtures/streams/imagenet');
  const names = readdirSync(streams).sort();
  const own = names.map((name) => readFileSync(path.join(streams, name), 'utf8'));
  const random = seededRandom(3);
  const nodes = [own[0] ?? '', own[1] ?? own[0] ?? ''].map((text) => text.split(/(?<=\n)/));
  let log = '';
  while (nodes.some((lines) => lines.length > 0))
    log += `[default0]:${random.pick(nodes.filter((lines) => lines.length > 0)).shift()}`;
  const run = read(log);
  t.is(run.launcher, 'torchrun');
  t.deepEqual(
    run.ranks.map(({ rank }) => rank),
    [null],
  );
  t.deepEqual(run.receipt.notes, [
    'several ranks wrote this log under the same number: whose record is whose cannot be known',
  ]);
  t.true(run.receipt.quarantined > 0);
  // Each figure that was kept is one that some node printed for that epoch.
  const clean = own.map((text) => losses(read(text))['0'] ?? {});
  for (const [epoch, loss] of Object.entries(losses(run).null ?? {}))
    t.true(clean.some((node) => node[Number(epoch)] === loss));
});

test('One node of torchrun, of which each rank resumes once, is not taken for two', (t) => {
  const text = [0, 1].map(
    (rank) => epochsOf(rank, 1, 3, `[default${rank}]:`) + epochsOf(rank, 3, 6, `[default${rank}]:`),
  );
  const run = read(text.join(''));
  t.deepEqual(
    run.ranks.map(({ rank, epochs }) => [rank, epochs.length]),
    [
      [0, 6],
      [1, 6],
    ],
  );
});

test('Open MPI --xml: a chunk that lost its end costs its epoch, and is counted', (t) => {
  const element = (rank: number, text: string): string =>
    `<stdout rank="${rank}">${text.replace('\n', '&#010;')}</stdout>${text.endsWith('\n') ? '\n' : ''}`;
  const bar = '&#008;'.repeat(1360);
  const error = '[node:77] [[9486,0],0] ORTE_ERROR_LOG: Out of resource in file iof_base_output.c at line 195\n';
  // Of rank 0 the record of epoch 1 and the header of epoch 2 are lost behind the stump.
  const log =
    `<mpirun>\n${element(0, header(1))}${element(1, header(1))}${error}<stdout rank="0">${bar}&${element(1, record(1, 1))}` +
    `${element(0, record(2, 0))}${element(1, header(2))}${element(1, record(2, 1))}${element(0, header(3))}${element(0, record(3, 0))}</mpirun>\n`;
  const run = read(log);
  t.deepEqual(losses(run), { 0: { 3: 0.3011 }, 1: { 1: 0.1111, 2: 0.2111 } });
  t.is(run.receipt.quarantined, 1);
  t.regex(run.receipt.findings[0]?.what ?? '', /^mpirun dropped output/);
});

test('Open MPI 5: the unfinished bar of one rank in front of another’s record costs that record', (t) => {
  const tag = (rank: number): string => `[1,${rank}]<stdout>: `;
  const held = '9/9 [==============================] - ETA: 0s - loss: 0.9999 - val_loss: 0.8888';
  const log = [0, 1]
    .map((rank) => `${tag(rank)}${header(1)}${tag(rank)}${rank === 1 ? held : ''}${record(1, rank)}`)
    .concat([0, 1].map((rank) => epochsOf(rank, 2, 2, tag(rank))))
    .join('');
  const run = read(log);
  t.is(run.launcher, 'prrte');
  t.deepEqual(losses(run), { 0: { 1: 0.1011, 2: 0.2011 }, 1: { 2: 0.2111 } });
});
