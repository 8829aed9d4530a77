/**
 * `[7] ` of MPICH's and Intel MPI's `mpiexec -l`: in front of every line of a chunk and of its unfinished rest
 * (mpich src/pm/hydra/ui), so also in mid-line, where nothing but its rank tells it from a program's own brackets.
 */
import type { Stream, Unweaver } from '../unweave.js';
import { type Block, holdBytes, newline, type Probe, type Splitter } from './splitter.js';

const bracket = 91;
/** `[` + at most 6 digits + `] `. */
const tagBytes = 9;

export function hydraTagSplitter(unweaver: Unweaver, probe: Probe): Splitter {
  const launcher = unweaver.stream(null, 'launcher');
  const real = new Map<number, boolean>();
  let current: Stream = launcher;
  let atLineStart = true;

  const isReal = (rank: number, tag: Buffer, offset: number, final: boolean): boolean | undefined => {
    const known = real.get(rank);
    if (known !== undefined) return known;
    const found = probe(tag, offset) ?? (final ? false : undefined);
    if (found !== undefined) real.set(rank, found);
    return found;
  };

  const split = (block: Block): number => {
    const { bytes, to, final } = block;
    unweaver.open(bytes, block.locate);
    let position = block.from;
    let nextNewline = find(bytes, newline, position, to);
    let nextTag = find(bytes, bracket, position, to);
    for (;;) {
      if (nextTag < nextNewline) {
        if (!final && nextTag + 2 * tagBytes > to) break;
        const end = maybeTagEnd(bytes, nextTag, to);
        if (end > 0) {
          const rank = Number(bytes.toString('latin1', nextTag + 1, end - 2));
          const begins = atLineStart && nextTag === position;
          const isTag =
            begins ||
            (!isInText(bytes, position, nextTag, end) &&
              isReal(rank, bytes.subarray(nextTag, end), block.locate(end), final));
          if (isTag === undefined) return position;
          if (isTag) {
            if (begins) real.set(rank, true);
            unweaver.append(current, position, nextTag);
            current = unweaver.stream(rank, 'stdout');
            position = end;
            atLineStart = false;
          }
        }
        nextTag = find(bytes, bracket, Math.max(nextTag + 1, position), to);
      } else if (nextNewline < to) {
        unweaver.append(current, position, nextNewline);
        unweaver.endLine(current);
        current = launcher;
        atLineStart = true;
        position = nextNewline + 1;
        nextNewline = find(bytes, newline, position, to);
      } else break;
    }
    if (!final && to - position < holdBytes) return position;
    const safe = final ? to : Math.max(position, Math.min(nextTag, to - 2 * tagBytes));
    if (safe > position) {
      unweaver.append(current, position, safe);
      atLineStart = false;
    }
    return safe;
  };

  return { split };
}

function find(bytes: Buffer, byte: number, from: number, to: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 || at >= to ? to : at;
}

/** The end of `[digits] ` at `start`, or 0. */
function maybeTagEnd(bytes: Buffer, start: number, to: number): number {
  let at = start + 1;
  while (at < to && at - start <= 6 && (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at += 1;
  return at > start + 1 && bytes[at] === 93 && bytes[at + 1] === 32 && at + 1 < to ? at + 2 : 0;
}

/** `Epoch: [0] [ 10/50]`, `gpu=[1] `, `host:18:24 [0] NCCL INFO`: brackets that the words around them explain. */
function isInText(bytes: Buffer, from: number, start: number, end: number): boolean {
  if (bytes.toString('latin1', end, end + 5) === 'NCCL ') return true;
  return /[:=([,]\s*$/.test(bytes.toString('latin1', Math.max(from, start - 8), start));
}
