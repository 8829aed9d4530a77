/** Axes: which range serves the reader, and where its ticks stand. */

import { scientific } from './report/format.js';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
  /** Ascending, within min and max. */
  readonly ticks: readonly Tick[];
}

/** The share of the axis at which `value` stands: 0 at its start, 1 at its end; far outside no farther than 4 lengths away, since drawing libraries overflow. */
export function shareOf({ min, max, isLog }: Axis, value: number): number {
  const share = isLog
    ? (Math.log10(Math.max(value, Number.MIN_VALUE)) - Math.log10(min)) / (Math.log10(max) - Math.log10(min))
    : (value - min) / (max - min);
  return Math.min(5, Math.max(-4, share));
}

/** Figures from here on stand outside of every axis, where arithmetic with them would overflow. */
const hugeFigure = 1e150;
/** Figures up to here are drawn as 0, for the same reason. */
const tinyFigure = 1e-150;

/** Positive data that span more than this many decades, most of them low, get a logarithmic axis. */
const logDecades = 2;

/**
 * The y axis for `columns` of data (NaN and Infinity do not count): logarithmic where they span decades; a few outliers
 * are left outside, but never a value of `always`. Without ticks where no value is finite.
 */
export function valueAxis(columns: Iterable<Float64Array>, maxTicks = 5, always: readonly number[] = []): Axis {
  const sorted = finiteValues([...columns, Float64Array.from(always)]).sort();
  // Numbers at an axis without data would be made up.
  if (sorted.length === 0) return { min: 0, max: 1, isLog: false, ticks: [] };
  const [from, to] = withoutOutliers(sorted, always);
  const middle = sorted[(sorted.length - 1) >> 1] ?? from;
  // A score that rises from nearly 0 spans decades too, but most of it is high up: a linear axis shows that better.
  const isLow = middle - from < 0.3 * (to - from);
  if (from > 0 && isLow && Math.log10(to) - Math.log10(from) > logDecades) return logAxis(from, to, maxTicks);
  // An axis of the last digits would only show rounding.
  const least = 1e-6 * Math.max(Math.abs(from), Math.abs(to));
  const padding = Math.max((to - from) * 0.05 || Math.abs(to) * 0.05 || 0.5, least);
  return linearAxis(
    from >= 0 ? Math.max(0, from - padding) : from - padding,
    from >= 0 && to <= 1 ? Math.min(1, to + padding) : to + padding,
    maxTicks,
  );
}

/** Ticks at 1, 2 or 5 times a power of ten. */
export function linearAxis(min: number, max: number, maxTicks: number): Axis {
  const step = niceStep(max - min, maxTicks);
  const first = Math.ceil(min / step - 1e-9);
  const candidates = Array.from({ length: maxTicks + 2 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  const values = [...new Set(candidates)].filter((value) => value >= min && value <= max);
  return { min, max, isLog: false, ticks: values.map((value) => ({ value, label: tickLabel(value, step, min, max) })) };
}

/** Largest step of 1, 2 or 5 times a power of ten that gives at most `maxTicks` steps. */
export function niceStep(span: number, maxTicks: number): number {
  const rough = span / maxTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tickLabel(value: number, step: number, min: number, max: number): string {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  if (value === 0) return '0';
  if (largest >= 1e5 || largest < 1e-3) {
    const digits = Math.round(Math.log10(Math.abs(value)) - Math.log10(step) + 0.3);
    return scientific(value, Math.max(0, Math.min(digits, 3)));
  }
  const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toFixed(decimals).replace('-', '−');
}

function logAxis(low: number, high: number, maxTicks: number): Axis {
  const decades = Math.log10(high) - Math.log10(low);
  const min = 10 ** (Math.log10(low) - 0.05 * decades);
  const max = 10 ** (Math.log10(high) + 0.05 * decades);
  const first = Math.ceil(Math.log10(min));
  const last = Math.floor(Math.log10(max));
  const every = Math.max(1, Math.ceil((last - first + 1) / maxTicks));
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power += every) {
    const value = 10 ** power;
    ticks.push({ value, label: power >= -3 && power <= 4 ? String(value) : scientific(value, 0) });
  }
  return { min, max, isLog: true, ticks };
}

function finiteValues(columns: Iterable<Float64Array>): Float64Array {
  const lists = [...columns];
  const values = new Float64Array(lists.reduce((sum, column) => sum + column.length, 0));
  let length = 0;
  for (const column of lists)
    for (const value of column)
      if (Math.abs(value) < hugeFigure) values[length++] = Math.abs(value) > tinyFigure ? value : 0;
  return values.subarray(0, length);
}

/** [lowest, highest] of the sorted values, without the outermost 3 % on a side where these lie farther out than three times the range of the others. */
function withoutOutliers(sorted: Float64Array, always: readonly number[]): [number, number] {
  const last = sorted.length - 1;
  const cut = Math.max(1, Math.floor(0.03 * sorted.length));
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const [low, high] = [at(0), at(last)];
  const [innerLow, innerHigh] = [Math.min(at(cut), ...always), Math.max(at(last - cut), ...always)];
  const inner = innerHigh - innerLow || Math.abs(innerHigh);
  if (sorted.length < 8 || inner === 0) return [low, high];
  return [
    innerLow - low > 3 * inner ? innerLow - 0.1 * inner : low,
    high - innerHigh > 3 * inner ? innerHigh + 0.1 * inner : high,
  ];
}
