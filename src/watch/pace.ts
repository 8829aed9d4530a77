import type { WatchClock } from './known.js';

/** Whether a loop goes on as it said it would. */
export interface Pace {
  /** It says that it goes on within so many ms. */
  expectIn(ms: number): void;
  /** It is not later than it said, with some patience. */
  isKept(): boolean;
}

/** So much later than planned it may go on: a process that scans takes its time to start on a busy host. */
const patienceMs = 90_000;

/** It may begin at any time within the patience. */
export function createPace(nowMs: () => number): Pace {
  let expectedMs = nowMs() + patienceMs;
  return {
    expectIn(ms) {
      expectedMs = nowMs() + ms + patienceMs;
    },
    isKept: () => nowMs() < expectedMs,
  };
}

/** The host's own. Whole ms: V8 keeps other numbers in objects of their own, and there are many logs. */
export const systemClock: WatchClock = {
  nowMs: () => Math.floor(performance.now()),
  wallMs: () => Date.now(),
  random: () => Math.random(),
};
