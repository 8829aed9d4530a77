/** The top of every page of a sweep's report. */

import type { Context } from '../report/canvas.js';
import { grey } from '../report/colours.js';
import { contentWidth, margin } from '../report/page.js';
import { breakLines, write } from '../report/text.js';
import type { SweepData } from './data.js';

/** Title, one grey line or two under it, and the name of the sweep at the right; returns the y at which the page begins. */
export function drawSweepHeader(
  context: Context,
  { title, dateText }: SweepData,
  heading: string,
  note: string,
): number {
  write(context, heading, margin, 44, { size: 16, isBold: true, maxWidth: contentWidth * 0.6 });
  const right = margin + contentWidth;
  write(context, heading === title ? dateText : `${title}  ·  ${dateText}`, right, 44, {
    size: 8.5,
    colour: grey,
    align: 'right',
    maxWidth: contentWidth * 0.38,
  });
  const style = { size: 8.5, colour: grey, maxWidth: contentWidth };
  const lines = breakLines(context, note, style, 2);
  lines.forEach((line, index) => {
    write(context, line, margin, 58 + 11 * index, style);
  });
  return 62 + 11 * Math.max(1, lines.length);
}
