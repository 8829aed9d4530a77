/** `[1,7]<stdout>:` and its kin: a tag anywhere hands over to its rank; only a newline ends a line. */
import { droppedOutput } from '../../src/log/launchers/dropped-output.js';
import type { Source } from './demultiplex.js';
import { realRanks } from './ranks.js';
import { type OpenStream, type StreamLine, Streams } from './streams.js';

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const time = `${day} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}`;
const wholeTag = new RegExp(
  `(?:${time}|\\[${day} [^\\]\\n]{18,20}\\])?\\[(?:(?:[\\w.-]+@)?\\d+,)?(?:mpirank:)?(?<rank>\\d+)(?:,algo-\\d+)?\\](?:\\[[^\\]\\s]*:\\d+\\])?<(?<kind>stdout|stderr|stddiag|stdlost)>:`,
  'y',
);
const anyTag =
  /\[(?:(?:[\w.-]+@)?\d+,)?(?:mpirank:)?(?<rank>\d{1,6})(?:,algo-\d+)?\](?:\[[^\]\s]*:\d+\])?<std(?:out|err|diag)>:/;
const newline = 10;
const tagStart = /[[MTWFS]/;
const rulerDashes = 74;
/** No host's name is so long that what stands before a tag's `<` is longer. */
const headBytes = 256;

export interface MpiTags {
  /** Only at the start of a line is a tag one. */
  readonly atLineStartOnly: boolean;
  readonly blankBehind: boolean;
}

export function splitAtMpiTags({ bytes, text, offsetAt }: Source, style: MpiTags): StreamLine[] {
  const streams = new Streams();
  const launcher = streams.of(null, 'launcher');
  const drops = watchDrops();
  const ranks = realRanks(text, anyTag);
  let current: OpenStream = launcher;
  /** Whose line it is that holds what looks like the tag of a rank that never was: what follows is nobody's. */
  let doubtful: OpenStream | undefined;
  let isLineStart = true;
  /** Where the piece at hand begins, behind the last tag or newline. */
  let piece = 0;
  const put = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) streams.put(current, bytes[i] as number, offsetAt(i));
  };
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === newline) {
      if (doubtful) {
        if (at > piece) streams.end(launcher);
        streams.end(doubtful);
      } else streams.end(current);
      current = launcher;
      doubtful = undefined;
      isLineStart = true;
      at += 1;
      piece = at;
      continue;
    }
    const tag = style.atLineStartOnly && !isLineStart ? undefined : maybeTag(text, at, style);
    if (tag?.kind === 'lost') {
      streams.doubt(current, droppedOutput);
      isLineStart = false;
      at = tag.end;
      piece = at;
      continue;
    }
    if (tag) {
      if (isLineStart) ranks.begins(tag.rank);
      if (isLineStart || ranks.has(tag.rank, tag.end)) {
        const next = streams.of(tag.rank, tag.kind);
        const loser = drops.tag(next, offsetAt(at), tag.end - at, isLineStart);
        if (loser) streams.doubt(loser, droppedOutput);
        if (loser && current === launcher && streams.isOpen(launcher)) streams.end(launcher);
        current = next;
        doubtful = undefined;
      } else {
        put(at, tag.end);
        doubtful ??= current;
        current = launcher;
      }
      isLineStart = false;
      at = tag.end;
      piece = at;
      continue;
    }
    isLineStart = false;
    if (current !== launcher && beginsMessage(text, at, piece)) {
      // Open MPI's own words, in mid-line of a rank that goes on behind them.
      current = launcher;
      put(at, at + rulerDashes);
      streams.end(launcher);
      isLineStart = true;
      at += rulerDashes + 1;
      piece = at;
      continue;
    }
    put(at, at + 1);
    at += 1;
  }
  return streams.close();
}

/** Exactly 74 dashes that end a line, where the next one has no tag. */
function beginsMessage(text: string, at: number, piece: number): boolean {
  if (text[at] !== '-' || (at > piece && text[at - 1] === '-')) return false;
  if (text.slice(at, at + rulerDashes + 1) !== `${'-'.repeat(rulerDashes)}\n`) return false;
  const next = text.slice(at + rulerDashes + 1, at + rulerDashes + 26);
  return !next.startsWith('[') && !new RegExp(`^${time}`).test(next);
}

function maybeTag(
  text: string,
  at: number,
  { blankBehind }: MpiTags,
): { rank: number; kind: 'stdout' | 'stderr' | 'lost'; end: number } | undefined {
  if (!tagStart.test(text[at] ?? '')) return undefined;
  wholeTag.lastIndex = at;
  const match = wholeTag.exec(text);
  if (!match?.groups || match[0].lastIndexOf('<') > headBytes) return undefined;
  const end = at + match[0].length;
  return {
    rank: Number(match.groups.rank),
    kind: match.groups.kind === 'stdout' ? 'stdout' : match.groups.kind === 'stdlost' ? 'lost' : 'stderr',
    end: blankBehind && text[end] === ' ' ? end + 1 : end,
  };
}

/**
 * Open MPI gives a chunk and its tags 8,192 bytes, and drops the rest. A tag that stands exactly so far behind one that began
 * such a chunk, of a rank that had a hundred tags on end, says so.
 */
function watchDrops(): {
  tag(stream: OpenStream, offset: number, length: number, begins: boolean): OpenStream | undefined;
} {
  let starts: number[] = [];
  let present: OpenStream | undefined;
  return {
    tag(stream, offset, length, begins) {
      const first = starts.indexOf(offset - 8192);
      const isFull = starts.length >= 100 && first >= 0 && (starts.length - first) * length > 4096;
      const lost = isFull ? present : undefined;
      if (stream !== present || lost || !begins) starts = [];
      present = stream;
      starts.push(offset);
      return lost;
    },
  };
}
