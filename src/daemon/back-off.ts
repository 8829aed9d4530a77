/** When to try again what failed: soon at first, then more and more rarely. */
export interface BackOff {
  /** ms until the next try; 0 where it is due, or nothing failed. */
  restMs(): number;
  fail(): void;
  succeed(): void;
  /** Makes the next try due now. */
  hasten(): void;
}

/** Minutes: first and longest. */
const firstMs = 60_000;
const longestMs = 15 * 60_000;

/** Nothing has failed yet. `nowMs` is a monotonic clock. */
export function createBackOff(nowMs: () => number = () => performance.now()): BackOff {
  let pauseMs = 0;
  let dueMs = 0;
  return {
    restMs: () => Math.max(0, dueMs - nowMs()),
    fail() {
      pauseMs = pauseMs === 0 ? firstMs : Math.min(longestMs, pauseMs * 2);
      dueMs = nowMs() + pauseMs;
    },
    succeed() {
      pauseMs = 0;
      dueMs = 0;
    },
    hasten() {
      dueMs = 0;
    },
  };
}
