/** A table as CSV, JSON, Markdown or LaTeX, piece by piece, so that four million rows need no memory. */

import { escapeText } from '../escape-text.js';
import { csvLine } from './csv-line.js';
import { type Cell, type Column, type ColumnKind, isLink, type Table } from './table.js';

export const tableFormats = ['csv', 'json', 'md', 'latex'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** CSV and JSON have every column and every digit, for programs; Markdown and LaTeX have rounded figures, for people. */
export function renderTable<Row>(table: Table<Row>, format: TableFormat): Generator<string> {
  return renderers[format](table);
}

/** The columns that a person compares rows by: settings that vary, and no column that is empty throughout. */
export function readableColumns<Row>({ columns, rows }: Table<Row>): Column<Row>[] {
  const candidates = columns.filter(({ kind, isHidden, isProminent }) => {
    if (isHidden || kind === 'link' || kind === 'time') return false;
    return kind !== 'setting' || isProminent !== false;
  });
  const filled = new Set<Column<Row>>();
  for (const row of rows) {
    for (const column of candidates) if (!filled.has(column) && column.value(row) !== null) filled.add(column);
    if (filled.size === candidates.length) break;
  }
  return candidates.filter((column) => filled.has(column));
}

const renderers = { csv: renderCsvTable, json: renderJson, md: renderMarkdown, latex: renderLatex } as const;

function* renderCsvTable<Row>({ columns, rows }: Table<Row>): Generator<string> {
  yield csvLine(columns.map(({ header }) => header));
  for (const row of rows) yield csvLine(columns.map(({ value }) => plain(value(row))));
}

function* renderJson<Row>({ columns, rows }: Table<Row>): Generator<string> {
  let separator = '[\n';
  for (const row of rows) {
    // Written by hand, so that a column may be called `__proto__`.
    const fields = columns.map(({ header, value }) => `${JSON.stringify(header)}: ${jsonValue(value(row))}`);
    yield `${separator}{${fields.join(', ')}}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function* renderMarkdown<Row>({ columns, rows }: Table<Row>): Generator<string> {
  yield markdownLine(columns.map(({ header }) => header));
  yield `| ${columns.map(({ kind }) => (isNumeric(kind) ? '---:' : '---')).join(' | ')} |\n`;
  for (const row of rows) yield markdownLine(columns.map(({ kind, value }) => shown(kind, value(row))));
}

function* renderLatex<Row>({ columns, rows }: Table<Row>): Generator<string> {
  yield '% needs \\usepackage{booktabs}\n';
  yield `\\begin{tabular}{${columns.map(({ kind }) => (isNumeric(kind) ? 'r' : 'l')).join('')}}\n\\toprule\n`;
  yield latexLine(columns.map(({ header }) => header));
  yield '\\midrule\n';
  for (const row of rows) yield latexLine(columns.map(({ kind, value }) => shown(kind, value(row))));
  yield '\\bottomrule\n\\end{tabular}\n';
}

function plain(cell: Cell): string | number | null {
  if (cell instanceof Date) return cell.toISOString();
  return isLink(cell) ? cell.target : cell;
}

function jsonValue(cell: Cell): string {
  const value = plain(cell);
  return JSON.stringify(typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'metric' || kind === 'seconds' || kind === 'setting' || kind === 'place';
}

/** As the workbook shows it. */
function shown(kind: ColumnKind, cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 16).replace('T', ' ');
  if (isLink(cell)) return cell.text;
  if (typeof cell === 'string') return kind === 'status' ? cell.replaceAll('_', ' ') : cell;
  if (!Number.isFinite(cell)) return String(cell);
  if (kind === 'seconds') return cell.toFixed(1);
  if (kind !== 'metric') return String(cell);
  const size = Math.abs(cell);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? cell.toExponential(2) : cell.toFixed(4);
}

const newline = /\r\n?|\n/;

function markdownLine(cells: readonly string[]): string {
  const escapeLine = (line: string) => escapeText(line).replace(/[\\|<>*_`[\]]/g, '\\$&');
  const escaped = cells.map((text) => text.split(newline).map(escapeLine).join('<br>'));
  return `| ${escaped.join(' | ')} |\n`;
}

const latexEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
]);

function latexLine(cells: readonly string[]): string {
  const escapeChar = (char: string) => latexEscapes.get(char) ?? `\\${char}`;
  const escaped = cells.map((text) =>
    escapeText(text.split(newline).join(' ')).replace(/[\\~^]|[&%$#_{}]/g, escapeChar),
  );
  return `${escaped.join(' & ')} \\\\\n`;
}
