/** Order statistics, which outliers do not move. */

/** The `share` quantile (0 to 1) of ascending values, interpolated; NaN of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const from = sorted[low] ?? Number.NaN;
  const to = sorted[Math.ceil(place)] ?? Number.NaN;
  return from + (to - from) * (place - low);
}

/** NaN of none. */
export function median(values: ArrayLike<number>): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** Median absolute deviation, scaled so that it equals the standard deviation of normal data. */
export function scaledMad(values: ArrayLike<number>, center: number): number {
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - center)));
}
