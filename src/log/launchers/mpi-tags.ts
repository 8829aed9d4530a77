/**
 * Tags of the form `[job,rank]<stdout>:` that stand at the start of a chunk, not of a line: Open MPI 1 to 4
 * (orte/mca/iof/base/iof_base_output.c), horovodrun over Gloo, Amazon SageMaker's build of Open MPI.
 * With Open MPI 5 (PMIx) the same tag, in several styles and with a blank behind, only begins a line.
 */
import type { PieceTaker, Stream, StreamKind } from '../unweave.js';
import { census, ctime, ctimeBytes } from './census.js';
import { droppedOutput, dropWatch } from './dropped-output.js';
import { type Block, holdBytes, type LookAhead, newline, type Splitter } from './splitter.js';

export interface TagStyle {
  /** The launcher keeps lines whole: what looks like a tag inside a line is the program's own text. */
  readonly atLineStartOnly: boolean;
  /** One blank belongs to the tag. */
  readonly blankBehind: boolean;
}

/** What stands for `<stdout>:` where the layer around a log shows that the line at hand lost its end. */
export const lostMark = '<stdlost>:';

/** Longest tag: a time stamp, a namespace with a host's name, host and pid. */
const tagBytes = 256;
const lessThan = 60;
// Everything in front of `<stdout>:`, from whichever style.
const tagHead =
  /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\]\n]{18,20}\])?\[(?:(?:[\w.-]+@)?\d+,)?(?:mpirank:)?(\d+)(?:,algo-\d+)?\](?:\[[^\]\s]*:\d+\])?$/;
const anyTag =
  /\[(?:(?:[\w.-]+@)?\d+,)?(?:mpirank:)?(?<rank>\d{1,6})(?:,algo-\d+)?\](?:\[[^\]\s]*:\d+\])?<std(?:out|err|diag)>:/;
/** The ruler that frames Open MPI's own messages, which it prints in mid-line of a rank. */
const ruler = Buffer.from('-'.repeat(74));
const dash = 45;

interface Tag {
  readonly start: number;
  readonly end: number;
  readonly rank: number;
  readonly kind: StreamKind | 'lost';
}

export function mpiTagSplitter(style: TagStyle): (unweaver: PieceTaker, lookAhead: LookAhead) => Splitter {
  return (unweaver, lookAhead) => {
    const launcher = unweaver.stream(null, 'launcher');
    const ranks = census({ tag: anyTag, isUnmistakable: true }, lookAhead);
    const drops = dropWatch();
    let current: Stream = launcher;
    /** The rank in whose line something stands that looks like a tag of no rank: what follows in that line is nobody's. */
    let doubtful: Stream | undefined;
    let atLineStart = true;

    const split = (block: Block): number => {
      const { bytes, to, final } = block;
      unweaver.open(bytes, block.locate);
      let position = block.from;
      let nextNewline = find(bytes, newline, position, to);
      let nextTag = find(bytes, lessThan, position, to);
      for (;;) {
        if (nextTag < nextNewline) {
          if (!final && nextTag + tagBytes > to) break;
          const tag = style.atLineStartOnly && !atLineStart ? undefined : maybeTag(bytes, nextTag, position, to, style);
          const begins = atLineStart && tag?.start === position;
          if (tag?.kind === 'lost') {
            unweaver.append(current, position, tag.start);
            unweaver.doubt(current, droppedOutput);
            position = tag.end;
          } else if (tag && (begins || !style.atLineStartOnly)) {
            if (begins) ranks.begins(tag.rank);
            const isTag = begins || ranks.has(tag.rank, block.locate(tag.end), final);
            if (isTag === undefined) return position;
            unweaver.append(current, position, isTag ? tag.start : tag.end);
            if (!isTag) doubtful ??= current;
            else doubtful = undefined;
            const next = isTag ? unweaver.stream(tag.rank, tag.kind) : launcher;
            const loser = isTag ? drops.tag(next, block.locate(tag.start), tag.end - tag.start, begins) : undefined;
            if (loser) unweaver.doubt(loser, droppedOutput);
            // What is left of a tag that was cut.
            if (loser && current === launcher && unweaver.isOpen(launcher)) unweaver.endLine(launcher);
            current = next;
            position = tag.end;
            atLineStart = false;
          }
          nextTag = find(bytes, lessThan, Math.max(nextTag + 1, position), to);
        } else if (nextNewline < to) {
          const isBanner = current !== launcher && beginsBanner(bytes, position, nextNewline, to, final);
          if (isBanner === undefined) return position;
          position = endLine(position, nextNewline, isBanner);
          nextNewline = find(bytes, newline, position, to);
        } else break;
      }
      return rest(block, position, nextTag);
    };

    const endLine = (position: number, end: number, isBanner: boolean): number => {
      const banner = end - ruler.length;
      unweaver.append(current, position, isBanner ? banner : end);
      if (isBanner) {
        // The rank's own line goes on behind the launcher's message.
        unweaver.append(launcher, banner, end);
        current = launcher;
      }
      if (!doubtful || end > position) unweaver.endLine(current);
      if (doubtful) unweaver.endLine(doubtful);
      doubtful = undefined;
      current = launcher;
      atLineStart = true;
      return end + 1;
    };

    /** What is left holds no newline; a piece that is long enough is handed on, but for a tag that may begin in it. */
    const rest = (block: Block, position: number, nextTag: number): number => {
      if (!block.final && block.to - position < holdBytes) return position;
      const safe = block.final ? block.to : Math.max(position, Math.min(nextTag - tagBytes, block.to - 2 * tagBytes));
      if (safe > position) {
        unweaver.append(current, position, safe);
        atLineStart = false;
      }
      return safe;
    };

    return { split };
  };
}

/**
 * Whether the line that ends at `end` ends in the ruler above a message of Open MPI's own, rather than in dashes of the
 * rank's: behind those the rank's next line, if any, has a tag. undefined where what follows is not there yet.
 */
function beginsBanner(bytes: Buffer, position: number, end: number, to: number, final: boolean): boolean | undefined {
  const start = end - ruler.length;
  if (bytes[end - 1] !== dash || start < position || bytes[start - 1] === dash) return false;
  if (bytes.compare(ruler, 0, ruler.length, start, end) !== 0) return false;
  if (!final && end + 1 + ctimeBytes >= to) return undefined;
  const next = bytes.toString('latin1', end + 1, Math.min(to, end + 1 + ctimeBytes));
  return next[0] !== '[' && !ctime.test(next);
}

function find(bytes: Buffer, byte: number, from: number, to: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 || at >= to ? to : at;
}

/** The tag whose `<` stands at `lessThanAt`, if it is one, begins at or after `from` and ends before `to`. */
function maybeTag(bytes: Buffer, lessThanAt: number, from: number, to: number, style: TagStyle): Tag | undefined {
  if (bytes[lessThanAt - 1] !== 93) return undefined;
  const word = wordLength(bytes, lessThanAt + 1);
  if (word === 0 || bytes[lessThanAt + 1 + word] !== 62 || bytes[lessThanAt + 2 + word] !== 58) return undefined;
  const initial = bytes[lessThanAt + 4];
  const kind = initial === 111 ? 'stdout' : initial === 108 ? 'lost' : 'stderr';
  const behind = lessThanAt + word + 3;
  // What follows the bytes read is left of an earlier block.
  if (behind > to) return undefined;
  const end = style.blankBehind && behind < to && bytes[behind] === 32 ? behind + 1 : behind;
  return maybePlainTag(bytes, lessThanAt, from, end, kind) ?? maybeStyledTag(bytes, lessThanAt, from, end, kind);
}

/** Length of `stdout`, `stderr`, `stddiag` or `stdlost` at `at`, else 0; by bytes, since it is asked of every `<` of a log. */
function wordLength(bytes: Buffer, at: number): number {
  if (bytes[at] !== 115 || bytes[at + 1] !== 116 || bytes[at + 2] !== 100) return 0;
  const [a, b, c, d] = [bytes[at + 3], bytes[at + 4], bytes[at + 5], bytes[at + 6]];
  if (a === 111 && b === 117 && c === 116) return 6;
  if (a === 101 && b === 114 && c === 114) return 6;
  if (a === 108 && b === 111 && c === 115 && d === 116) return 7;
  return a === 100 && b === 105 && c === 97 && d === 103 ? 7 : 0;
}

/** `[1,7]`, by far the most frequent head, without a regular expression. */
function maybePlainTag(
  bytes: Buffer,
  lessThanAt: number,
  from: number,
  end: number,
  kind: Tag['kind'],
): Tag | undefined {
  let at = lessThanAt - 2;
  let rank = 0;
  for (let scale = 1; at >= from && isDigit(bytes[at]); at -= 1, scale *= 10)
    rank += ((bytes[at] as number) - 48) * scale;
  if (bytes[at] !== 44 || at === lessThanAt - 2) return undefined;
  const comma = at;
  at -= 1;
  while (at >= from && isDigit(bytes[at])) at -= 1;
  if (at < from || bytes[at] !== 91 || at === comma - 1) return undefined;
  // Another bracket in front may belong to the tag as well.
  if (at > from && bytes[at - 1] === 93) return undefined;
  return { start: withTime(bytes, at, from), end, rank, kind };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Where the tag begins when a time stamp is glued to its front, as `--timestamp-output` does. */
function withTime(bytes: Buffer, start: number, from: number): number {
  const stamp = start - ctimeBytes;
  if (stamp < from || !isDigit(bytes[start - 1])) return start;
  return ctime.test(bytes.toString('latin1', stamp, start)) ? stamp : start;
}

function maybeStyledTag(
  bytes: Buffer,
  lessThanAt: number,
  from: number,
  end: number,
  kind: Tag['kind'],
): Tag | undefined {
  const head = bytes.toString('latin1', Math.max(from, lessThanAt - tagBytes), lessThanAt);
  const match = tagHead.exec(head);
  if (!match) return undefined;
  const start = lessThanAt - match[0].length;
  return { start, end, rank: Number(match[1]), kind };
}
