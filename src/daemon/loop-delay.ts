import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How long this process, whose loop answers everybody, did not turn. */
export interface LoopDelay {
  readonly maxMs: number;
  /** 99 of 100 measurements were below it. */
  readonly p99Ms: number;
  /** The time that was measured. */
  readonly minutes: number;
}

export interface LoopMeter {
  /** Measures finely while there is work: a hundred times a second would be too much for a program at rest. */
  busy(isBusy: boolean): void;
  /** Since the last hour or the one before began. */
  read(): LoopDelay;
  close(): void;
}

/** Often enough to see what is longer than 50 ms. */
const fineMs = 10;
const coarseMs = 1000;
const hourMs = 3_600_000;

/** Measures from now on. */
export function startLoopMeter(nowMs = () => performance.now()): LoopMeter {
  // µs. Not Node's own meter, which takes the time for which it was stopped for one long delay.
  const fine = createHistogram({ figures: 2, highest: hourMs * 1000 });
  const coarse = monitorEventLoopDelay({ resolution: coarseMs });
  coarse.enable();
  let beganMs = nowMs();
  let tickedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    const atMs = performance.now();
    fine.record(Math.max(1, Math.round((atMs - tickedMs - fineMs) * 1000)));
    tickedMs = atMs;
  };
  return {
    busy(isBusy) {
      if (nowMs() - beganMs > 2 * hourMs) {
        for (const part of [fine, coarse]) part.reset();
        beganMs = nowMs();
      }
      if (isBusy && timer === undefined) {
        tickedMs = performance.now();
        timer = setInterval(tick, fineMs).unref();
      } else if (!isBusy && timer !== undefined) {
        tick();
        clearInterval(timer);
        timer = undefined;
      }
    },
    read() {
      const coarseNs = coarse.count > 0 ? coarse.max : 0;
      const [max, p99] = fine.count > 0 ? [fine.max, fine.percentile(99)] : [0, 0];
      const maxMs = Math.max(max / 1000, coarseNs / 1e6 - coarseMs);
      const minutes = Math.round((nowMs() - beganMs) / 60_000);
      return { maxMs: Math.round(maxMs), p99Ms: Math.round(p99 / 1000), minutes };
    },
    close() {
      clearInterval(timer);
      coarse.disable();
    },
  };
}
