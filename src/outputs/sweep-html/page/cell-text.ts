/** Cells as people read them. */

import { formatDuration, formatFigure } from '../../report/format.js';
import type { PageColumn } from '../page-data.js';
import { maybeColumn, readCell } from './experiments.js';

/** Glyphs of the workbook, so that a status is told without its colour. */
const glyphs: Readonly<Record<string, string>> = {
  completed: '✓',
  early_stopped: '■',
  running: '▶',
  diverged: '▲',
  failed: '✗',
  killed: '✗',
  stalled: '…',
  empty: '○',
};

export function cellText(column: PageColumn, experiment: number): string {
  const value = readCell(column, experiment);
  if (value === null) return '';
  if (column.kind === 'status') return statusText(String(value));
  if (column.id === 'epochs') return epochsText(value, experiment);
  if (typeof value === 'string') return value;
  if (column.kind === 'seconds') return formatDuration(value);
  return column.kind === 'figure' ? formatFigure(value) : String(value);
}

export function statusText(status: string): string {
  return `${glyphs[status] ?? '–'} ${status.replaceAll('_', ' ')}`;
}

/** Whether a column stands at the right, as numbers do. */
export function isNumeric({ kind }: PageColumn): boolean {
  return kind !== 'text' && kind !== 'status';
}

function epochsText(value: string | number, experiment: number): string {
  const planned = maybeColumn('planned');
  const of = planned ? readCell(planned, experiment) : null;
  return of === null || of === value ? String(value) : `${value}/${of}`;
}
