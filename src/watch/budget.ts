/** A token bucket over metadata operations, and how many were made in the last hour. */

import { createHourCount } from '../hour-count.js';

export interface Budget {
  /** Operations that may be made now; never negative. */
  available(nowMs: number): number;
  /** Counts operations that were made, also beyond what was available: later ones then wait longer. */
  spend(ops: number, nowMs: number): void;
  /** When `ops` operations will be available. */
  availableAtMs(ops: number, nowMs: number): number;
  /** Changes the rate from now on. */
  setRate(opsPerSecond: number, nowMs: number): void;
  /** Operations made in the last 60 minutes, to the minute. */
  lastHour(nowMs: number): number;
}

/** A bucket that starts full. Times are those of one monotonic clock, ms. */
export function createBudget(rate: { opsPerSecond: number; burstOps: number }, startMs: number): Budget {
  let opsPerSecond = rate.opsPerSecond;
  let tokens = rate.burstOps;
  let filledMs = startMs;
  const hour = createHourCount();

  const fill = (nowMs: number): void => {
    tokens = Math.min(rate.burstOps, tokens + (Math.max(0, nowMs - filledMs) * opsPerSecond) / 1000);
    filledMs = Math.max(filledMs, nowMs);
  };

  return {
    available(nowMs) {
      fill(nowMs);
      return Math.max(0, Math.floor(tokens));
    },
    spend(ops, nowMs) {
      fill(nowMs);
      tokens -= ops;
      hour.add(ops, nowMs);
    },
    availableAtMs(ops, nowMs) {
      fill(nowMs);
      return tokens >= ops ? nowMs : nowMs + ((ops - tokens) * 1000) / opsPerSecond;
    },
    setRate(next, nowMs) {
      fill(nowMs);
      opsPerSecond = next;
    },
    lastHour: hour.lastHour,
  };
}
