/** How cells look: one shared object a style, because the writer knows a style again by its object. */

import type { Status } from '../../experiment.js';
import type { Cell, ColumnKind } from '../table.js';

/** As the library takes it. */
export interface CellStyle {
  numFmt?: string;
  font?: {
    name: string;
    size: number;
    family: number;
    bold?: boolean;
    italic?: boolean;
    underline?: boolean;
    color?: { argb: string };
  };
  fill?: { type: 'pattern'; pattern: 'solid'; fgColor: { argb: string } };
  alignment?: {
    horizontal?: 'left' | 'center' | 'right';
    vertical?: 'top' | 'middle' | 'bottom';
    wrapText?: boolean;
    shrinkToFit?: boolean;
    indent?: number;
  };
  border?: Partial<Record<'top' | 'bottom', { style: 'thin' | 'medium' | 'hair'; color: { argb: string } }>>;
}

/** How a row is set apart: the best one, those that did not finish, the first of these and of every group below a rule. */
export type RowLook = 'plain' | 'best' | 'unfinished' | 'first_unfinished' | 'first_of_group' | 'heading';

const smallSize = 8;
const typeface = { name: 'Calibri', size: 11, family: 2 };
const ink = { argb: 'FF1F2933' };
const grey = { argb: 'FF7B8794' };
const red = { argb: 'FFB42318' };
const blue = { argb: 'FF1D5FA8' };
const lineGrey = { argb: 'FF9AA5B1' };
const paleGrey = { argb: 'FFE4E8EC' };

const statusLooks: Readonly<Record<Status, readonly [glyph: string, fill: string]>> = {
  completed: ['✓', 'FFDDF3E4'],
  early_stopped: ['■', 'FFDCEEF5'],
  running: ['▶', 'FFE4EAF7'],
  diverged: ['▲', 'FFFCE8CF'],
  failed: ['✗', 'FFF9DAD6'],
  killed: ['✗', 'FFF9DAD6'],
  stalled: ['…', 'FFF4ECD0'],
  unrecognised: ['?', 'FFECEEF1'],
  empty: ['○', 'FFECEEF1'],
  unreadable: ['?', 'FFECEEF1'],
  gone: ['–', 'FFECEEF1'],
  ignored: ['–', 'FFECEEF1'],
};

const looks: ReadonlyMap<string, readonly [glyph: string, fill: string]> = new Map(Object.entries(statusLooks));
const shared = new Map<string, CellStyle>();

/** The style of a cell with this content; in a column that is small for its texts, smaller letters. */
export function styleOf(kind: ColumnKind, cell: Cell, look: RowLook, isSmall = false): CellStyle {
  const variant = kind === 'status' ? String(cell) : formatOf(kind, cell);
  const id = `${kind}|${look}|${variant}|${isSmall}`;
  const known = shared.get(id);
  if (known) return known;
  const style = makeStyle(kind, variant, look);
  if (isSmall && style.font) style.font.size = smallSize;
  shared.set(id, style);
  return style;
}

/** The style of a column's header. */
export function headerStyle(kind: ColumnKind, isProminent: boolean): CellStyle {
  const { horizontal = 'right', indent } = alignmentOf(kind);
  const id = `header|${kind === 'user'}|${isProminent}|${horizontal}|${indent}`;
  const known = shared.get(id);
  if (known) return known;
  const style: CellStyle = {
    font: { ...typeface, bold: isProminent, color: isProminent ? ink : grey },
    fill: solid(kind === 'user' ? 'FFFFF0BF' : 'FFE9EEF3'),
    alignment: { vertical: 'bottom', wrapText: true, horizontal, ...(indent === undefined ? {} : { indent }) },
    border: { bottom: { style: 'medium', color: lineGrey } },
  };
  shared.set(id, style);
  return style;
}

/** Format of a cell's number or text: the program that shows the sheet puts the glyph of a status in front of the word. */
function formatOf(kind: ColumnKind, cell: Cell): string {
  if (typeof cell === 'number' && !Number.isFinite(cell)) return 'not finite';
  switch (kind) {
    case 'metric': {
      const size = typeof cell === 'number' ? Math.abs(cell) : 1;
      return size !== 0 && (size < 1e-3 || size >= 1e6) ? '0.00E+00' : '0.0000';
    }
    case 'seconds':
      return typeof cell === 'number' && cell !== 0 && Math.abs(cell) < 1 ? '0.000' : '#,##0.0';
    case 'percent':
      return '0 %';
    case 'time':
      return 'yyyy-mm-dd hh:mm';
    case 'integer':
      return '0';
    default:
      return 'General';
  }
}

function makeStyle(kind: ColumnKind, variant: string, look: RowLook): CellStyle {
  const isUnfinished = look === 'unfinished' || look === 'first_unfinished';
  const style: CellStyle = {
    alignment: { vertical: 'middle', ...alignmentOf(kind) },
    border: { bottom: { style: 'thin', color: paleGrey } },
  };
  const font: NonNullable<CellStyle['font']> = { ...typeface, color: isUnfinished ? grey : ink };
  if (isUnfinished) font.italic = true;
  if (look === 'heading') font.bold = true;
  if (look === 'best') {
    font.bold = true;
    style.fill = solid('FFFFF8E1');
  }
  if (look === 'first_of_group') style.border = { ...style.border, top: { style: 'thin', color: lineGrey } };
  if (look === 'first_unfinished') style.border = { ...style.border, top: { style: 'medium', color: lineGrey } };
  if (kind === 'link') {
    font.color = blue;
    font.underline = true;
  }
  if (kind === 'user') style.fill = solid('FFFFFBEA');
  if (kind === 'status') {
    const [glyph, fill] = looks.get(variant) ?? ['', 'FFFFFFFF'];
    style.numFmt = `"${glyph} "@`;
    style.fill = solid(fill);
    font.color = ink;
  } else if (variant === 'not finite') {
    font.color = red;
  } else if (variant !== 'General') {
    style.numFmt = variant;
  }
  style.font = font;
  return style;
}

/** Numbers stand at the right, as they do where nothing is said, so that NaN among them does too. */
function alignmentOf(kind: ColumnKind): NonNullable<CellStyle['alignment']> {
  switch (kind) {
    case 'user':
    case 'long_text':
      return { horizontal: 'left', indent: 1, wrapText: true };
    case 'text':
      return { horizontal: 'left', indent: 1, shrinkToFit: true };
    case 'path':
    case 'status':
    case 'time':
    case 'link':
      return { horizontal: 'left', indent: 1 };
    case 'setting':
      return { horizontal: 'right', shrinkToFit: true };
    case 'place':
      return { horizontal: 'center' };
    default:
      return { horizontal: 'right' };
  }
}

function solid(argb: string): NonNullable<CellStyle['fill']> {
  return { type: 'pattern', pattern: 'solid', fgColor: { argb } };
}
