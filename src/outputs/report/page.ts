/** What all pages share: margins, header, footer, and how panels fill a page. */

import type { Box } from '../chart-plot.js';
import { type Context, type Paper, paperHeight, paperWidth } from './canvas.js';
import { grey, hairline } from './colours.js';
import type { ReportData } from './data.js';
import { widthOf, write } from './text.js';

export interface Page {
  /** In the list of bookmarks. */
  readonly bookmark: string;
  draw(context: Context, paper: Paper): void;
}

export const margin = 34;
export const contentWidth = paperWidth - 2 * margin;
/** Between the header and the footer of every page but the first, pt. */
export const body: Box = { left: margin, top: 70, width: contentWidth, height: paperHeight - 70 - 40 };

const widestTitle = contentWidth * 0.8;

/** Title and one grey line under it, with the experiment's name at the right. */
export function drawHeader(context: Context, data: ReportData, title: string, note: string): void {
  const titleWidth = widthOf(context, title, { size: 16, isBold: true });
  write(context, title, margin, 44, { size: 16, isBold: true, maxWidth: widestTitle });
  write(context, data.experiment.name, margin + contentWidth, 44, {
    size: 7.5,
    isMono: true,
    colour: grey,
    align: 'right',
    cut: 'middle',
    maxWidth: contentWidth - Math.min(titleWidth, widestTitle) - 24,
  });
  write(context, note, margin, 58, { size: 8.5, colour: grey, maxWidth: contentWidth });
}

/** Page number, at the bottom right of every page. */
export function drawPageNumber(context: Context, number: number, count: number): void {
  if (number > 1) drawRule(context, paperHeight - 30);
  write(context, `${number} / ${count}`, paperWidth - margin, paperHeight - 18, {
    size: 7,
    colour: grey,
    align: 'right',
  });
}

/** A hairline over the whole width. */
export function drawRule(context: Context, y: number): void {
  context.fillStyle = hairline;
  context.fillRect(margin, y, contentWidth, 0.8);
}

/** `count` boxes of equal size, row by row. */
export function gridOf(box: Box, count: number, columns: number, gapX = 22, gapY = 16): Box[] {
  const rows = Math.ceil(count / columns);
  const width = (box.width - (columns - 1) * gapX) / columns;
  const height = (box.height - (rows - 1) * gapY) / rows;
  return Array.from({ length: count }, (_, index) => ({
    left: box.left + (index % columns) * (width + gapX),
    top: box.top + Math.floor(index / columns) * (height + gapY),
    width,
    height,
  }));
}

/** `list` in pieces of at most `size`. */
export function piecesOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
