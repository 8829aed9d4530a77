/** One replay: real ranks under a real launcher print what a training printed; what is read of the log must be what each rank printed. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseLog } from '../../src/log/parse-log.js';
import { bookFaults } from '../weave-check.js';
import { type Random, seededRandom } from '../weave-random.js';
import { type Judgement, judge } from './judge.js';
import { type RealLauncher, titleOf } from './launchers.js';
import { invented, type Manner, plainRecordings, type Replay, recorded, recordings } from './sources.js';

export interface Replayed extends Judgement {
  readonly title: string;
  /** Ranks, and bytes of the log. */
  readonly size: number;
  readonly bytes: number;
  readonly repaired: number;
  readonly quarantined: number;
  readonly log: string;
}

export interface ReplayOptions {
  readonly launcher: RealLauncher;
  /** The same seed prints the same with the same pauses; how the launcher mixes it is new each time. */
  readonly seed: number;
  /** An empty folder, for the streams and the log. */
  readonly folder: string;
  /** Native code prints to the standard error too, though the launcher does not tell the two apart. */
  readonly hasErrors?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const wholeWords: readonly Manner[] = ['lines', 'lines', 'words', 'blocks'];
const program = path.resolve('test/replay/rank.pl');
/** All pauses of a rank together, at most: µs. */
const longestUs = 600_000;

/** Runs one replay and judges what is read of its log. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { launcher, seed, folder } = options;
  const random = seededRandom(seed);
  const training = draw(launcher, options.hasErrors === true, random);
  const streams = path.join(folder, 'streams');
  mkdirSync(streams, { recursive: true });
  for (const [rank, writes] of training.ranks.entries()) writeRank(streams, rank, writes, random);
  const log = path.join(folder, 'replay.log');
  const command = [...launcher.command(training.ranks.length), 'perl', program, streams];
  await promisify(execFile)('sh', ['-c', '"$@" 2>&1 | tee "$0" > /dev/null', log, ...command], {
    env: { ...process.env, ...options.environment },
    timeout: 60_000,
  });
  const run = parseLog(log);
  const clean = training.ranks.map((_, rank) => parseLog(path.join(streams, `${rank}.stdout`), { rank }));
  const { exact, missing, wrong } = judge(run, clean);
  const bytes = readFileSync(log).length;
  const unknown =
    training.ranks.length > 1 && run.launcher !== launcher.name
      ? [`launcher ${run.launcher}, should be ${launcher.name}`]
      : [];
  return {
    title: `${titleOf(launcher)}, ${training.name}, seed ${seed}`,
    size: training.ranks.length,
    bytes,
    repaired: run.receipt.repaired,
    quarantined: run.receipt.quarantined,
    log,
    exact,
    missing,
    wrong: [...wrong, ...unknown, ...bookFaults(run, bytes)],
  };
}

function draw(launcher: RealLauncher, hasErrors: boolean, random: Random): Replay {
  const size = random.pick([1, 2, 2, 3, 4, 4, 6, 8, 12]);
  if (launcher.isPlainOnly) return recorded(random.pick(plainRecordings), size, random, ['lines']);
  const manners = launcher.needsWords ? wholeWords : undefined;
  return random.chance(0.5)
    ? recorded(random.pick(recordings), size, random, manners)
    : invented(size, launcher.knowsStreams || hasErrors, random);
}

/** The bytes and the plan of a rank for the program, and its standard output alone for the clean reading. */
function writeRank(folder: string, rank: number, writes: Replay['ranks'][number], random: Random): void {
  const most = Math.min(random.pick([0, 500, 3000, 20_000]), longestUs / Math.max(1, writes.length));
  const pause = (): number => (random.chance(0.3) ? 0 : Math.round(random.fraction() * 2 * most));
  const plan = writes.map(({ stream, bytes }) => `${stream === 'stdout' ? 1 : 2} ${bytes.length} ${pause()}\n`);
  const name = path.join(folder, String(rank));
  writeFileSync(`${name}.plan`, plan.join(''));
  writeFileSync(`${name}.bytes`, Buffer.concat(writes.map(({ bytes }) => bytes)));
  writeFileSync(
    `${name}.stdout`,
    Buffer.concat(writes.filter(({ stream }) => stream === 'stdout').map(({ bytes }) => bytes)),
  );
}
