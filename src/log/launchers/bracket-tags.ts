/**
 * Tags in brackets alone, at the start of a chunk and not only of a line: `[7] ` of MPICH's and Intel MPI's `mpiexec -l`, in
 * front of every line of a chunk and of its unfinished rest (mpich src/pm/hydra/ui), and `[default7]:` of torchrun --tee, in
 * front of what it finds each time it looks into a rank's file (torch/distributed/elastic/multiprocessing/tail_log.py).
 */
import type { PieceTaker, Stream } from '../unweave.js';
import { census } from './census.js';
import { insideTags } from './inside-tags.js';
import { type Block, holdBytes, type LookAhead, newline, type Splitter } from './splitter.js';

export interface BracketStyle {
  /** A whole tag, with a group `rank`, and perhaps `name`, which begins a line before it counts inside one; tried where a bracket opens. */
  readonly tag: RegExp;
  /** A tag is at most this long. */
  readonly tagBytes: number;
  readonly isUnmistakable: boolean;
  /** As the launcher's. */
  readonly pairBase?: number | undefined;
}

/** Looked at behind a tag. */
const behindBytes = 10;
const bracket = 91;
const carriageReturn = 13;
const backspace = 8;

export function bracketTagSplitter(style: BracketStyle): (unweaver: PieceTaker, lookAhead: LookAhead) => Splitter {
  const pattern = new RegExp(style.tag.source, 'y');
  const { tagBytes } = style;
  return (unweaver, lookAhead) => {
    const launcher = unweaver.stream(null, 'launcher');
    const ranks = census(style, lookAhead);
    const names = new Set<string>();
    let current: Stream = launcher;
    let atLineStart = true;
    const inside = insideTags(unweaver);
    /** Nothing was printed behind the last tag yet. */
    let isBehindTag = false;
    /** The piece at hand is the first of a rank's line, and of a line of the log. */
    let isFirstPiece = false;

    const split = (block: Block): number => {
      const { bytes, to, final } = block;
      unweaver.open(bytes, block.locate);
      let position = block.from;
      let nextNewline = find(bytes, newline, position, to);
      let nextTag = find(bytes, bracket, position, to);
      for (;;) {
        if (nextTag < nextNewline) {
          if (!final && nextTag + 2 * tagBytes + behindBytes > to) break;
          const tag = maybeTag(bytes, nextTag, Math.min(to, nextTag + tagBytes), pattern);
          if (tag) {
            const begins = atLineStart && nextTag === position;
            // No program writes this and then begins its own line anew.
            const isOverwriting = isOverwriter(tag.end < to ? bytes[tag.end] : undefined);
            if (begins || isOverwriting) {
              ranks.begins(tag.rank);
              names.add(tag.name);
            }
            const isTag = begins || isOverwriting || isInside(block, position, nextTag, tag);
            if (isTag === undefined) return position;
            if (isTag) {
              unweaver.append(current, position, nextTag);
              current = unweaver.stream(tag.rank, 'stdout');
              inside.piece(current, behindOf(block, tag.end), begins);
              isFirstPiece = begins && !unweaver.isOpen(current);
              position = tag.end;
              atLineStart = false;
              isBehindTag = true;
            }
          }
          nextTag = find(bytes, bracket, Math.max(nextTag + 1, position), to);
        } else if (nextNewline < to) {
          unweaver.append(current, position, nextNewline);
          unweaver.endLine(current);
          inside.ended(current);
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

    /** Whether what looks like a tag inside a line is one; undefined where the log may still grow to say so. */
    const isInside = (block: Block, from: number, at: number, tag: Tag): boolean | undefined => {
      // Two tags in a row would be one of an empty chunk.
      if ((isBehindTag && at === from) || !names.has(tag.name)) return false;
      const isRank = ranks.has(tag.rank, block.locate(tag.end), block.final);
      if (style.isUnmistakable || isRank === undefined) return isRank;
      const before = block.bytes.toString('latin1', Math.max(from, at - 40), at);
      if (!isRank) inside.text(before);
      const other = unweaver.stream(tag.rank, 'stdout');
      const behind = behindOf(block, tag.end);
      const isOverwriting = isOverwriter(block.bytes[from]);
      return isRank && inside.isTag({ current, other, before, behind, isFirstPiece, isOverwriting });
    };

    return { split };
  };
}

interface Tag {
  readonly end: number;
  readonly rank: number;
  readonly name: string;
}

function isOverwriter(byte: number | undefined): boolean {
  return byte === carriageReturn || byte === backspace;
}

/** The few bytes that follow a tag. */
function behindOf({ bytes, to }: Block, end: number): string {
  return bytes.toString('latin1', end, Math.min(to, end + behindBytes));
}

function find(bytes: Buffer, byte: number, from: number, to: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 || at >= to ? to : at;
}

function maybeTag(bytes: Buffer, start: number, end: number, pattern: RegExp): Tag | undefined {
  // Most brackets open a progress bar.
  const next = bytes[start + 1];
  if (next === 61 || next === 62 || next === 46) return undefined;
  pattern.lastIndex = 0;
  const match = pattern.exec(bytes.toString('latin1', start, end));
  if (!match) return undefined;
  return { end: start + match[0].length, rank: Number(match.groups?.rank), name: match.groups?.name ?? '' };
}
