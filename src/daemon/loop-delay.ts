import { monitorEventLoopDelay } from 'node:perf_hooks';

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
  const fine = monitorEventLoopDelay({ resolution: fineMs });
  const coarse = monitorEventLoopDelay({ resolution: coarseMs });
  coarse.enable();
  let beganMs = nowMs();
  const read = (): LoopDelay => {
    const late = (ns: number, resolutionMs: number): number => Math.max(0, ns / 1e6 - resolutionMs);
    const maxMs = Math.max(
      fine.count > 0 ? late(fine.max, fineMs) : 0,
      coarse.count > 0 ? late(coarse.max, coarseMs) : 0,
    );
    const p99Ms = fine.count > 0 ? late(fine.percentile(99), fineMs) : 0;
    return { maxMs: Math.round(maxMs), p99Ms: Math.round(p99Ms), minutes: Math.round((nowMs() - beganMs) / 60_000) };
  };
  return {
    busy(isBusy) {
      if (nowMs() - beganMs > 2 * hourMs) {
        fine.reset();
        coarse.reset();
        beganMs = nowMs();
      }
      if (isBusy) fine.enable();
      else fine.disable();
    },
    read,
    close() {
      fine.disable();
      coarse.disable();
    },
  };
}
