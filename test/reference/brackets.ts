/** `[default7]:` of torchrun, at the start of what it found in a rank's file: inside a line it must be the tag of a rank. */
import type { Source } from './demultiplex.js';
import { realRanks } from './ranks.js';
import { type OpenStream, type StreamLine, Streams } from './streams.js';

const newline = 10;

export function splitAtBrackets({ bytes, text, offsetAt }: Source, pattern: RegExp, pairBase?: number): StreamLine[] {
  const streams = new Streams();
  const launcher = streams.of(null, 'launcher');
  const ranks = realRanks(text, pattern, pairBase);
  /** `default` of torchrun, once it began a line. */
  const names = new Set<string>();
  let current: OpenStream = launcher;
  let lineStart = 0;
  /** Where the last tag ended in this line. */
  let behindTag = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === newline) {
      streams.end(current);
      current = launcher;
      lineStart = at + 1;
      behindTag = -1;
      continue;
    }
    pattern.lastIndex = at;
    const match = text[at] === '[' ? pattern.exec(text) : null;
    if (match?.groups) {
      const rank = Number(match.groups.rank);
      const name = match.groups.name ?? '';
      const end = at + match[0].length;
      const isOverwriting = text[end] === '\r' || text[end] === '\b';
      const isSure = at === lineStart || isOverwriting;
      if (isSure) {
        ranks.begins(rank);
        names.add(name);
      }
      const isText = at === behindTag || !names.has(name);
      if (isSure || (!isText && ranks.has(rank, end))) {
        current = streams.of(rank, 'stdout');
        at = end - 1;
        behindTag = end;
        continue;
      }
    }
    streams.put(current, bytes[at] as number, offsetAt(at));
  }
  return streams.close();
}
