/** The points of a curve, as few as its picture needs. */

export interface Point {
  x: number;
  /** NaN is a gap. */
  y: number;
}

/** At most about `maxPoints` points that draw the same picture: per slice the first, lowest, highest and last, and every gap. Infinity becomes a gap. */
export function thinOut(x: Float64Array, y: Float64Array, maxPoints: number): Point[] {
  const length = Math.min(x.length, y.length);
  const slice = Math.max(1, Math.ceil((4 * length) / maxPoints));
  const kept: Point[] = [];
  for (let start = 0; start < length; start += slice) {
    for (const index of slice < 5
      ? range(start, Math.min(start + slice, length))
      : extremes(y, start, Math.min(start + slice, length))) {
      const value = y[index] ?? Number.NaN;
      kept.push({ x: x[index] ?? 0, y: Number.isFinite(value) ? value : Number.NaN });
    }
  }
  return kept;
}

/** Indices in [start, end) of the first, the lowest, the highest and the last value and of the first gap, ascending. */
function extremes(y: Float64Array, start: number, end: number): number[] {
  let low = start;
  let high = start;
  let gap = start;
  for (let index = start; index < end; index++) {
    const value = y[index] ?? Number.NaN;
    if (!Number.isFinite(value)) gap = gap === start ? index : gap;
    else {
      if (!(value >= (y[low] ?? Number.NaN))) low = index;
      if (!(value <= (y[high] ?? Number.NaN))) high = index;
    }
  }
  return [...new Set([start, low, high, gap, end - 1])].sort((a, b) => a - b);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
