/** Launchers by their real rules: how each mixes the streams of its ranks into one file. */
import { Paper, type Source, type Woven } from './weave-paper.js';
import type { Random } from './weave-random.js';

/** Weaves streams in random pieces. */
export type Weave = (sources: readonly Source[], random: Random) => Woven;

export interface WovenLauncher {
  /** As `Run.launcher` must say. */
  readonly name: 'none' | 'openmpi' | 'prrte' | 'mpich' | 'srun' | 'horovodrun' | 'torchrun';
  readonly style: string;
  readonly weave: Weave;
  /** Some of what the ranks print can be lost or become ambiguous by the launcher's own doing. */
  readonly isLossy: boolean;
}

const ctime = 'Thu Jun 18 14:28:38 2020';

export const wovenLaunchers: readonly WovenLauncher[] = [
  { name: 'openmpi', style: '4 --tag-output', weave: openMpi4(false), isLossy: false },
  { name: 'openmpi', style: '4 --tag-output --timestamp-output', weave: openMpi4(true), isLossy: false },
  ...Object.entries({
    tag: (source: Source) => `[1,${source.rank}]<${source.stream}>: `,
    'tag-detailed': (source: Source) => `[1,${source.rank}][node01:${4711 + source.rank}]<${source.stream}>: `,
    'tag-fullname': (source: Source) => `[prterun-node-1-99@1,${source.rank}]<${source.stream}>: `,
    rank: (source: Source) => `[${source.rank}]<${source.stream}>: `,
    'timestamp with tag': (source: Source) => `[${ctime}][1,${source.rank}]<${source.stream}>: `,
  }).map(([style, tag]) => ({ name: 'prrte', style: `5 ${style}`, weave: lineBuffered(tag), isLossy: false }) as const),
  { name: 'mpich', style: '-l', weave: hydra, isLossy: true },
  { name: 'srun', style: '--label', weave: srunLabel, isLossy: true },
  { name: 'srun', style: '--label --unbuffered', weave: srunUnbuffered, isLossy: true },
  { name: 'horovodrun', style: 'Gloo', weave: gloo(''), isLossy: false },
  { name: 'horovodrun', style: 'Gloo, with time', weave: gloo(ctime), isLossy: false },
  { name: 'torchrun', style: '--tee 3', weave: torchrun, isLossy: true },
];

/** No launcher: write by write, whoever writes. */
export const untagged: WovenLauncher = {
  name: 'none',
  style: 'no tags',
  isLossy: true,
  weave: (sources, random) =>
    weaveBy(sources, random, (paper, source, from) => {
      const end = source.writeEnds.find((candidate) => candidate > from) ?? source.bytes.length;
      paper.copy(source, from, end);
      return end;
    }),
};

/** One after the other, in random order, until all sources are at their ends; `take` returns how far it came. */
function weaveBy(
  sources: readonly Source[],
  random: Random,
  take: (paper: Paper, source: Source, from: number) => number,
): Woven {
  const paper = new Paper();
  const live = sources.map((source) => ({ source, at: 0 }));
  while (live.length > 0) {
    // Now and then one of them has the floor for a while.
    const turn = random.integer(0, live.length - 1);
    const one = live[turn];
    if (!one) break;
    for (let left = random.pick([1, 1, 1, 2, 8]); left > 0 && one.at < one.source.bytes.length; left -= 1)
      one.at = take(paper, one.source, one.at);
    if (one.at >= one.source.bytes.length) live.splice(turn, 1);
  }
  return paper.woven();
}

/** Where a chunk ends that a launcher reads: a write, several of them, or a part of one. */
function chunkEnd(source: Source, from: number, most: number, random: Random, anywhere = 0.4): number {
  const write = source.writeEnds.find((end) => end > from) ?? source.bytes.length;
  const wanted = random.chance(anywhere)
    ? from + random.integer(1, random.pick([60, most]))
    : random.chance(0.1)
      ? from + most
      : write;
  return Math.min(wanted, from + most, source.bytes.length);
}

/** How often a pipe is read in the middle of a write: when a buffer is full. */
const rarely = 0.02;

/** A tag at the start of each chunk and behind each newline in it but the last byte; what passes 8,192 bytes is lost. */
function openMpi4(hasTime: boolean): Weave {
  return (sources, random) =>
    weaveBy(sources, random, (paper, source, from) => {
      const end = chunkEnd(source, from, source.stream === 'stdout' ? 4095 : 4096, random);
      const tag = `${hasTime ? ctime : ''}[1,${source.rank}]<${source.stream}>:`;
      let room = 8192;
      const addTag = (): void => {
        paper.add(tag.slice(0, Math.max(0, room)));
        room -= tag.length;
      };
      addTag();
      for (const { start, stop } of linesOf(source, from, end)) {
        paper.copy(source, start, Math.min(stop, start + Math.max(0, room)));
        room -= stop - start;
        if (stop < end) addTag();
      }
      return end;
    });
}

/** Whole lines with a tag each; what follows the last newline waits for its own. */
function lineBuffered(tagOf: (source: Source) => string): Weave {
  return (sources, random) =>
    weaveBy(sources, random, (paper, source, from) => {
      const end = lineEnd(source, from);
      paper.add(tagOf(source));
      paper.copy(source, from, end);
      return end;
    });
}

/** A tag in front of every line of a chunk and of its unfinished rest. */
function hydra(sources: readonly Source[], random: Random): Woven {
  return weaveBy(sources, random, (paper, source, from) => {
    const end = chunkEnd(source, from, 65_536, random, rarely);
    for (const { start, stop } of linesOf(source, from, end)) {
      paper.add(`[${source.rank}] `);
      paper.copy(source, start, stop);
    }
    return end;
  });
}

/** Whole lines, cut after 1,024 bytes, each piece with a label in front and a newline behind. */
function srunLabel(sources: readonly Source[], random: Random): Woven {
  const width = labelWidth(sources);
  return weaveBy(sources, random, (paper, source, from) => {
    const end = lineEnd(source, from);
    const pieceEnd = Math.min(end, from + 1024);
    addLabelled(paper, source, from, pieceEnd, width);
    return pieceEnd;
  });
}

/** Every write, or a part of it, as a line of its own. */
function srunUnbuffered(sources: readonly Source[], random: Random): Woven {
  const width = labelWidth(sources);
  return weaveBy(sources, random, (paper, source, from) => {
    const end = chunkEnd(source, from, 1024, random, rarely);
    for (const { start, stop } of linesOf(source, from, end)) addLabelled(paper, source, start, stop, width);
    return end;
  });
}

function addLabelled(paper: Paper, source: Source, from: number, to: number, width: number): void {
  paper.add(`${String(source.rank).padStart(width)}: `);
  paper.copy(source, from, to);
  if (source.bytes[to - 1] !== 10) paper.add('\n');
}

function labelWidth(sources: readonly Source[]): number {
  return String(Math.max(...sources.map((source) => source.rank))).length;
}

/** A record ends at a newline or a carriage return. */
function gloo(time: string): Weave {
  return (sources, random) =>
    weaveBy(sources, random, (paper, source, from) => {
      let end = from;
      while (end < source.bytes.length && source.bytes[end] !== 10 && source.bytes[end] !== 13) end += 1;
      end = Math.min(end + 1, source.bytes.length);
      paper.add(`${time}[${source.rank}]<${source.stream}>:`);
      paper.copy(source, from, end);
      return end;
    });
}

/** Reads files that still grow, line by line, carriage returns as newlines; a line that is not whole yet has a tag in front of each part. */
function torchrun(sources: readonly Source[], random: Random): Woven {
  return weaveBy(sources, random, (paper, source, from) => {
    const whole = lineEnd(source, from, 13);
    const end = random.chance(0.2) ? Math.min(whole, chunkEnd(source, from, 4096, random, rarely)) : whole;
    paper.add(`[default${source.rank}]:`);
    const isReturn = source.bytes[end - 1] === 13;
    paper.copy(source, from, isReturn ? end - 1 : end);
    if (isReturn) paper.add('\n');
    return end;
  });
}

/** Behind the next newline (or `other`), or the end. */
function lineEnd(source: Source, from: number, other = 10): number {
  const ends = [source.bytes.indexOf(10, from), source.bytes.indexOf(other, from)].filter((end) => end >= 0);
  return ends.length > 0 ? Math.min(...ends) + 1 : source.bytes.length;
}

/** The lines of a chunk, each with its newline; the last may lack it. */
function linesOf(source: Source, from: number, to: number): { start: number; stop: number }[] {
  const lines: { start: number; stop: number }[] = [];
  for (let start = from; start < to; ) {
    const stop = Math.min(lineEnd(source, start), to);
    lines.push({ start, stop });
    start = stop;
  }
  return lines;
}
