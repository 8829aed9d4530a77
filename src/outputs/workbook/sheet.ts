/** A table as a sheet: widths that fit, the look of each cell. */

import type { Cell, Column, ColumnKind, Table } from '../table.js';
import { isLink } from '../table.js';
import { headerStyle, type RowLook, styleOf } from './styles.js';
import type { Sheet, SheetColumn, SheetRow } from './xlsx.js';

export interface SheetLook<Row> {
  readonly name: string;
  readonly lookOf?: (row: Row) => RowLook;
  readonly frozenColumns?: number;
  readonly paper?: 'A3' | 'A4';
  /** Where there are more rows than that, the last one says what `more` says. */
  readonly limit?: { readonly rows: number; readonly more: string };
}

/** The sheet of `table`, with a filter. */
export function sheetOf<Row>(table: Table<Row>, look: SheetLook<Row>): Sheet {
  const { columns } = table;
  const { lookOf, limit, ...layout } = look;
  const sample = firstOf(table.rows, 1000);
  const sheetColumns = columns.map((column) => sheetColumn(column, sample));
  return {
    ...layout,
    columns: sheetColumns,
    rows: styledRows(table, sheetColumns, look),
    headerHeight: 4 + 15 * Math.max(1, ...sheetColumns.map(({ header, width }) => linesOf(header, width))),
    hasFilter: true,
  };
}

function* styledRows<Row>(
  { columns, rows }: Table<Row>,
  sheetColumns: readonly SheetColumn[],
  { lookOf = () => 'plain', limit }: SheetLook<Row>,
): Generator<SheetRow> {
  const texts = columns.flatMap(({ kind, isHidden }, index) =>
    (kind === 'text' || kind === 'setting') && !isHidden ? [index] : [],
  );
  const wrapped = columns.flatMap(({ kind }, index) => (kind === 'long_text' || kind === 'user' ? [index] : []));
  let count = 0;
  for (const row of rows) {
    if (limit && ++count > limit.rows) {
      const height = 15 * linesOf(limit.more, sheetColumns[0]?.width ?? 0);
      yield { cells: [limit.more], styles: [styleOf('long_text', limit.more, 'heading')], height };
      return;
    }
    const cells = columns.map(({ value }) => value(row));
    const look = lookOf(row);
    const tooLong = texts.filter((index) => isTooLong(cells[index], sheetColumns[index]));
    const lines = Math.max(
      1,
      ...[...wrapped, ...tooLong].map((index) => linesOf(cells[index], sheetColumns[index]?.width ?? 0)),
    );
    yield {
      cells,
      styles: cells.map((cell, index) => {
        const kind = tooLong.includes(index) ? 'long_text' : (columns[index]?.kind ?? 'text');
        return styleOf(kind, cell, look, sheetColumns[index]?.isSmall);
      }),
      ...(lines > 1 ? { height: 15 * Math.min(lines, 20) } : {}),
    };
  }
}

/** Names are shown whole: in smaller letters where they are a little too long for the column, over several lines where much. */
function isTooLong(cell: Cell | undefined, column: SheetColumn | undefined): boolean {
  return typeof cell === 'string' && column !== undefined && cell.length > 1.5 * column.width;
}

/** The rows by which widths are measured. */
function firstOf<Row>(rows: Iterable<Row>, count: number): Row[] {
  const first: Row[] = [];
  for (const row of rows) {
    if (first.length === count) break;
    first.push(row);
  }
  return first;
}

function sheetColumn<Row>(column: Column<Row>, sample: readonly Row[]): SheetColumn {
  const longestWord = Math.max(...column.header.split(' ').map((word) => Math.min(word.length, longestHeaderWord))) + 1;
  const lengths = sample.map((row) => shownLength(column.value(row), column.kind));
  const longest = lengths.reduce((most, length) => Math.max(most, length), longestWord);
  const [least, usual] = limits[column.kind] ?? [6, 24];
  const most = column.widest ?? usual;
  return {
    header: column.header,
    headerStyle: headerStyle(column.kind, column.isProminent ?? true),
    width: Math.min(most, Math.max(least, longest + (isIndented(column.kind) ? 2.5 : 2.2))),
    isHidden: column.isHidden ?? false,
    // One name that is far too long does not make the others small.
    isSmall: column.kind === 'text' && lengths.filter((length) => length > most).length > sample.length / 10,
  };
}

/** A longer word of a header is broken over lines. */
const longestHeaderWord = 17;

const limits: Partial<Record<ColumnKind, readonly [least: number, most: number]>> = {
  text: [8, 60],
  long_text: [20, 70],
  setting: [7, 36],
  path: [8, 60],
  status: [14, 18],
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

function isIndented(kind: ColumnKind): boolean {
  return (
    kind === 'text' || kind === 'path' || kind === 'status' || kind === 'time' || kind === 'link' || kind === 'user'
  );
}

/** Lines that a text takes when it is broken between words, and words that are too long anywhere. */
function linesOf(cell: Cell | undefined, width: number): number {
  if (typeof cell !== 'string') return 1;
  const room = Math.max(1, width - 1.5);
  let lines = 0;
  for (const paragraph of cell.split('\n')) {
    let used = room;
    for (const word of paragraph.split(' ')) {
      if (used + 1 + word.length > room) {
        lines += Math.max(1, Math.ceil(word.length / room));
        used = word.length % room;
      } else {
        used += 1 + word.length;
      }
    }
  }
  return lines;
}
