/** A table as a sheet: widths that fit, the look of each cell. */

import type { Cell, Column, ColumnKind, Table } from '../table.js';
import { isLink } from '../table.js';
import { headerStyle, type RowLook, styleOf } from './styles.js';
import type { Sheet, SheetColumn } from './xlsx.js';

export interface SheetLook<Row> {
  readonly name: string;
  readonly lookOf?: (row: Row) => RowLook;
  /** Rows by which the widths are measured; without them the headers alone count. */
  readonly sample?: readonly Row[];
  readonly frozenColumns?: number;
  readonly paper?: 'A3' | 'A4';
}

/** The sheet of `table`, with a filter. */
export function sheetOf<Row>(table: Table<Row>, look: SheetLook<Row>): Sheet {
  const { columns } = table;
  const { name, sample = [], lookOf = () => 'plain', ...layout } = look;
  const sheetColumns = columns.map((column) => sheetColumn(column, sample));
  return {
    name,
    ...layout,
    columns: sheetColumns,
    rows: styledRows(table, lookOf),
    headerHeight: 4 + 15 * Math.max(1, ...sheetColumns.map(({ header, width }) => linesOf(header, width))),
    hasFilter: true,
  };
}

function* styledRows<Row>({ columns, rows }: Table<Row>, lookOf: (row: Row) => RowLook) {
  for (const row of rows) {
    const cells = columns.map(({ value }) => value(row));
    const look = lookOf(row);
    yield { cells, styles: cells.map((cell, index) => styleOf(columns[index]?.kind ?? 'text', cell, look)) };
  }
}

function sheetColumn<Row>(column: Column<Row>, sample: readonly Row[]): SheetColumn {
  const longestWord = Math.max(...column.header.split(/[ \n]/).map((word) => word.length + 2));
  let longest = longestWord;
  for (const row of sample) longest = Math.max(longest, shownLength(column.value(row), column.kind));
  const [least, most] = limits[column.kind] ?? [6, 24];
  return {
    header: column.header,
    headerStyle: headerStyle(column.kind, column.isProminent ?? column.kind !== 'setting'),
    width: Math.min(most, Math.max(least, longest + 1)),
    isHidden: column.isHidden ?? false,
  };
}

const limits: Partial<Record<ColumnKind, readonly [least: number, most: number]>> = {
  text: [8, 60],
  long_text: [40, 90],
  setting: [7, 30],
  user: [8, 40],
  time: [17, 17],
};

function shownLength(cell: Cell, kind: ColumnKind): number {
  if (cell === null) return 0;
  if (typeof cell === 'string') return kind === 'status' ? cell.length + 2 : cell.length;
  if (typeof cell === 'number') {
    if (kind === 'metric') return Math.abs(cell) >= 1e5 ? 9 : cell.toFixed(4).length;
    if (kind === 'seconds') return cell.toFixed(1).length + Math.floor(Math.log10(Math.abs(cell) + 1) / 3);
    return String(cell).length;
  }
  return isLink(cell) ? cell.text.length : 16;
}

/** Lines that a header takes when it is broken between words. */
function linesOf(header: string, width: number): number {
  let lines = 1;
  let used = 0;
  for (const word of header.split(' ')) {
    if (used > 0 && used + 1 + word.length > width - 1) {
      lines++;
      used = 0;
    }
    used += (used > 0 ? 1 : 0) + word.length;
  }
  return lines;
}
