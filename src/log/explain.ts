/** Shows of a log, kind of line by kind of line, what was understood of it and what was not. */
import type { Run } from '../experiment.js';
import type { LogEvent } from './event.js';
import { type ParseOptions, parseLog } from './parse-log.js';
import type { ReadLine } from './read-line.js';

/** Lines that differ only in their numbers. */
export interface LineKind {
  /** What understood them, and as what (`keras: figures`); null for lines that were not understood. */
  readonly as: string | null;
  readonly count: number;
  /** The first of them: its text (at most 200 characters), byte offset and rank. */
  readonly text: string;
  readonly offset: number;
  readonly rank: number | null;
  /** What was read of the first one. */
  readonly events: readonly LogEvent[];
}

export interface Explanation {
  readonly run: Run;
  /** In the order first met; at most `mostKinds`, what comes after is only counted. */
  readonly kinds: readonly LineKind[];
  readonly furtherLines: number;
}

const mostKinds = 500;
const textLength = 200;

/** Reads a log and tells how each kind of line was read. Throws the file system's errors. */
export function explainLog(path: string, options: ParseOptions = {}): Explanation {
  const kinds = new Map<string, LineKind & { count: number }>();
  let furtherLines = 0;
  const observe = (line: ReadLine): void => {
    const as =
      line.by === null
        ? null
        : `${line.by}${line.how === undefined ? '' : ` ${line.how}`}: ${[...new Set(line.events.map((event) => event.kind))].join(', ') || 'known, says nothing'}`;
    const key = `${as} ${shapeOf(line.text)}`;
    const kind = kinds.get(key);
    if (kind) kind.count += 1;
    else if (kinds.size >= mostKinds) furtherLines += 1;
    else
      kinds.set(key, {
        as,
        count: 1,
        text: line.text.slice(0, textLength),
        offset: line.offset,
        rank: line.rank,
        events: line.events,
      });
  };
  const run = parseLog(path, { ...options, observe });
  return { run, kinds: [...kinds.values()], furtherLines };
}

/** A line without what changes from one to the next: numbers, bars, paths' ends. */
function shapeOf(text: string): string {
  return text
    .slice(0, textLength)
    .replace(/\[[=>.]+\]/g, '[bar]')
    .replace(/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi, '#')
    .replace(/#(?:[:/,]#)+/g, '#');
}
