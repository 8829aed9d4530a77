/** Tables for a terminal: aligned columns without frames, so that they can be read, copied and cut. */

import { escapeText } from '../escape-text.js';
import { libraries } from './libraries.js';

export interface TerminalColumn {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** Where the terminal is too narrow: `shorten` its text, or do without the column. */
  readonly narrow?: 'shorten' | 'drop';
}

const gap = '  ';
/** Columns that may be shortened are, to this, before others are left out; and to the least when that is not enough. */
const shortWidth = 28;
const leastWidth = 12;

/** Rows under their headers, every text escaped, in lines of at most `width`; ends with a newline. */
export function terminalTable(
  columns: readonly TerminalColumn[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const escaped = rows.map((row) => row.map(escapeText));
  const { shown, widths } = layOut(columns, escaped, width);
  const line = (cells: readonly string[]): string =>
    shown
      .map((i) => padded(shorten(cells[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, columns[i]?.align))
      .join(gap)
      .trimEnd();
  const lines = [columns.map(({ header }) => header), ...escaped].map(line);
  // Of a column that is empty nothing is missed.
  const isMissed = (i: number): boolean => !shown.includes(i) && escaped.some((row) => (row[i] ?? '') !== '');
  const left = columns.filter((_, i) => isMissed(i)).map(({ header }) => header);
  const note = left.length > 0 ? `(${width} columns are too few for: ${left.join(', ')})\n` : '';
  return `${lines.join('\n')}\n${note}`;
}

/** In cells of a terminal. */
export function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : libraries.stringWidth()(text);
}

/** Which columns there is room for, and how wide each may be. */
function layOut(columns: readonly TerminalColumn[], rows: readonly (readonly string[])[], width: number) {
  const widths = columns.map(({ header }, i) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[i] ?? '')), widthOf(header)),
  );
  let shown = columns.map((_, i) => i);
  const isDroppable = (i: number): boolean => columns[i]?.narrow === 'drop';
  const isEmpty = (i: number): boolean => rows.every((row) => (row[i] ?? '') === '');
  const excess = (): number => shown.reduce((sum, i) => sum + (widths[i] ?? 0) + gap.length, -gap.length) - width;
  const squeeze = (least: number): void => {
    for (const i of shown) {
      const own = widths[i] ?? 0;
      if (columns[i]?.narrow === 'shorten' && own > least) widths[i] = Math.max(least, own - Math.max(0, excess()));
    }
  };
  squeeze(shortWidth);
  while (excess() > 0) {
    const last = shown.findLast((i) => isDroppable(i) && isEmpty(i)) ?? shown.findLast(isDroppable);
    if (last === undefined) break;
    shown = shown.filter((i) => i !== last);
  }
  squeeze(leastWidth);
  return { shown, widths };
}

/** The beginning and more of the end, where names of one sweep differ. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  const start = Math.floor((width - 1) / 3);
  const end = fitting(characters.toReversed(), width - 1 - start);
  return `${fitting(characters, start).join('')}…${end.toReversed().join('')}`;
}

/** The first characters that fit into so many cells, of which a Chinese one takes two. */
function fitting(characters: readonly string[], width: number): string[] {
  let taken = 0;
  const most = characters.findIndex((character) => {
    taken += widthOf(character);
    return taken > width;
  });
  return characters.slice(0, most < 0 ? undefined : most);
}

function padded(text: string, width: number, align: TerminalColumn['align']): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}
