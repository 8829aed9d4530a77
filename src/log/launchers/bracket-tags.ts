/**
 * Tags in brackets alone, at the start of a chunk and not only of a line: `[7] ` of MPICH's and Intel MPI's `mpiexec -l`, in
 * front of every line of a chunk and of its unfinished rest (mpich src/pm/hydra/ui), and `[default7]:` of torchrun --tee, in
 * front of what it finds each time it looks into a rank's file (torch/distributed/elastic/multiprocessing/tail_log.py).
 */
import type { Stream, Unweaver } from '../unweave.js';
import { census } from './census.js';
import { type Block, holdBytes, type LookAhead, newline, type Splitter } from './splitter.js';

export interface BracketStyle {
  /** A whole tag, with a group `rank`, and perhaps `name`, which begins a line before it counts inside one; tried where a bracket opens. */
  readonly tag: RegExp;
  /** A tag is at most this long. */
  readonly tagBytes: number;
  readonly isUnmistakable: boolean;
}

const bracket = 91;
const carriageReturn = 13;
const backspace = 8;

export function bracketTagSplitter(style: BracketStyle): (unweaver: Unweaver, lookAhead: LookAhead) => Splitter {
  const pattern = new RegExp(style.tag.source, 'y');
  const { tagBytes } = style;
  return (unweaver, lookAhead) => {
    const launcher = unweaver.stream(null, 'launcher');
    const ranks = census(style, lookAhead);
    const names = new Set<string>();
    let current: Stream = launcher;
    let atLineStart = true;
    /** Nothing was printed behind the last tag yet. */
    let isBehindTag = false;

    const split = (block: Block): number => {
      const { bytes, to, final } = block;
      unweaver.open(bytes, block.locate);
      let position = block.from;
      let nextNewline = find(bytes, newline, position, to);
      let nextTag = find(bytes, bracket, position, to);
      for (;;) {
        if (nextTag < nextNewline) {
          if (!final && nextTag + 2 * tagBytes > to) break;
          const tag = maybeTag(bytes, nextTag, Math.min(to, nextTag + tagBytes), pattern);
          if (tag) {
            const begins = atLineStart && nextTag === position;
            // No program writes this and then begins its own line anew.
            const isOverwriting = bytes[tag.end] === carriageReturn || bytes[tag.end] === backspace;
            if (begins || isOverwriting) {
              ranks.begins(tag.rank);
              names.add(tag.name);
            }
            // Two tags in a row would be one of an empty chunk.
            const isText =
              (isBehindTag && nextTag === position) ||
              !names.has(tag.name) ||
              isInText(bytes, position, nextTag, tag.end);
            const isTag = begins || isOverwriting || (!isText && ranks.has(tag.rank, block.locate(tag.end), final));
            if (isTag === undefined) return position;
            if (isTag) {
              unweaver.append(current, position, nextTag);
              current = unweaver.stream(tag.rank, 'stdout');
              position = tag.end;
              atLineStart = false;
              isBehindTag = true;
            }
          }
          nextTag = find(bytes, bracket, Math.max(nextTag + 1, position), to);
        } else if (nextNewline < to) {
          unweaver.append(current, position, nextNewline);
          unweaver.endLine(current);
          current = launcher;
          atLineStart = true;
          isBehindTag = false;
          position = nextNewline + 1;
          nextNewline = find(bytes, newline, position, to);
        } else break;
      }
      if (!final && to - position < holdBytes) return position;
      const safe = final ? to : Math.max(position, Math.min(nextTag, to - 2 * tagBytes));
      if (safe > position) {
        unweaver.append(current, position, safe);
        atLineStart = false;
        isBehindTag = false;
      }
      return safe;
    };

    return { split };
  };
}

function find(bytes: Buffer, byte: number, from: number, to: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 || at >= to ? to : at;
}

function maybeTag(
  bytes: Buffer,
  start: number,
  end: number,
  pattern: RegExp,
): { end: number; rank: number; name: string } | undefined {
  // Most brackets open a progress bar.
  const next = bytes[start + 1];
  if (next === 61 || next === 62 || next === 46) return undefined;
  pattern.lastIndex = 0;
  const match = pattern.exec(bytes.toString('latin1', start, end));
  if (!match) return undefined;
  return { end: start + match[0].length, rank: Number(match.groups?.rank), name: match.groups?.name ?? '' };
}

/** `Epoch: [0] [ 10/50]`, `gpu=[1] `, `host:18:24 [0] NCCL INFO`: brackets that the words around them explain. */
function isInText(bytes: Buffer, from: number, start: number, end: number): boolean {
  if (bytes.toString('latin1', end, end + 5) === 'NCCL ') return true;
  return /[:=([,]\s*$/.test(bytes.toString('latin1', Math.max(from, start - 8), start));
}
