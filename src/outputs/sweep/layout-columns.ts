/** What can be said of a layout of processes, as text. */

import type { Configuration } from '../../ask/scaling.js';
import { formatDuration, formatFigure } from '../report/format.js';

export interface LayoutColumn {
  readonly title: string;
  /** null where it is not known. */
  textOf(row: Configuration): string | null;
}

const columns: readonly LayoutColumn[] = [
  { title: 'nodes', textOf: ({ nodes }) => maybe(nodes, String) },
  { title: 'processes', textOf: ({ processes }) => String(processes) },
  { title: 'cores each', textOf: ({ coresPerProcess }) => maybe(coresPerProcess, String) },
  { title: 'runs', textOf: ({ n }) => String(n) },
  { title: 'time/epoch', textOf: ({ secondsPerEpoch }) => formatDuration(secondsPerEpoch) },
  { title: 'images/s', textOf: ({ imagesPerSecond }) => maybe(imagesPerSecond, formatFigure) },
  { title: 'speed-up', textOf: ({ speedUp }) => maybe(speedUp, (value) => `${value.toFixed(2)}×`) },
  { title: 'efficiency', textOf: ({ efficiency }) => maybe(efficiency, (value) => `${Math.round(100 * value)} %`) },
];

/** Those that some row has a figure for. */
export function layoutColumnsOf(rows: readonly Configuration[]): LayoutColumn[] {
  return columns.filter(({ textOf }) => rows.some((row) => textOf(row) !== null));
}

function maybe(value: number | null, write: (value: number) => string): string | null {
  return value === null ? null : write(value);
}
