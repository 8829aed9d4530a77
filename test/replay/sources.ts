/** What ranks print in a replay: streams that real trainings wrote, and random Keras trainings. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { arbitraryTraining } from '../weave.js';
import type { Random } from '../weave-random.js';
import type { Write } from '../weave-stream.js';

/** One training: what each of its ranks writes. */
export interface Replay {
  readonly name: string;
  /** By rank. */
  readonly ranks: readonly (readonly Write[])[];
}

/** What a program writes at once: lines and bars; words, as unbuffered prints do; blocks of a buffer; or anything. */
export type Manner = 'lines' | 'words' | 'blocks' | 'anywhere';

const allManners: readonly Manner[] = ['lines', 'lines', 'words', 'blocks', 'anywhere'];
const folder = path.resolve('test/fixtures/streams');

/** Names of the recorded trainings. */
export const recordings: readonly string[] = readdirSync(folder).sort();
/** Those that are lines of ASCII. */
export const plainRecordings: readonly string[] = ['fairseq', 'imagenet', 'pytorch'];

/** A recorded training on `size` ranks, the streams of its own ranks dealt out among them and cut into writes. */
export function recorded(name: string, size: number, random: Random, manners: readonly Manner[] = allManners): Replay {
  const files = readdirSync(path.join(folder, name)).sort();
  const streams = files.map((file) => readFileSync(path.join(folder, name, file)));
  const first = random.integer(0, streams.length - 1);
  const ranks = Array.from({ length: size }, (_, rank) =>
    cut(streams[(first + rank) % streams.length] ?? Buffer.alloc(0), random.pick(manners), random),
  );
  return { name, ranks };
}

/** A random Keras training; with `hasErrors` native code prints to the standard error in the midst of it. */
export function invented(size: number, hasErrors: boolean, random: Random): Replay {
  const [training] = fc.sample(
    arbitraryTraining.filter(({ ranks }) => ranks.length >= Math.min(size, 8)),
    { numRuns: 1, seed: random.integer(0, 2 ** 31) },
  );
  const writes = (training?.ranks ?? []).slice(0, size).map((rank) => rank.writes);
  const ranks = hasErrors ? writes : writes.map((each) => each.filter((write) => write.stream === 'stdout'));
  return { name: `invented ${training?.generation}`, ranks };
}

/** A stream in the writes of a program of such a manner. */
function cut(stream: Buffer, manner: Manner, random: Random): Write[] {
  const text = stream.toString('latin1');
  const pieces =
    manner === 'lines'
      ? text.match(/[\b\r]*[^\b\r\n]*\n?/g)
      : manner === 'words'
        ? text.match(/[\b\r]+|[^\b\r\n ]* ?\n?|\n/g)
        : manner === 'blocks'
          ? text.match(/[\s\S]{1,4096}/g)
          : cutAnywhere(text, random);
  return (pieces ?? [])
    .filter((piece) => piece !== '')
    .map((piece) => ({ stream: 'stdout', bytes: Buffer.from(piece, 'latin1') }));
}

function cutAnywhere(text: string, random: Random): string[] {
  const pieces: string[] = [];
  const most = random.pick([8, 80, 800]);
  for (let at = 0; at < text.length; ) {
    const length = random.integer(1, most);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
