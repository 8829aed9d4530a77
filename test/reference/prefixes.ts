/** A program's own prefix at the start of a line says whose it is; without one all lines are of one rank. */
import type { Source } from './demultiplex.js';
import { type OpenStream, type StreamLine, Streams } from './streams.js';

export interface Prefixes {
  readonly prefix?: RegExp;
  readonly rank: number;
}

const newline = 10;
const prefixBytes = 160;

export function splitByPrefix({ bytes, text, offsetAt }: Source, style: Prefixes): StreamLine[] {
  const streams = new Streams();
  const launcher = streams.of(null, 'launcher');
  const only = streams.of(style.rank, 'stdout');
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(newline, at);
    const end = next < 0 ? bytes.length : next;
    const match = style.prefix && matchIn(text.slice(at, Math.min(end, at + prefixBytes)), style.prefix);
    const stream: OpenStream = match
      ? streams.of(rankNamed(match.groups?.rank ?? ''), 'stdout')
      : style.prefix
        ? launcher
        : only;
    const start = at + (match?.[0].length ?? 0);
    for (let i = start; i < end; i += 1) streams.put(stream, bytes[i] as number, offsetAt(i));
    if (next >= 0) streams.end(stream);
    at = end + 1;
  }
  return streams.close();
}

/** -1 for what is no rank's number. */
function rankNamed(word: string): number {
  return /^\s*\d+\s*$/.test(word) && Number(word) < 1_000_000 ? Number(word) : -1;
}

function matchIn(line: string, prefix: RegExp): RegExpExecArray | undefined {
  prefix.lastIndex = 0;
  const match = prefix.exec(line);
  return match?.groups?.rank === undefined ? undefined : match;
}
