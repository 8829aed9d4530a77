/** Axes around points. */

import type { Axis, Tick } from '../chart-axis.js';
import { type Box, type Plot, plotOn } from '../chart-plot.js';
import type { Context } from '../report/canvas.js';
import { grey, hairline, lightGrey } from '../report/colours.js';
import { drawLine } from '../report/shapes.js';
import { widthOf, write } from '../report/text.js';

export interface Frame {
  readonly box: Box;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly size?: number;
}

/** Draws grid lines, labels and titles; returns where data stand. */
export function drawFrame(context: Context, { box, xAxis, yAxis, xTitle, yTitle, size = 7.5 }: Frame): Plot {
  const labelWidth = Math.max(22, ...yAxis.ticks.map(({ label }) => widthOf(context, label, { size }))) + 5;
  const top = box.top + (yTitle === undefined ? 0 : size + 5);
  const depth = size + 5 + (xTitle === undefined ? 0 : size + 4);
  const area = {
    left: box.left + labelWidth,
    top,
    width: box.width - labelWidth,
    height: box.top + box.height - depth - top,
  };
  const plot = plotOn(area, xAxis, yAxis, size + 4);
  const style = { size, colour: grey } as const;
  if (yTitle !== undefined) write(context, yTitle, box.left, box.top + size, style);
  for (const { value, label } of yAxis.ticks) {
    const y = plot.yOf(value);
    drawLine(context, area.left, y, area.left + area.width, y, { colour: hairline, width: 0.6, dash: [] });
    write(context, label, area.left - 5, y + 2.5, { ...style, align: 'right' });
  }
  const bottom = area.top + area.height;
  drawLine(context, area.left, bottom, area.left + area.width, bottom, { colour: lightGrey, width: 0.6, dash: [] });
  drawXLabels(context, plot, xAxis.ticks, size);
  if (xTitle !== undefined)
    write(context, xTitle, area.left + area.width, bottom + 2 * size + 7, { ...style, align: 'right' });
  return plot;
}

/** Those that would run into the one before are left out. */
function drawXLabels(context: Context, plot: Plot, ticks: readonly Tick[], size: number): void {
  const { left, width, top, height } = plot.area;
  const room = ticks.length > 1 ? (0.92 * width) / ticks.length : width;
  let end = Number.NEGATIVE_INFINITY;
  for (const { value, label } of ticks) {
    const wide = Math.min(widthOf(context, label, { size }), Math.max(room, 24));
    const x = Math.min(Math.max(plot.xOf(value), left + wide / 2 - 8), left + width - wide / 2 + 8);
    if (x - wide / 2 < end + 3) continue;
    end = x + wide / 2;
    write(context, label, x, top + height + size + 4, { size, colour: grey, align: 'center', maxWidth: wide + 1 });
  }
}
