/** The order of the table. */

import { data, maybeColumn, maybeNumber, readCell } from './experiments.js';
import type { State } from './state.js';

/** By the column that the reader chose, what is missing last, NaN before it; else as in the leaderboard. */
export function sortBy({ sort }: State, experiments: readonly number[]): number[] {
  const column = maybeColumn(sort.column);
  if (!column) return [...experiments];
  const sign = sort.isDescending ? -1 : 1;
  const keys = new Map(experiments.map((experiment) => [experiment, keyOf(readCell(column, experiment))]));
  return [...experiments].sort((a, b) => {
    const [left, right] = [keys.get(a) ?? missing, keys.get(b) ?? missing];
    if (left.group !== right.group) return left.group - right.group;
    const order = left.number - right.number || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0);
    return sign * order || a - b;
  });
}

/** Whether the best stands at the top when a column is sorted for the first time. */
export function firstDirection(id: string): boolean {
  const { objective } = data;
  const metric = id.replace(/^best_/, '');
  if (metric === objective?.metric) return objective.direction === 'max';
  return false;
}

interface Key {
  /** Numbers, then words, then NaN, then what is missing: in either direction. */
  readonly group: number;
  readonly number: number;
  readonly text: string;
}

const missing: Key = { group: 3, number: 0, text: '' };

function keyOf(value: string | number | null): Key {
  if (value === null || value === '') return missing;
  // `=2` is a place.
  const number = maybeNumber(typeof value === 'string' ? value.replace(/^=/, '') : value);
  if (number === undefined) return { group: 1, number: 0, text: value.toString().toLowerCase() };
  return Number.isNaN(number) ? { group: 2, number: 0, text: '' } : { group: 0, number, text: '' };
}
