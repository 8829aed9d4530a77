/** A sum over the last 60 minutes, to the minute. */
export interface HourCount {
  add(amount: number, nowMs: number): void;
  lastHour(nowMs: number): number;
}

const minuteMs = 60_000;

/** Nothing was counted yet. Times are those of one monotonic clock, ms. */
export function createHourCount(): HourCount {
  const minutes = new Map<number, number>();
  return {
    add(amount, nowMs) {
      const minute = Math.floor(nowMs / minuteMs);
      minutes.set(minute, (minutes.get(minute) ?? 0) + amount);
      for (const old of minutes.keys()) if (old <= minute - 60) minutes.delete(old);
    },
    lastHour(nowMs) {
      const oldest = Math.floor(nowMs / minuteMs) - 60;
      return [...minutes].reduce((sum, [minute, amount]) => (minute > oldest ? sum + amount : sum), 0);
    },
  };
}
