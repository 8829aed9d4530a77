/** The page's data, unpacked. */

import type { PageCell, PageColumn, PageData } from '../page-data.js';
import { find } from './elements.js';

export interface Curve {
  readonly epochs: readonly number[];
  /** null is missing, NaN and infinities are data. */
  readonly figures: readonly (number | null)[];
}

export const data: PageData = JSON.parse(find('#data', HTMLScriptElement).textContent ?? '');
export const columns: readonly PageColumn[] = data.columns;
/** Every experiment, in the order of the leaderboard. */
export const everyone: readonly number[] = Array.from({ length: data.count }, (_, index) => index);
const byId = new Map(columns.map((column) => [column.id, column]));

export function maybeColumn(id: string): PageColumn | undefined {
  return byId.get(id);
}

/** A cell as it is: a word, a number (NaN and infinities too), or null where it is missing. */
export function readCell(column: PageColumn, experiment: number): string | number | null {
  const cell = column.cells[experiment] ?? null;
  if (column.words) return typeof cell === 'number' ? (column.words[cell] ?? null) : null;
  return column.kind === 'place' ? cell : numberOf(cell);
}

/** A setting's or figure's number; undefined where it is missing or a word. */
export function maybeNumber(value: string | number | null): number | undefined {
  if (typeof value === 'number') return value;
  return value === null || value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
}

export function nameOf(experiment: number): string {
  const column = maybeColumn('name');
  return String((column && readCell(column, experiment)) ?? '');
}

/** The curve of one metric; undefined where the experiment has none. */
export function maybeCurve(experiment: number, metric: string): Curve | undefined {
  const number = data.curveMetrics.indexOf(metric);
  const [epochs, ...all] = data.curves[experiment] ?? [];
  const found = all.find(([each]) => each === number);
  if (epochs === undefined || !found) return undefined;
  const [, decimals, ...steps] = found;
  let sum = 0;
  const figures = steps.map((step) => {
    if (typeof step !== 'number') return numberOf(step);
    sum = decimals < 0 ? step : sum + step;
    return decimals < 0 ? sum : sum / 10 ** decimals;
  });
  return { epochs: epochsOf(epochs), figures };
}

function epochsOf(epochs: number | readonly number[]): number[] {
  if (typeof epochs === 'number') return Array.from({ length: epochs }, (_, index) => index + 1);
  let epoch = 0;
  return epochs.map((step) => {
    epoch += step;
    return epoch;
  });
}

function numberOf(cell: PageCell): number | null {
  return cell === null ? null : Number(cell);
}
