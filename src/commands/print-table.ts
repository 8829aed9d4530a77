import type { Column } from '../outputs/table.js';
import type { TableFormat } from '../outputs/table-export.js';
import { type Command, choiceOption } from './command.js';
import type { CommandContext } from './context.js';
import { libraries } from './libraries.js';
import { positive } from './positive.js';
import { type TerminalColumn, terminalTable } from './terminal-table.js';

/** How a table can be printed: aligned for a terminal, or as the workbook's sheets are exported. */
const formats = ['table', 'csv', 'json', 'md', 'latex'] as const satisfies readonly ('table' | TableFormat)[];
export type Format = (typeof formats)[number];

type Cell = string | number | null;
type Row = readonly Cell[];

export interface TextTable {
  /** Each header once. */
  readonly columns: readonly TerminalColumn[];
  readonly rows: readonly Row[];
  /** How numbers are written for people, by the column's header; integers and texts stand as they are. */
  readonly text: Readonly<Record<string, (value: number) => string>>;
}

/** `--format`, as all commands that print a table have it. */
export function withFormat(command: Command): Command {
  return command.addOption(choiceOption('--format <format>', 'how to print', formats, 'table'));
}

/** `--limit`: people see the first rows, programs get them all unless they ask for fewer. */
export function withLimit(command: Command): Command {
  return command.option('--limit <n>', 'at most so many rows, or "all" (default: 20; csv and json: all)');
}

/** What `--limit` comes to. */
export function limitOf(text: string | undefined, format: Format): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (text === undefined) return format === 'csv' || format === 'json' ? Number.POSITIVE_INFINITY : 20;
  return positive('--limit', text);
}

/** Prints a table to stdout: rounded for people (table, md, latex), with every digit for programs (csv, json). */
export function printTable({ stdout }: CommandContext, format: Format, table: TextTable): void {
  if (format === 'table') {
    stdout.write(terminalTable(table.columns, textRows(table), stdout.isTTY ? stdout.columns : undefined));
    return;
  }
  const isForPeople = format === 'md' || format === 'latex';
  const rows = isForPeople ? textRows(table) : table.rows;
  const { renderTable } = libraries.tableExport();
  for (const part of renderTable({ columns: columnsOf(table, isForPeople), rows }, format)) stdout.write(part);
}

function textRows({ columns, rows, text }: TextTable): string[][] {
  const shown = (cell: Cell, header: string): string => {
    if (cell === null) return '';
    if (typeof cell === 'string') return cell;
    // A metric may be called `constructor`.
    const own = Object.hasOwn(text, header) ? text[header] : undefined;
    return Number.isInteger(cell) && !own ? String(cell) : (own ?? text.default ?? String)(cell);
  };
  return rows.map((row) => row.map((cell, i) => shown(cell, columns[i]?.header ?? '')));
}

function columnsOf({ columns, rows }: TextTable, isText: boolean): Column<Row>[] {
  return columns.map(({ header, align }, i) => {
    const isNumeric = isText ? align === 'right' : rows.some((row) => typeof row[i] === 'number');
    return { header, kind: isNumeric ? 'setting' : 'text', meaning: '', value: (row) => row[i] ?? null };
  });
}
