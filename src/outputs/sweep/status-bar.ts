/** What became of all experiments, as one bar. */

import type { Context } from '../report/canvas.js';
import { grey } from '../report/colours.js';
import { formatCount } from '../report/format.js';
import { contentWidth, margin } from '../report/page.js';
import { drawDot } from '../report/shapes.js';
import { write } from '../report/text.js';
import { statusLooks } from '../report/verdict.js';
import type { SweepData } from './data.js';

/** Draws it at `top`; returns the y at which it ends. */
export function drawStatusBar(context: Context, { statusCounts, experiments }: SweepData, top: number): number {
  let left = margin;
  for (const [status, count] of statusCounts) {
    const width = (contentWidth * count) / experiments.length;
    context.fillStyle = statusLooks[status].colour;
    context.fillRect(left, top, Math.max(0.8, width - 1), 6);
    left += width;
  }
  let x = margin;
  for (const [status, count] of statusCounts) {
    drawDot(context, x + 3, top + 15.2, 2.8, statusLooks[status].colour);
    x += 9;
    x += write(context, formatCount(count), x, top + 18, { size: 8, isBold: true }) + 3;
    x += write(context, status.replaceAll('_', ' '), x, top + 18, { size: 8, colour: grey }) + 14;
  }
  return top + 22;
}
