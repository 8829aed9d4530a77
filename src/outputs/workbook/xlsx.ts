/** Sheets to the bytes of an .xlsx file, and back: the only file that knows the library. */

import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import ExcelJS from 'exceljs';
import { type Cell, isLink } from '../table.js';
import { cellText, sheetNames } from './cell-text.js';
import type { CellStyle } from './styles.js';
import { fixZipDates } from './zip.js';

export interface SheetColumn {
  readonly header: string;
  readonly headerStyle?: CellStyle;
  /** In characters. */
  readonly width: number;
  readonly isHidden?: boolean;
  /** Many of its texts are longer than it is wide. */
  readonly isSmall?: boolean;
}

export interface SheetRow {
  readonly cells: readonly Cell[];
  /** One a cell, or none. */
  readonly styles?: readonly CellStyle[];
  /** Points; the usual height unless said. */
  readonly height?: number;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: Iterable<SheetRow>;
  /** Points. */
  readonly headerHeight?: number;
  /** Columns that stay in sight while scrolling sideways; the header always does. */
  readonly frozenColumns?: number;
  readonly hasFilter?: boolean;
  /** Not to be seen, nor brought back by the user interface: data of the program. */
  readonly isInternal?: boolean;
  readonly paper?: 'A3' | 'A4';
  /** Columns on paper, from the first; all unless said. */
  readonly printedColumns?: number;
  readonly colourScale?: ColourScale;
}

/** From a plain to a coloured cell. */
export interface ColourScale {
  /** From 1. */
  readonly column: number;
  /** Of the sheet, header included. */
  readonly lastRow: number;
  readonly best: 'max' | 'min';
}

export interface WorkbookProperties {
  readonly title: string;
  readonly creator: string;
  readonly changed: Date;
}

/** Spreadsheet programs refuse a sheet with more than 65,530. */
export const mostLinks = 65_000;

type Writer = InstanceType<typeof ExcelJS.stream.xlsx.WorkbookWriter>;

/** The bytes of the workbook; the same sheets give the same bytes. */
export async function renderXlsx(sheets: readonly Sheet[], properties: WorkbookProperties): Promise<Buffer> {
  const stream = new PassThrough();
  const bytes = bytesOf(stream);
  const writer = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useStyles: true, useSharedStrings: true });
  writer.creator = properties.creator;
  writer.lastModifiedBy = properties.creator;
  writer.created = properties.changed;
  writer.modified = properties.changed;
  writer.title = properties.title;
  const names = sheetNames(sheets.map(({ name }) => name));
  for (const [index, sheet] of sheets.entries()) await writeSheet(writer, names[index] ?? sheet.name, sheet);
  await writer.commit();
  return fixZipDates(await bytes);
}

/** Copied once: `buffer` of node:stream/consumers holds three copies. */
async function bytesOf(stream: PassThrough): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The sheets of a workbook by name, each cell as text: what a formula gave or else says, what a link shows; rows and cells from 0. */
export async function parseXlsx(bytes: Uint8Array): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  return new Map(workbook.worksheets.map((worksheet) => [worksheet.name, textsOf(worksheet)]));
}

async function writeSheet(writer: Writer, name: string, sheet: Sheet): Promise<void> {
  const worksheet = writer.addWorksheet(name, {
    state: sheet.isInternal ? 'veryHidden' : 'visible',
    views: [{ state: 'frozen', xSplit: sheet.frozenColumns ?? 0, ySplit: 1, showGridLines: false }],
    pageSetup: {
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
      printTitlesRow: '1:1',
    },
    headerFooter: { oddFooter: '&L&A&RPage &P of &N' },
  });
  // By assignment: the library's list of sizes lacks A3.
  Object.assign(worksheet.pageSetup, { paperSize: paperSizes[sheet.paper ?? 'A4'] });
  inOrderOfStandard(worksheet);
  worksheet.columns = sheet.columns.map(({ width, isHidden }) => ({ width, hidden: isHidden ?? false }));
  const header = worksheet.addRow(sheet.columns.map((column) => cellText(column.header)));
  if (sheet.headerHeight !== undefined) header.height = sheet.headerHeight;
  for (const [index, { headerStyle }] of sheet.columns.entries()) {
    if (headerStyle) header.getCell(index + 1).style = headerStyle;
  }
  header.commit();
  let count = 1;
  let links = 0;
  for (const { cells, styles, height } of sheet.rows) {
    for (const cell of cells) if (isLink(cell)) links += 1;
    const row = worksheet.addRow(cells.map((cell) => cellValue(links > mostLinks ? withoutLink(cell) : cell)));
    if (height !== undefined) row.height = height;
    for (const [index, style] of (styles ?? []).entries()) row.getCell(index + 1).style = style;
    row.commit();
    count += 1;
    // Lets what is written so far be packed, or all of it would lie in memory.
    await setImmediate();
  }
  if (sheet.hasFilter)
    worksheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: count, column: sheet.columns.length } };
  // The library puts a $ in front of each corner, and no other.
  if (sheet.printedColumns) worksheet.pageSetup.printArea = `A$1:${letterOf(sheet.printedColumns)}$${count}`;
  if (sheet.colourScale) worksheet.addConditionalFormatting(colourRule(sheet.colourScale));
  worksheet.commit();
}

const paperSizes = { A3: 8, A4: 9 } as const;

/** The library writes links before conditional formats; the standard has them the other way round, and Excel insists. */
function inOrderOfStandard(worksheet: object): void {
  const links: unknown = Reflect.get(worksheet, '_writeHyperlinks');
  const formats: unknown = Reflect.get(worksheet, '_writeConditionalFormatting');
  Reflect.set(worksheet, '_writeHyperlinks', formats);
  Reflect.set(worksheet, '_writeConditionalFormatting', links);
}

/** Where it leads, as text. */
function withoutLink(cell: Cell): Cell {
  return cell !== null && isLink(cell) ? decodeURIComponent(cell.target) : cell;
}

function cellValue(cell: Cell): ExcelJS.CellValue {
  if (cell === null || cell instanceof Date) return cell;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : String(cell);
  if (isLink(cell)) return { text: cellText(cell.text), hyperlink: cell.target };
  return cellText(cell);
}

function colourRule({ column, lastRow, best }: ColourScale): ExcelJS.ConditionalFormattingOptions {
  const colours = [{ argb: 'FFFFFFFF' }, { argb: 'FF7FC8A9' }];
  return {
    ref: `${letterOf(column)}2:${letterOf(column)}${lastRow}`,
    rules: [
      {
        type: 'colorScale',
        priority: 1,
        cfvo: [{ type: 'min' }, { type: 'max' }],
        color: best === 'max' ? colours : colours.reverse(),
      },
    ],
  };
}

/** 1 → A, 27 → AA. */
function letterOf(column: number): string {
  const rest = (column - 1) % 26;
  const letter = String.fromCharCode(65 + rest);
  return column > 26 ? letterOf((column - 1 - rest) / 26) + letter : letter;
}

function textsOf(worksheet: ExcelJS.Worksheet): string[][] {
  const rows: string[][] = [];
  worksheet.eachRow((row, number) => {
    const cells: string[] = [];
    row.eachCell((cell, column) => {
      cells[column - 1] = textOf(cell.value);
    });
    rows[number - 1] = Array.from(cells, (text) => text ?? '');
  });
  return Array.from(rows, (row) => row ?? []);
}

function textOf(value: ExcelJS.CellValue): string {
  if (value === null || value === undefined) return '';
  // A time of day is one of the day before a workbook's first.
  if (value instanceof Date) return value.toISOString().replace(/^1899-12-30T|T00:00:00\.000Z$|\.000Z$/g, '');
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('text' in value) return textOf(value.text);
  if ('result' in value && value.result !== undefined) return textOf(value.result);
  // Saved by a program that does not compute.
  if ('formula' in value) return `=${value.formula}`;
  return 'error' in value ? value.error : '';
}
