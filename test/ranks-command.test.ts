/** `tlw ranks` on logs in which one rank goes astray: from the bytes of the log to the sentence. */

import test from 'ava';
import { createSandbox } from './program.js';

interface EpochOf {
  readonly rank: number;
  readonly epoch: number;
}

interface Crowd {
  readonly ranks: number;
  readonly loss: (of: EpochOf) => number;
  readonly stepMs?: (of: EpochOf) => number;
  /** Whether its record is in the log. */
  readonly prints?: (of: EpochOf) => boolean;
}

const epochs = 24;

/** A log of Keras under Open MPI, the ranks in turn. */
function logOf({ ranks, loss, stepMs = () => 50, prints = () => true }: Crowd): string {
  const lines: string[] = [];
  const each = Array.from({ length: ranks }, (_, rank) => rank);
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    for (const rank of each.filter((rank) => prints({ rank, epoch })))
      lines.push(`[1,${rank}]<stdout>:Epoch ${epoch}/${epochs}`);
    for (const rank of each.filter((rank) => prints({ rank, epoch }))) {
      const ms = stepMs({ rank, epoch });
      lines.push(
        `[1,${rank}]<stdout>:20/20 [==============================] - ${Math.ceil(ms / 50)}s ${ms}ms/step - loss: ${loss({ rank, epoch }).toFixed(4)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A loss that falls, a little different on each rank. */
const usual = ({ rank, epoch }: EpochOf): number => 1 / epoch + 0.001 * ((rank * 7 + epoch * 3) % 5);

const crowds: Readonly<Record<string, Crowd>> = {
  drifts: { ranks: 5, loss: (of) => usual(of) + (of.rank === 3 && of.epoch >= 7 ? 0.2 * (of.epoch - 6) : 0) },
  slows: { ranks: 6, loss: usual, stepMs: ({ rank, epoch }) => (rank === 2 && epoch >= 5 ? 150 : 50 + rank) },
  gaps: {
    ranks: 5,
    loss: (of) => usual(of) + (of.rank === 1 && of.epoch >= 8 ? 1 : 0),
    prints: ({ rank, epoch }) => rank !== 1 || (epoch !== 3 && epoch !== 4),
  },
  late: { ranks: 5, loss: (of) => usual(of) + (of.rank === 0 && of.epoch >= epochs - 4 ? 0.5 : 0) },
  hiccup: { ranks: 5, loss: (of) => usual(of) + (of.rank === 3 && of.epoch === 9 ? 1 : 0) },
  two: { ranks: 2, loss: (of) => usual(of) + of.rank },
  alike: { ranks: 5, loss: ({ epoch }) => 1 / epoch },
  quiet: { ranks: 4, loss: usual, prints: ({ rank }) => rank === 0 },
  stops: { ranks: 5, loss: usual, prints: ({ rank, epoch }) => rank !== 4 || epoch <= 6 },
};

const verdicts: readonly (readonly [name: string, verdict: RegExp])[] = [
  ['drifts', /^rank 3 \(apart since epoch 7\): loss \d\.\d+, others 0\.0\d+$/],
  ['slows', /^rank 2 \(apart since epoch 5\): time per step 150 ms, others 5\d\.\d ms, \+1\d\d %$/],
  ['gaps', /^rank 1 \(apart since epoch 8\): loss 1\.\d+, others 0\.0\d+$/],
  ['late', /^rank 0 \(apart since epoch 20\): loss 0\.5\d+, others 0\.0\d+$/],
  ['hiccup', /^nothing stands out by loss$/],
  ['two', /^of 2 ranks nobody can tell which is the odd one: 4 are the least that are compared$/],
  ['alike', /^nothing stands out: all ranks print the same figures$/],
  ['quiet', /^only one rank prints figures, so the ranks cannot be compared$/],
  ['stops', /^first: rank 4 silent after epoch 6/],
];

test('the verdict names the rank that goes astray and since when, and no other', async (t) => {
  const sandbox = createSandbox(t);
  for (const [name, crowd] of Object.entries(crowds)) {
    const silent = Array.from({ length: name === 'quiet' ? 4 : 0 }, (_, rank) => `[1,${rank}]<stderr>:started\n`);
    sandbox.write(`${name}/${name}.log`, silent.join('') + logOf(crowd));
  }
  t.is((await sandbox.run('watch', '--root', 'root', '--once')).exitCode, 0);
  for (const [name, verdict] of verdicts) {
    const { stdout, stderr, exitCode } = await sandbox.run('ranks', name, '--root', 'root');
    t.is(exitCode, 0, stderr);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    t.regex(last, verdict, `${name}:\n${stdout}`);
  }
  const quiet = await sandbox.run('show', 'quiet', '--root', 'root');
  t.regex(quiet.stdout, /\nranks {5}one prints for all, so that they cannot be compared\n/);
  const { stdout } = await sandbox.run('ranks', 'drifts', '--root', 'root', '--format', 'json');
  const since = JSON.parse(stdout).map((row: Record<string, unknown>) => row['apart since']);
  t.deepEqual(since, [null, null, null, 7, null]);
});
