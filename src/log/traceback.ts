/** Python's tracebacks: over several lines, the last of which says what went wrong. */
import { bitOf } from './common-words.js';
import type { End } from './ends.js';
import { maybeRankNumber } from './numbers.js';
import type { StreamKind } from './unweave.js';

/** `inside`: the line belongs to a traceback that goes on. */
export type TracebackReader = (
  text: string,
  stream: StreamKind,
  rank: number | null,
  words: number,
) => End | 'inside' | undefined;

interface State {
  /** Between the header, or a frame, and the exception's own line. */
  isOpen: boolean;
  /** The program goes on after this one. */
  isHarmless: boolean;
  /** A frame has been seen. */
  hasFrame: boolean;
  /** Lines between that are none of its own: what else writes to the same stream. */
  foreign: number;
}

const mostForeign = 8;

/** Follows the tracebacks of all streams of a log. */
export function createTracebackReader(): TracebackReader {
  const states = new Map<string, State>();
  let open = 0;
  return (text, stream, rank, words) => {
    if (open === 0 && !(words & tracebackBit)) return undefined;
    const own = /^\[rank(\d+)\]: ?/.exec(text);
    const line = own ? text.slice(own[0].length) : text;
    const key = `${rank} ${stream} ${own?.[1] ?? ''}`;
    const state = states.get(key);
    if (!state?.isOpen) {
      if (!mayBegin.test(line)) return undefined;
      if (/^(?:Exception ignored in|Exception in thread|Error in atexit|--- Logging error ---)/.test(line)) {
        states.set(key, { isOpen: false, isHarmless: true, hasFrame: false, foreign: 0 });
        return undefined;
      }
      // A header may be glued to an unfinished bar, and a frame is a frame without it.
      if (!/Traceback \(most recent call last\)/.test(line) && !frame.test(line)) return undefined;
      open += 1;
      states.set(key, { isOpen: true, isHarmless: state?.isHarmless ?? false, hasFrame: frame.test(line), foreign: 0 });
      return 'inside';
    }
    if (frame.test(line)) state.hasFrame = true;
    // Marks under code that was made by a program may have lost their indentation.
    if (line.trim() === '' || /^\s|^[│╭╰❱|+]|^Traceback|^[~^]+$/.test(line)) return 'inside';
    const exception = /^((?:\w+\.)*[A-Z_]\w*)(?:: (.*)|:?$)/.exec(line);
    const isException = exception && (state.foreign === 0 || surelyException.test(exception[1] ?? ''));
    if (!isException && state.foreign < mostForeign) {
      state.foreign += 1;
      return undefined;
    }
    states.delete(key);
    open -= 1;
    if (!isException || state.isHarmless || !state.hasFrame) return undefined;
    const reason = line.trim().slice(0, 300);
    const ownRank = maybeRankNumber(own?.[1]);
    return {
      kind: 'end',
      status: isKill(exception[1] ?? '', exception[2] ?? '') ? 'killed' : 'failed',
      reason,
      ...(ownRank === undefined ? {} : { rank: ownRank }),
    };
  };
}

const tracebackBit = bitOf('traceback');
const surelyException = /(?:Error|Exception|Interrupt|Exit|Abort(?:ed)?|Timeout|Stop\w*)$/;
const mayBegin = /Traceback|^\s*File "|^Exception |^Error in atexit|^--- Logging/;
const frame = /^\s*(?:File ".*", line \d+|│? *\S+\.py:\d+ in )|^│ .*\.py:\d+ in /;

/** Out of memory, or told to stop. */
function isKill(name: string, message: string): boolean {
  if (/(?:^|\.)(?:KeyboardInterrupt|(?:\w*OutOfMemory\w*|\w*MemoryError|ResourceExhaustedError))$/.test(name))
    return true;
  return /out of memory|can't allocate memory|cannot allocate memory|not enough memory|got signal: 15/i.test(message);
}
