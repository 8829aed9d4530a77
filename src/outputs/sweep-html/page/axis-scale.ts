/** Where a value stands on an axis of the parallel coordinates. */

import { formatFigure } from '../../report/format.js';
import type { PageColumn } from '../page-data.js';
import { data, everyone, maybeColumn, maybeNumber, readCell } from './experiments.js';

export interface AxisTick {
  /** 0 at the bottom to 1 at the top. */
  readonly position: number;
  readonly label: string;
}

export interface AxisScale {
  readonly id: string;
  readonly ticks: readonly AxisTick[];
  /** Values stand side by side, each at a place of its own. */
  readonly isOrdinal: boolean;
  /** undefined where the experiment has no value, or none that is finite. */
  position(experiment: number): number | undefined;
}

/** Up to so many values get a place each: learning rates span decades, and names have no distance. */
const maxPlaces = 14;

export const axisScales: readonly AxisScale[] = data.axes.flatMap((id) => {
  const column = maybeColumn(id);
  return column ? [id === data.objective?.metric ? figureScale(column) : settingScale(column)] : [];
});
const byId = new Map(axisScales.map((scale) => [scale.id, scale]));

export function axisPosition(id: string, experiment: number): number | undefined {
  return byId.get(id)?.position(experiment);
}

function settingScale(column: PageColumn): AxisScale {
  const words = [...new Set(everyone.flatMap((experiment) => readCell(column, experiment) ?? []))].map(String);
  const areNumbers = words.every((word) => maybeNumber(word) !== undefined);
  if (areNumbers && words.length > maxPlaces) return figureScale(column);
  const ordered = words.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
  const place = new Map(ordered.map((word, index) => [word, (index + 0.5) / ordered.length]));
  const every = Math.ceil(ordered.length / 24);
  return {
    id: column.id,
    isOrdinal: true,
    ticks: ordered.flatMap((label, index) => (index % every === 0 ? [{ label, position: place.get(label) ?? 0 }] : [])),
    position: (experiment) => place.get(String(readCell(column, experiment))),
  };
}

/** From the lowest figure to the highest; what lies far out does not squeeze the others: it stands at the end. */
function figureScale(column: PageColumn): AxisScale {
  const numbers = everyone
    .map((experiment) => maybeNumber(readCell(column, experiment)) ?? Number.NaN)
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  const [low, high] = robustRange(numbers);
  const share = (value: number) => (high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5);
  return {
    id: column.id,
    isOrdinal: false,
    ticks: [0, 0.25, 0.5, 0.75, 1].map((position) => ({
      position,
      label: Number.isFinite(low) ? formatFigure(low + position * (high - low)) : '',
    })),
    position: (experiment) => {
      const value = maybeNumber(readCell(column, experiment));
      return value === undefined || !Number.isFinite(value) ? undefined : share(value);
    },
  };
}

function robustRange(sorted: readonly number[]): [number, number] {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const inner = at(0.97) - at(0.03);
  const low = at(0.03) - at(0) > 3 * inner && inner > 0 ? at(0.03) : at(0);
  const high = at(1) - at(0.97) > 3 * inner && inner > 0 ? at(0.97) : at(1);
  return [low, high];
}
