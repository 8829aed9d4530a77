/** The strict grammar of a printed figure. */

const decimal = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?$/;

/** The number that `text` prints, NaN and ±Infinity included; undefined where it is no number (`1.2.3`, `0.5loss`, ``). */
export function maybeNumber(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'nan':
    case '-nan':
    case '+nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

/** Whether a token begins like a figure, so that one which is no number has been damaged rather than meant. */
export function isFigureLike(text: string): boolean {
  return /^[-+.]?\d/.test(text) || /^[-+]?(?:nan|inf)/i.test(text);
}

const durationUnits: Readonly<Record<string, number>> = {
  d: 86_400,
  h: 3600,
  m: 60,
  min: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** Seconds of `12s`, `45ms`, `2:42`, `1:02:03`; undefined for anything else. */
export function maybeDuration(text: string): number | undefined {
  const clock = /^(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const unit = /^(\d+(?:\.\d+)?)(ms|us|µs|ns|min|[dhms])$/.exec(text);
  const factor = unit && durationUnits[unit[2] ?? ''];
  return unit && factor ? Number(unit[1]) * factor : undefined;
}

/** Tables hold no greater epoch or step, and nobody trains so many: a greater one was damaged, and would be shown as another. */
export const mostCount = 2 ** 31 - 1;

/** A count that a table can hold. */
export function maybeCount(count: number | null | undefined): number | null {
  return count === undefined || count === null || count > mostCount ? null : count;
}

/** No run has so many ranks: a number from here on was damaged, or is no rank's. */
export const mostRanks = 1_000_000;

/** Whether a number can be a rank's. */
export function isRankNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < mostRanks;
}

/** The rank that digits in a log name; undefined where there are none, or no rank has their number. */
export function maybeRankNumber(digits: string | undefined): number | undefined {
  const number = digits === undefined ? Number.NaN : Number(digits);
  return isRankNumber(number) ? number : undefined;
}
