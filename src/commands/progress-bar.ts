import { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../daemon/reload.js';

/** A progress bar on stderr where that is a terminal, and nothing where it is not. */
export interface ProgressBar extends Progress {
  /** Work of another kind: `done` of `of` are through. */
  onStep(what: string, done: number, of: number): void;
  /** Where log messages go meanwhile, so that they do not run into the bar. */
  readonly stream: NodeJS.WritableStream;
  stop(): void;
}

/** Draws nothing before there is something to tell. */
export function createProgressBar(stderr: NodeJS.WriteStream, isWanted: boolean): ProgressBar {
  if (!isWanted || !stderr.isTTY)
    return { onRead: () => {}, onWritten: () => {}, onStep: () => {}, stream: stderr, stop: () => {} };
  const bar = new SingleBar(
    { stream: stderr, format: '{what} {bar} {value} of {total}', clearOnComplete: true, hideCursor: true, fps: 10 },
    Presets.shades_classic,
  );
  let readBefore = 0;
  const show = (what: string, done: number, of: number): void => {
    if (!bar.isActive) bar.start(of, done, { what });
    bar.setTotal(of);
    bar.update(done, { what });
  };
  return {
    onRead: (done, waiting) => {
      if (done === 1 && bar.isActive) readBefore = bar.getTotal();
      show('reading logs ', readBefore + done, readBefore + done + waiting);
    },
    onWritten: (done, of) => show('writing files', done, of),
    onStep: show,
    stream: new Writable({
      write: (chunk, _encoding, done) => {
        stderr.write(bar.isActive ? `\r\x1b[K${chunk}` : chunk, done);
      },
    }),
    stop: () => bar.stop(),
  };
}
