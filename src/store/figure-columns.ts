/** Figures of a row, on their way into a table and back: in a column of their own, or together in JSON. */

import type { MetricColumn } from '../experiment.js';
import { parseNumbers } from './json.js';
import type { MetricPlace } from './metric-places.js';
import type { NonFinite } from './non-finite.js';

/** Where figures come from, and the label under which they are stored. */
export interface Figure {
  readonly label: string;
  /** undefined: missing in every row. */
  readonly column: MetricColumn | undefined;
}

/** A figure as it is stored: null where it is missing, and where it is not finite, which is then noted. */
export function storedFigure({ label, column }: Figure, row: number, nonFinite: NonFinite): number | null {
  if (column === undefined || column.present[row] === 0) return null;
  return nonFinite.take(label, column.values[row] ?? Number.NaN);
}

/** `{"val_dsc":0.85}`; a figure that is not finite is there as null, a missing one is not; null where all are missing. */
export function storedJson(figures: readonly Figure[], row: number, nonFinite: NonFinite): string | null {
  const present = figures.filter(({ column }) => column !== undefined && column.present[row] !== 0);
  if (present.length === 0) return null;
  return JSON.stringify(
    Object.fromEntries(present.map((figure) => [figure.label, storedFigure(figure, row, nonFinite)])),
  );
}

/** A row that was read as a tuple: `more` and `non_finite` at these places, and after `figuresAt` the columns of figures. */
export interface RowLayout {
  readonly moreAt: number;
  readonly figuresAt: number;
}

type Row = readonly (number | string | null)[];
type FigureReader = (row: Row, nonFinite: ReadonlyMap<string, number> | undefined) => number | null;

/** Takes a figure out of rows that have a column for each of `places` that is one, in their order; null where it is missing. */
export function figureReader(
  { moreAt, figuresAt }: RowLayout,
  places: readonly MetricPlace[],
  metric: string,
  local: boolean,
): FigureReader {
  const place = places.find((other) => other.metric === metric && other.local === local);
  if (place === undefined) throw new Error(`metric ${metric} has no place in table epochs`);
  const { label, isColumn } = place;
  const index = isColumn ? figuresAt + places.filter((other) => other.isColumn).indexOf(place) : moreAt;
  return (row, nonFinite) => {
    const stored = row[index];
    if (isColumn) return typeof stored === 'number' ? stored : (nonFinite?.get(label) ?? null);
    if (typeof stored !== 'string') return null;
    return parseNumbers(stored).get(label) ?? nonFinite?.get(label) ?? null;
  };
}
