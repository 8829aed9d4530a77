/** A value to compare with: a dotted line over the plot, or a note at the edge where it lies beyond. */

import type { Plot } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { palette } from './colours.js';
import { drawLine } from './shapes.js';
import { write } from './text.js';

const colour = '#00795a';

/** Draws the line at `value` with its label at the left, where curves of early epochs leave room. */
export function drawReference(context: Context, plot: Plot, value: number, label: string, size: number): void {
  const { left, top, width, height } = plot.area;
  const y = plot.yOf(value);
  const style = { size, colour } as const;
  if (!Number.isFinite(y)) return;
  if (y < top - 1 || y > top + height + 1) {
    write(context, `${label} ${y < top ? '↑' : '↓'}`, left + 5, y < top ? top + size + 1 : top + height - 4, style);
    return;
  }
  drawLine(context, left, y, left + width, y, { colour: palette.green, width: 1, dash: [1, 2.5] });
  write(context, label, left + 5, y < top + size + 4 ? y + size + 1 : y - 3, style);
}
