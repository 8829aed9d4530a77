/** Arithmetic of a summary. Pure. */

import type { MetricColumn } from '../experiment.js';

/** Mean of figures that are not none; equal ones give exactly that figure, which a sum and a division need not. */
export function meanOf(values: readonly number[]): number {
  const { min, max } = rangeOf(values);
  let sum = 0;
  for (const value of values) sum += value;
  return within(sum / values.length, min, max);
}

/** Means of figures that stand at the same index, as `meanOf` gives them; add one column after the other. */
export class RunningMeans {
  readonly #counts: number[];
  readonly #sums: number[];
  readonly #min: number[];
  readonly #max: number[];

  constructor(length: number) {
    this.#counts = new Array<number>(length).fill(0);
    this.#sums = new Array<number>(length).fill(0);
    this.#min = new Array<number>(length).fill(Number.POSITIVE_INFINITY);
    this.#max = new Array<number>(length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Adds `values[rows[i]]` at each index i; a row of -1 is none, and a missing figure is passed over. */
  add({ values, present }: MetricColumn, rows: readonly number[]): void {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? -1;
      if (row < 0 || present[row] === 0) continue;
      const value = values[row] ?? Number.NaN;
      this.#counts[i] = (this.#counts[i] ?? 0) + 1;
      this.#sums[i] = (this.#sums[i] ?? 0) + value;
      if (value < (this.#min[i] ?? value)) this.#min[i] = value;
      if (value > (this.#max[i] ?? value)) this.#max[i] = value;
    }
  }

  /** Figures that were added at this index. */
  countAt(i: number): number {
    return this.#counts[i] ?? 0;
  }

  /** NaN of none, and where one of the figures is NaN. */
  meanAt(i: number): number {
    return within((this.#sums[i] ?? 0) / this.countAt(i), this.#min[i] ?? 0, this.#max[i] ?? 0);
  }
}

/** Smallest and largest of figures; NaN is passed over unless there is nothing else. */
export function rangeOf(values: readonly number[]): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.NaN, Number.NaN];
  for (const value of values) {
    if (!(value >= min)) min = Number.isNaN(value) ? min : value;
    if (!(value <= max)) max = Number.isNaN(value) ? max : value;
  }
  return { min, max };
}

/** The middle, or the mean of the two that are; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : meanOf([sorted[(sorted.length >> 1) - 1] ?? upper, upper]);
}

/** Largest of those that are known; null where none is. */
export function largestOf(values: readonly (number | null)[]): number | null {
  let largest: number | null = null;
  for (const value of values) if (value !== null && (largest === null || value > largest)) largest = value;
  return largest;
}

/** Rounding must not carry a mean out of its figures. */
function within(mean: number, min: number, max: number): number {
  return Number.isNaN(mean) ? mean : Math.min(Math.max(mean, min), max);
}
