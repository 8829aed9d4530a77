/** What happened in the run, drawn over a plot. */

import type { Plot } from '../chart.js';
import type { Context } from './canvas.js';
import { grey, ink, palette } from './colours.js';
import { formatFigure } from './format.js';
import type { Marks } from './marks.js';
import { write } from './text.js';

/** `full` names the marks; `plain` only draws them. */
export type MarkStyle = 'full' | 'plain';

export interface Overlay {
  readonly marks: Marks;
  readonly style: MarkStyle;
  readonly x: Float64Array;
  readonly ringOn: Float64Array | undefined;
  readonly fontSize: number;
}

/** Restarts, early stops, learning-rate ticks and the ring at the best epoch. */
export function drawMarks(context: Context, plot: Plot, overlay: Overlay): void {
  const { marks, style, fontSize } = overlay;
  for (const restart of marks.restarts) {
    drawVertical(context, plot, restart, grey, []);
    if (style === 'full') drawLabel(context, plot, restart, 'restarted', grey, fontSize);
  }
  drawEarlyStops(context, plot, overlay);
  drawRateChanges(context, plot, overlay);
  if (marks.best !== null && overlay.ringOn) drawRing(context, plot, marks.best, overlay);
}

/** A grey column and `NaN` where a figure is not finite. */
export function drawNonFinite(
  context: Context,
  plot: Plot,
  x: Float64Array,
  columns: readonly number[],
  fontSize: number,
): void {
  const { left, top, width, height } = plot.area;
  const first = columns[0];
  if (first === undefined) return;
  const isIn = new Set(columns);
  context.fillStyle = 'rgba(213, 94, 0, 0.14)';
  for (const column of columns) {
    if (isIn.has(column - 1)) continue;
    let end = column;
    while (isIn.has(end + 1)) end++;
    const from = Math.max(left, plot.xOf((x[column] ?? 0) - 0.5));
    context.fillRect(from, top, Math.min(left + width, plot.xOf((x[end] ?? 0) + 0.5)) - from, height);
  }
  const firstX = plot.xOf((x[first] ?? 0) - 0.5);
  const isLeft = firstX > left + width - 50;
  write(
    context,
    'not finite',
    isLeft ? Math.min(firstX, left + width) - 2 : Math.max(firstX, left) + 2,
    top + fontSize,
    {
      size: fontSize - 0.5,
      colour: palette.vermillion,
      align: isLeft ? 'right' : 'left',
    },
  );
}

function drawEarlyStops(context: Context, plot: Plot, { marks, style, fontSize }: Overlay): void {
  const stops = [...marks.earlyStops];
  for (const [x] of stops) drawVertical(context, plot, x, palette.purple, [3, 2.5]);
  const last = stops.at(-1);
  if (!last || style !== 'full') return;
  drawLabel(context, plot, last[0], stops.length > 1 ? 'early stops' : 'early stop', '#9c4a79', fontSize);
}

function drawRateChanges(context: Context, plot: Plot, { marks, style, fontSize }: Overlay): void {
  const bottom = plot.area.top + plot.area.height;
  let free = Number.NEGATIVE_INFINITY;
  for (const { x, to } of marks.rateChanges) {
    const left = plot.xOf(x);
    context.fillStyle = palette.blue;
    context.beginPath();
    context.moveTo(left, bottom - 6);
    context.lineTo(left - 3, bottom);
    context.lineTo(left + 3, bottom);
    context.fill();
    if (style !== 'full' || left < free) continue;
    const width = write(context, `lr ${formatFigure(to)}`, left + 5, bottom - 2, {
      size: fontSize - 1,
      colour: palette.blue,
    });
    free = left + width + 12;
  }
}

function drawRing(context: Context, plot: Plot, best: number, { ringOn, x }: Overlay): void {
  const value = ringOn?.[x.indexOf(best)];
  if (value === undefined || !Number.isFinite(value)) return;
  context.strokeStyle = palette.vermillion;
  context.lineWidth = 1.5;
  context.setLineDash([]);
  context.beginPath();
  context.arc(plot.xOf(best), plot.yOf(value), 4.2, 0, 2 * Math.PI);
  context.stroke();
}

function drawVertical(context: Context, plot: Plot, x: number, colour: string, dash: readonly number[]): void {
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = 0.8;
  context.setLineDash([...dash]);
  context.beginPath();
  context.moveTo(plot.xOf(x), plot.area.top);
  context.lineTo(plot.xOf(x), plot.area.top + plot.area.height);
  context.stroke();
  context.restore();
}

/** Beside a vertical line, at the top, on the side where there is room. */
function drawLabel(context: Context, plot: Plot, x: number, text: string, colour: string, fontSize: number): void {
  const left = plot.xOf(x);
  const isLeft = left > plot.area.left + plot.area.width / 2;
  write(context, text, left + (isLeft ? -3 : 3), plot.area.top + fontSize, {
    size: fontSize - 0.5,
    colour: colour ?? ink,
    align: isLeft ? 'right' : 'left',
  });
}
