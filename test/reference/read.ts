/**
 * The reference reader: the whole log in memory, every byte looked at, every line put together, every text decoded, none
 * skipped. It shares the dialects' grammar, the folding of one rank's events and what recognises a launcher with the
 * program; not how bytes become lines and texts, nor how the books are kept.
 */
import type { Run } from '../../src/experiment.js';
import { binaryRun } from '../../src/log/binary-run.js';
import { detectDialect, isBinary } from '../../src/log/detect.js';
import { dialects } from '../../src/log/dialects/index.js';
import { shippedDialects } from '../../src/log/dialects/shipped.js';
import type { Dialect } from '../../src/log/event.js';
import { customLauncher, detectLauncher, type Launcher, launcherNamed } from '../../src/log/launchers/index.js';
import type { ParseOptions } from '../../src/log/parse-log.js';
import { numberRanks } from '../../src/log/rank-numbers.js';
import { dialectOfHead } from '../../src/log/recognise.js';
import { detectLayers, type Layers } from '../../src/log/unwrap.js';
import { keepBooks } from './books.js';
import { demultiplex, type Source } from './demultiplex.js';
import type { StreamLine } from './streams.js';

export interface ReferenceReading {
  readonly run: Run;
  readonly lines: readonly StreamLine[];
  /** The run with its ranks by the numbers in their tags, where these are not their own. */
  readonly asTagged: Run | undefined;
}

type Options = Pick<ParseOptions, 'launcher' | 'rankPrefix' | 'rank' | 'maxPoints'>;

const headBytes = 256 * 1024;

export function readByReference(log: Buffer, options: Options = {}): ReferenceReading {
  if (isBinary(log.subarray(0, headBytes))) return { run: binaryRun(log.length), lines: [], asTagged: undefined };
  const layers = detectLayers(log.toString('latin1', 0, headBytes));
  const source = layers ? unwrapped(log, layers) : plain(log);
  const start = log.subarray(0, headBytes);
  const headInside = layers ? layers.unwrapper().feed(start, 0, true).bytes : start;
  const head = headInside.toString('latin1');
  const launcher = options.rankPrefix
    ? customLauncher(options.rankPrefix)
    : options.launcher
      ? launcherNamed(options.launcher, head, options.rank)
      : detectLauncher(head, options.rank);
  const name = options.rankPrefix ? 'custom' : launcher.name;
  const lines = demultiplex(source, { name, launcher, rankPrefix: options.rankPrefix, rank: options.rank });
  const book = {
    lines,
    launcher,
    dialect: findDialect(log, headInside, launcher),
    maxPoints: options.maxPoints ?? null,
    bytes: log.length,
    nulBytes: log.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0),
  };
  const { run, looksMixed } = keepBooks({ ...book, isMixed: false });
  if (looksMixed) return { run: keepBooks({ ...book, isMixed: true }).run, lines, asTagged: undefined };
  const { pairBase } = launcher;
  return { run: pairBase === undefined ? run : numberRanks(run, pairBase), lines, asTagged: run };
}

function plain(log: Buffer): Source {
  return { bytes: log, text: log.toString('latin1'), offsetAt: (position) => position };
}

function unwrapped(log: Buffer, layers: Layers): Source {
  const { bytes, marks } = layers.unwrapper().feed(log, 0, true);
  const offsets: number[] = [];
  for (let i = 0; i < marks.length; i += 2) {
    const end = marks[i + 2] ?? bytes.length;
    for (let at = marks[i] as number; at < end; at += 1)
      offsets[at] = (marks[i + 1] as number) + at - (marks[i] as number);
  }
  return { bytes, text: bytes.toString('latin1'), offsetAt: (position) => offsets[position] ?? position };
}

/** The dialect of the first part of the log that shows one. */
function findDialect(log: Buffer, head: Buffer, launcher: Launcher): Dialect | undefined {
  const candidates = [...dialects, ...shippedDialects()];
  for (let at = 0; at === 0 || at < log.length; at += headBytes) {
    const found =
      at === 0
        ? dialectOfHead(head, launcher, candidates)
        : detectDialect(log.toString('latin1', at, at + headBytes), candidates);
    if (found) return found;
  }
  return undefined;
}
