/** What must hold for any bytes whatever: the reader agrees with the reference, however the log grew, and no figure is invented. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Run } from '../../src/experiment.js';
import { dialects } from '../../src/log/dialects/index.js';
import { openLog, type ParseOptions, parseLog } from '../../src/log/parse-log.js';
import { readByReference } from '../reference/read.js';
import type { StreamLine } from '../reference/streams.js';
import type { Random } from '../weave-random.js';
import { inventedFigures } from './figures.js';

/** Slower than this, s per MB, and a second for a short one, a log makes the reader hang. */
const slowest = 2;

/** What does not hold of a log, which is written to `file` for it; none is right. */
export function faultsOf(log: Buffer, file: string, random: Random): string[] {
  const options: ParseOptions = random.chance(0.25) ? { maxPoints: random.integer(3, 20) } : {};
  const { run: expected, lines, asTagged = expected } = readByReference(log, options);
  writeFileSync(file, log);
  // Of this process alone, however busy the machine is.
  const start = process.cpuUsage();
  const whole = parseLog(file, options);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const isOrderOpen = wantsUpdates(options, expected) && hasTwoStreams(lines);
  const faults = differences(whole, expected)
    .filter((difference) => !(isOrderOpen && /^run\.ranks\.\d+\.steps\./.test(difference)))
    .map((difference) => `read whole: ${difference}`);
  if (seconds > 1 + (slowest * log.length) / 1e6) faults.push(`took ${seconds.toFixed(1)} s for ${log.length} bytes`);
  if (faults.length === 0 && !isOrderOpen) {
    const grown = readGrowing(log, file, options, random);
    faults.push(...differences(grown.run, expected).map((difference) => `grown at ${grown.cuts}: ${difference}`));
  }
  return [...faults, ...inventedFigures(asTagged, lines)];
}

/** Whether what lines overwrite is read as well. */
function wantsUpdates({ maxPoints }: ParseOptions, run: Run): boolean {
  return maxPoints !== undefined || dialects.find(({ name }) => name === run.trainer)?.updates === 'all';
}

/** Whether a rank printed on both of its streams: which of their updates came first is only known where a line ends (docs/proof.md). */
function hasTwoStreams(lines: readonly StreamLine[]): boolean {
  const kinds = new Map<number | null, string>();
  return lines.some(({ rank, kind }) => {
    if (kind === 'launcher') return false;
    const other = kinds.get(rank) ?? kind;
    kinds.set(rank, other);
    return other !== kind;
  });
}

/** Reads a log while it grows, in a few pieces, each of them in steps or at once, and looks at it between. */
function readGrowing(log: Buffer, file: string, options: ParseOptions, random: Random): { run: Run; cuts: string } {
  const cuts = Array.from({ length: random.integer(1, 4) }, () => random.integer(0, log.length)).sort((a, b) => a - b);
  writeFileSync(file, '');
  const reading = openLog(file, options);
  try {
    let from = 0;
    for (const cut of [...cuts, log.length]) {
      appendFileSync(file, log.subarray(from, cut));
      from = cut;
      const stepBytes = random.pick([Number.POSITIVE_INFINITY, 4096, 97 + (log.length >> 3)]);
      while (!reading.advance(stepBytes));
      if (random.chance(0.5)) reading.run(false);
    }
    return { run: reading.run(true), cuts: cuts.join(', ') };
  } finally {
    reading.close();
  }
}

/** Where two runs differ, a line each. */
export function differences(read: unknown, expected: unknown, where = 'run'): string[] {
  if (isDeepStrictEqual(read, expected)) return [];
  if (read instanceof Map && expected instanceof Map)
    return [...new Set([...read.keys(), ...expected.keys()])].flatMap((key) =>
      differences(read.get(key), expected.get(key), `${where}.${key}`),
    );
  if (isPlain(read) && isPlain(expected))
    return [...new Set([...Object.keys(read), ...Object.keys(expected)])].flatMap((key) =>
      differences(read[key], expected[key], `${where}.${key}`),
    );
  return [`${where}: read ${shown(read)}, expected ${shown(expected)}`];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function shown(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20 }).slice(0, 200);
}
