/** Figures that a plot cannot show as a point: beyond its axis, or not finite. */

import type { Plot } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { palette } from './colours.js';
import { formatFigure } from './format.js';
import { drawTriangle } from './shapes.js';
import { write } from './text.js';

/** Triangles at the edge where curves leave the axis, the farthest with its figure. */
export function drawOutside(
  context: Context,
  plot: Plot,
  x: Float64Array,
  curves: readonly Float64Array[],
  fontSize: number,
): void {
  const { top, left, width, height } = plot.area;
  for (const edge of [top, top + height]) {
    const isTop = edge === top;
    const { columns, farthest } = beyond(plot, curves, isTop);
    for (const column of columns) {
      const y = { tip: edge, base: edge + (isTop ? 4.5 : -4.5) };
      drawTriangle(context, plot.xOf(x[column] ?? 0), y, palette.vermillion);
    }
    if (!farthest) continue;
    const isRight = plot.xOf(x[farthest.column] ?? 0) > left + width * 0.7;
    // Beyond the neighbour, to which the curve comes back.
    const at = plot.xOf(x[farthest.column + (isRight ? -1 : 1)] ?? x[farthest.column] ?? 0);
    write(context, formatFigure(farthest.value), at + (isRight ? -5 : 5), isTop ? edge + fontSize - 1 : edge - 2, {
      size: fontSize - 0.5,
      colour: palette.vermillion,
      align: isRight ? 'right' : 'left',
    });
  }
}

/** A tinted column where a figure is not finite; its name where there is a `fontSize` for it. */
export function drawNonFinite(
  context: Context,
  plot: Plot,
  x: Float64Array,
  columns: readonly number[],
  fontSize?: number,
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
  if (fontSize === undefined) return;
  const from = Math.max(left, plot.xOf((x[first] ?? 0) - 0.5));
  const isLeft = from > left + width - 60;
  write(context, 'NaN or ∞', isLeft ? from - 3 : from + 3, top + height - 4, {
    size: fontSize - 0.5,
    colour: palette.vermillion,
    align: isLeft ? 'right' : 'left',
  });
}

function beyond(plot: Plot, curves: readonly Float64Array[], isTop: boolean) {
  const { top, height } = plot.area;
  const columns = new Set<number>();
  let farthest: { value: number; column: number } | undefined;
  for (const curve of curves) {
    curve.forEach((value, column) => {
      if (!Number.isFinite(value)) return;
      const y = plot.yOf(value);
      if (isTop ? y > top - 1 : y < top + height + 1) return;
      columns.add(column);
      if (!farthest || (isTop ? value > farthest.value : value < farthest.value)) farthest = { value, column };
    });
  }
  return { columns, farthest };
}
