/** A token bucket over metadata operations, and how many were made in the last hour. */

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
  const minutes = new Map<number, number>();

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
      const minute = Math.floor(nowMs / 60_000);
      minutes.set(minute, (minutes.get(minute) ?? 0) + ops);
      for (const old of minutes.keys()) if (old <= minute - 60) minutes.delete(old);
    },
    availableAtMs(ops, nowMs) {
      fill(nowMs);
      return tokens >= ops ? nowMs : nowMs + ((ops - tokens) * 1000) / opsPerSecond;
    },
    setRate(next, nowMs) {
      fill(nowMs);
      opsPerSecond = next;
    },
    lastHour(nowMs) {
      const oldest = Math.floor(nowMs / 60_000) - 60;
      return [...minutes].reduce((sum, [minute, ops]) => (minute > oldest ? sum + ops : sum), 0);
    },
  };
}
