/** A table as plain data: what a sheet of the workbook and an export to CSV, JSON, Markdown or LaTeX have in common. */

/** A link relative to the folder of the workbook. */
export interface Link {
  readonly text: string;
  /** '/'-separated, percent-encoded. */
  readonly target: string;
}

/** null: missing, an empty cell. NaN and ±Infinity are data. */
export type Cell = string | number | Date | Link | null;

/** How a column's cells are written and aligned. */
export type ColumnKind =
  | 'text'
  | 'long_text'
  /** In the last column, where it may run over. */
  | 'path'
  | 'integer'
  | 'setting'
  | 'metric'
  | 'seconds'
  | 'percent'
  | 'place'
  | 'status'
  | 'time'
  | 'link'
  /** The user writes here. */
  | 'user';

export interface Column<Row> {
  /** Unique in its table, ignoring case. */
  readonly header: string;
  readonly kind: ColumnKind;
  /** One sentence for the sheet About. */
  readonly meaning: string;
  readonly value: (row: Row) => Cell;
  /** Set apart in the header: it is what differs between the rows. */
  readonly isProminent?: boolean;
  readonly isHidden?: boolean;
  /** Characters that its column may be wide, where that is not what its kind has. */
  readonly widest?: number;
  /** Canonical name of the metric whose final figure it shows. */
  readonly metric?: string;
}

export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: Iterable<Row>;
}

export function isLink(cell: Cell): cell is Link {
  return typeof cell === 'object' && cell !== null && 'target' in cell;
}
