/** Small shapes over a plot. */

import type { Plot } from '../chart-plot.js';
import type { Context } from './canvas.js';
import type { Stroke } from './colours.js';

/** A ring around a point, where that lies within the plot. */
export function drawRing(context: Context, x: number, y: number, { area }: Plot, colour: string): void {
  if (y < area.top - 1 || y > area.top + area.height + 1) return;
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = area.height < 80 ? 1.1 : 1.5;
  context.setLineDash([]);
  context.beginPath();
  context.arc(x, y, area.height < 80 ? 3 : 4.2, 0, 2 * Math.PI);
  context.stroke();
  context.restore();
}

/** A vertical line at value `x`, over `share` of the plot's height, from the top. */
export function drawVertical(context: Context, plot: Plot, x: number, stroke: Stroke, share: number): void {
  const { top, height } = plot.area;
  drawLine(context, plot.xOf(x), top, plot.xOf(x), top + height * share, stroke);
}

/** A straight line, pt. */
export function drawLine(context: Context, x: number, y: number, toX: number, toY: number, stroke: Stroke): void {
  context.save();
  context.strokeStyle = stroke.colour;
  context.lineWidth = stroke.width;
  context.lineCap = 'butt';
  context.setLineDash([...stroke.dash]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
  context.restore();
}

/** A triangle centred at `x`. */
export function drawTriangle(
  context: Context,
  x: number,
  y: { readonly tip: number; readonly base: number },
  colour: string,
): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y.tip);
  context.lineTo(x - 2.6, y.base);
  context.lineTo(x + 2.6, y.base);
  context.fill();
}

/** A filled dot. */
export function drawDot(context: Context, x: number, y: number, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A figure without neighbours makes no line: it gets a dot. */
export function drawLonePoints(context: Context, plot: Plot, x: Float64Array, y: Float64Array, stroke: Stroke): void {
  const { top, height } = plot.area;
  y.forEach((value, column) => {
    if (!Number.isFinite(value) || Number.isFinite(y[column - 1]) || Number.isFinite(y[column + 1])) return;
    const at = plot.yOf(value);
    if (at < top - 1 || at > top + height + 1) return;
    drawDot(context, plot.xOf(x[column] ?? 0), at, Math.max(2, stroke.width * 1.4), stroke.colour);
  });
}
