import { csvLine } from '../outputs/csv-line.js';
import type { CommandContext } from './context.js';
import { type TerminalColumn, terminalTable } from './terminal-table.js';

/** How a table can be printed. */
export const formats = ['table', 'csv', 'json', 'md', 'latex'] as const;
export type Format = (typeof formats)[number];

type Cell = string | number | null;

export interface TextTable {
  readonly columns: readonly TerminalColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** How numbers are written for people, by the column's header; integers and texts stand as they are. */
  readonly text: Readonly<Record<string, (value: number) => string>>;
}

/** Prints a table to stdout: rounded for people (table, md, latex), with every digit for programs (csv, json). */
export function printTable({ stdout }: CommandContext, format: Format, table: TextTable): void {
  stdout.write(renderers[format](table));
}

const renderers: Readonly<Record<Format, (table: TextTable) => string>> = {
  table: ({ columns, rows, ...table }) =>
    terminalTable(
      columns,
      rows.map((row) => row.map((cell, i) => shown({ columns, rows, ...table }, cell, i))),
    ),
  csv: ({ columns, rows }) => [columns.map(({ header }) => header), ...rows].map((row) => csvLine(row)).join(''),
  json: ({ columns, rows }) => {
    const records = rows.map((row) =>
      Object.fromEntries(columns.map(({ header }, i) => [header, jsonCell(row[i] ?? null)])),
    );
    return `${JSON.stringify(records, null, 2)}\n`;
  },
  md: (table) => {
    const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
    const line = (cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |\n`;
    const rule = table.columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
    return [
      line(table.columns.map(({ header }) => header)),
      `| ${rule.join(' | ')} |\n`,
      ...table.rows.map((row) => line(row.map((cell, i) => shown(table, cell, i)))),
    ].join('');
  },
  latex: (table) => {
    const line = (cells: readonly string[]): string => `${cells.map(latexText).join(' & ')} \\\\\n`;
    const aligns = table.columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('');
    const body = table.rows.map((row) => line(row.map((cell, i) => shown(table, cell, i))));
    return `\\begin{tabular}{${aligns}}\n\\hline\n${line(table.columns.map(({ header }) => header))}\\hline\n${body.join('')}\\hline\n\\end{tabular}\n`;
  },
};

function shown({ columns, text }: TextTable, cell: Cell, i: number): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  const write = text[columns[i]?.header ?? ''] ?? text.default ?? String;
  return Number.isInteger(cell) && !text[columns[i]?.header ?? ''] ? String(cell) : write(cell);
}

/** JSON has neither NaN nor infinities. */
function jsonCell(cell: Cell): Cell {
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}

const latexMarks: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

function latexText(text: string): string {
  return text.replace(/[\\~^]|[&%$#_{}]/g, (mark) => latexMarks[mark] ?? `\\${mark}`);
}
