import type { Column } from '../outputs/table.js';
import { renderTable, type TableFormat, tableFormats } from '../outputs/table-export.js';
import type { CommandContext } from './context.js';
import { type TerminalColumn, terminalTable } from './terminal-table.js';

/** How a table can be printed: aligned for a terminal, or as the workbook's sheets are exported. */
export const formats = ['table', ...tableFormats] as const;
export type Format = (typeof formats)[number];

type Cell = string | number | null;
type Row = readonly Cell[];

export interface TextTable {
  readonly columns: readonly TerminalColumn[];
  readonly rows: readonly Row[];
  /** How numbers are written on a terminal, by the column's header; integers and texts stand as they are. */
  readonly text: Readonly<Record<string, (value: number) => string>>;
}

/** Prints a table to stdout: rounded for people (table, md, latex), with every digit for programs (csv, json). */
export function printTable({ stdout }: CommandContext, format: Format, table: TextTable): void {
  if (format === 'table') stdout.write(onTerminal(table));
  else
    for (const part of renderTable({ columns: columnsOf(table), rows: table.rows }, format satisfies TableFormat))
      stdout.write(part);
}

function onTerminal({ columns, rows, text }: TextTable): string {
  const shown = (cell: Cell, header: string): string => {
    if (cell === null) return '';
    if (typeof cell === 'string') return cell;
    const own = text[header];
    return Number.isInteger(cell) && !own ? String(cell) : (own ?? text.default ?? String)(cell);
  };
  return terminalTable(
    columns,
    rows.map((row) => row.map((cell, i) => shown(cell, columns[i]?.header ?? ''))),
  );
}

function columnsOf({ columns, rows }: TextTable): Column<Row>[] {
  return columns.map(({ header }, i) => {
    const numbers = rows.map((row) => row[i]).filter((cell) => typeof cell === 'number');
    const kind = numbers.length === 0 ? 'text' : numbers.every(Number.isInteger) ? 'integer' : 'metric';
    return { header, kind, meaning: '', value: (row) => row[i] ?? null };
  });
}
