/** How a log says that a run has ended, whatever the trainer is: launchers, schedulers, shells, Python's tracebacks. */
import type { CommonReader } from './common.js';
import { bitOf, commonWordsIn } from './common-words.js';
import { readEndLine, statusOfExit, statusOfSignal } from './end-lines.js';
import type { LogEvent } from './event.js';
import { maybeRankNumber } from './numbers.js';
import { createTracebackReader } from './traceback.js';

export type End = Extract<LogEvent, { kind: 'end' }>;

/** Reads the ends of one log; what its ranks and launchers say is followed over several lines. */
export function createEndReader(): CommonReader {
  const readTraceback = createTracebackReader();
  const readBox = createBoxReader();
  // Once a rank has failed by itself, the others are killed by those who clean up.
  let hasRootFailure = false;
  return {
    line(text, stream, rank, words = commonWordsIn(text)) {
      const traceback = readTraceback(text, stream, rank, words);
      if (traceback === 'inside') return undefined;
      if (traceback !== undefined) {
        hasRootFailure ||= traceback.status === 'failed' && !isLossOfPeer.test(traceback.reason ?? '');
        return traceback;
      }
      if (!(words & endBit)) return undefined;
      const boxed = readBox(text);
      if (boxed === 'inside') return undefined;
      if (boxed !== undefined) return boxed;
      const told = readEndLine(text);
      if (told === undefined || (told.isCleanUp && hasRootFailure)) return undefined;
      if (told.end.status === 'failed' && /^srun: error: /.test(text)) hasRootFailure = true;
      return told.end;
    },
  };
}

const endBit = bitOf('end');

/** What dies because another rank has died. */
const isLossOfPeer =
  /Connection (?:closed|reset|refused)|HorovodInternalError|[Bb]roken ?[Pp]ipe|closed by peer|NCCL|DistBackendError|DistStoreError|[Ss]ocket|timed? ?out|Gloo|gloo|ChildFailedError|SIGTERM/;

type Box = 'mpi' | 'noticed' | 'torchrun';

/** Messages of launchers whose rank and code stand in other lines than what happened. */
function createBoxReader(): (text: string) => End | 'inside' | undefined {
  let box: Box | null = null;
  let rank: number | null = null;
  let subject = '';
  const open = (kind: Box, text: string): 'inside' => {
    box = kind;
    rank = null;
    subject = text;
    return 'inside';
  };
  return (text) => {
    if (/detected that one or more processes exited with non-zero status/.test(text)) return open('mpi', '');
    if (/Root Cause \(first observed failure\):/.test(text)) return open('torchrun', '');
    const noticed = /noticed that process rank (\d+) .{0,300}exited on(?: signal (.+?)\.?$)?/.exec(text);
    if (noticed?.[2] !== undefined) return endOf(statusOfSignal(noticed[2]), text, rankNamed(noticed[1]));
    if (noticed) {
      open('noticed', text);
      rank = rankNamed(noticed[1]);
      return 'inside';
    }
    if (box === 'noticed') {
      box = null;
      const signal = /^\s*signal (.+?)\.?$/.exec(text);
      if (signal) return endOf(statusOfSignal(signal[1] ?? ''), `${subject.trim()} ${text.trim()}`, rank);
    }
    if (box === 'mpi') {
      const name = /Process name: +(?:\[\[\d+,\d+\],(\d+)\]|\[[^\]]*,(\d+)\]|[^\s[]+\[(\d+)\])/.exec(text);
      if (name) rank = rankNamed(name[1] ?? name[2] ?? name[3]);
      const code = /Exit code: +(\d+)/.exec(text);
      if (code) {
        box = null;
        return endOf(statusOfExit(Number(code[1])), `${whoIs(rank)} exited with code ${code[1]}`, rank);
      }
      if (name) return 'inside';
    }
    if (box === 'torchrun') {
      const name = /^\s*rank +: (\d+)/.exec(text);
      if (name) {
        rank = rankNamed(name[1]);
        return 'inside';
      }
      const code = /^\s*exitcode +: (-?\d+)/.exec(text);
      if (code) {
        box = null;
        return endOf(statusOfExit(Number(code[1])), `${whoIs(rank)} exited with code ${code[1]}`, rank);
      }
    }
    return undefined;
  };
}

/** The rank that digits name; null where none has their number. */
function rankNamed(digits: string | undefined): number | null {
  return maybeRankNumber(digits) ?? null;
}

function whoIs(rank: number | null): string {
  return rank === null ? 'a process' : `rank ${rank}`;
}

function endOf(status: End['status'], reason: string, rank: number | null): End {
  return {
    kind: 'end',
    status,
    reason: reason.replaceAll(/\s+/g, ' ').trim().slice(0, 300),
    ...(rank === null ? {} : { rank }),
  };
}
