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
  readonly #sums: number[];
  readonly #min: number[];
  readonly #max: number[];
  #count = 0;

  constructor(length: number) {
    this.#sums = new Array<number>(length).fill(0);
    this.#min = new Array<number>(length).fill(Number.POSITIVE_INFINITY);
    this.#max = new Array<number>(length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Adds `values[rows[i]]` at each index i; a missing one makes that mean NaN. */
  add({ values, present }: MetricColumn, rows: readonly number[]): void {
    this.#count++;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      const value = present[row] === 0 ? Number.NaN : (values[row] ?? Number.NaN);
      this.#sums[i] = (this.#sums[i] ?? 0) + value;
      if (value < (this.#min[i] ?? value)) this.#min[i] = value;
      if (value > (this.#max[i] ?? value)) this.#max[i] = value;
    }
  }

  at(i: number): number {
    return within((this.#sums[i] ?? Number.NaN) / this.#count, this.#min[i] ?? 0, this.#max[i] ?? 0);
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
