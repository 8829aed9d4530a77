import { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import { durationText } from '../daemon/backlog.js';
import type { Progress } from '../daemon/reload.js';

/** A progress bar on stderr where that is a terminal, and nothing where it is not. */
export interface ProgressBar extends Progress {
  /** Work of another kind: `done` of `of` are through. */
  onStep(what: string, done: number, of: number): void;
  /** Where log messages go meanwhile, so that they do not run into the bar. */
  readonly stream: NodeJS.WritableStream;
  stop(): void;
}

export interface ProgressBarOptions {
  /** Less work than this is not worth a bar. */
  readonly least?: number;
  /** Work may come again: the bar goes away when there is none. */
  readonly isForEver?: boolean;
  readonly nowMs?: () => number;
}

/** The time to go is not told before so much time: the first steps are slower than those that follow. */
const tellTimeAfterMs = 5000;

/** Draws nothing before there is something to tell. */
export function createProgressBar(
  stderr: NodeJS.WriteStream,
  isWanted: boolean,
  { least = 1, isForEver = false, nowMs = () => performance.now() }: ProgressBarOptions = {},
): ProgressBar {
  if (!isWanted || !stderr.isTTY)
    return { onRead: () => {}, onWritten: () => {}, onStep: () => {}, stream: stderr, stop: () => {} };
  const bar = new SingleBar(
    {
      stream: stderr,
      format: '{what} {bar} {value} of {total}{left}',
      clearOnComplete: true,
      hideCursor: true,
      fps: 10,
    },
    Presets.shades_classic,
  );
  /** What the bar shows, how much of that is done, and since when. */
  let work = { what: '', done: 0, sinceMs: 0 };
  const show = (what: string, done: number, of: number): void => {
    if (work.what !== what || done < work.done) work = { what, done: 0, sinceMs: nowMs() };
    work.done = done;
    if (bar.isActive || of >= least) {
      const left = timeLeft(done, of, nowMs() - work.sinceMs);
      if (!bar.isActive) bar.start(of, done, { what, left });
      bar.setTotal(of);
      bar.update(done, { what, left });
    }
    if (!isForEver || done < of) return;
    bar.stop();
    work = { what: '', done: 0, sinceMs: 0 };
  };
  /** Work comes in portions, of which each is counted anew. */
  const count = (what: string, left: number): void => {
    const done = (work.what === what ? work.done : 0) + 1;
    show(what, done, done + left);
  };
  return {
    onRead: (_done, waiting) => count('reading logs ', waiting),
    onWritten: (done, of) => count('writing files', of - done),
    onStep: show,
    stream: new Writable({
      write: (chunk, _encoding, done) => {
        // The terminal may be gone: then nobody is left to be told, and the work goes on.
        stderr.write(bar.isActive ? `\r\x1b[K${chunk}` : chunk, () => done());
      },
    }),
    stop: () => bar.stop(),
  };
}

function timeLeft(done: number, of: number, tookMs: number): string {
  if (tookMs < tellTimeAfterMs || done >= of) return '';
  return `, about ${durationText(Math.ceil(((of - done) * tookMs) / done / 1000))} to go`;
}
