/** The small chart of one rank: drawn by hand, since a page has up to 64 of them. */

import type { Rank } from '../../experiment.js';
import type { Axis } from '../chart-axis.js';
import { type Box, type Plot, plotOn } from '../chart-plot.js';
import { thinOut } from '../chart-points.js';
import type { Context } from './canvas.js';
import { grey, hairline, ink, lightGrey, palette, type Stroke } from './colours.js';
import type { Curves, MetricCurves } from './curves.js';
import { formatFigure } from './format.js';
import type { LegendEntry } from './legend.js';
import { type Marks, rateChangesOfRank } from './marks.js';
import { drawNonFinite } from './outside.js';
import { drawMarks } from './overlay.js';
import { rankName } from './rank-layer.js';
import { drawLine, drawLonePoints } from './shapes.js';
import { write } from './text.js';

/** What all small charts of a page have in common. */
export interface Multiples {
  readonly curves: Curves;
  readonly training: MetricCurves | undefined;
  readonly validation: MetricCurves | undefined;
  readonly yAxis: Axis;
  readonly xAxis: Axis;
  readonly marks: Marks;
  readonly odd: ReadonlySet<Rank>;
}

/** Where in the grid the chart stands: only the outer ones have labels on their axes. */
export interface Place {
  readonly box: Box;
  readonly isLeft: boolean;
  readonly isBottom: boolean;
}

const trainingStroke: Stroke = { colour: palette.blue, width: 0.9, dash: [] };
const validationStroke: Stroke = { colour: ink, width: 1.2, dash: [] };
const typicalStroke: Stroke = { colour: lightGrey, width: 1.8, dash: [] };

export function drawMultiple(context: Context, multiples: Multiples, rank: Rank, place: Place): void {
  const { curves, training, validation, marks } = multiples;
  const { timeline } = curves;
  const isOdd = multiples.odd.has(rank);
  const { box } = place;
  const size = box.width < 110 ? 6.5 : 8.5;
  const title = rank.host === null ? rankName(rank) : `${rankName(rank)} · ${rank.host}`;
  const colour = isOdd ? '#b34700' : ink;
  const telling = validation && !validation.isShared ? validation : (training ?? validation);
  const own = telling?.byRank.find((curve) => curve.rank === rank);
  const last = own?.y.findLast((value) => !Number.isNaN(value));
  const lastText = last === undefined ? '' : formatFigure(last);
  const lastWidth = write(context, lastText, box.left + box.width, box.top + size, {
    size,
    colour: grey,
    align: 'right',
  });
  const titleWidth = box.width - lastWidth - 3;
  write(context, title, box.left, box.top + size, { size, isBold: isOdd, colour, maxWidth: titleWidth });
  const head = size + (marks.rateChanges.length > 0 ? 8 : 4);
  const plot = plotOn(
    { ...box, top: box.top + head, height: box.height - head },
    multiples.xAxis,
    multiples.yAxis,
    8.5,
  );
  drawAxes(context, plot, multiples, place, isOdd);
  context.save();
  context.beginPath();
  context.rect(plot.area.left - 1, plot.area.top - 1, plot.area.width + 2, plot.area.height + 2);
  context.clip();
  drawNonFinite(context, plot, timeline.x, brokenColumns(rank, training, validation));
  const draw = (y: Float64Array | undefined, stroke: Stroke) => {
    if (y) drawCurve(context, plot, timeline.x, y, stroke);
  };
  draw(training?.mean, typicalStroke);
  draw(training?.byRank.find((curve) => curve.rank === rank)?.y, trainingStroke);
  draw(validation?.byRank.find((curve) => curve.rank === rank)?.y, validationStroke);
  context.restore();
  const stop = rank.earlyStopEpoch;
  const earlyStops = new Map(stop === null ? [] : [[timeline.xOfEpoch(stop), 1]]);
  drawMarks(context, plot, {
    marks: { ...marks, earlyStops, rateChanges: rateChangesOfRank(curves, rank) },
    style: 'plain',
    x: timeline.x,
    ringOn: own?.y,
    fontSize: size,
  });
}

export function multiplesLegend({ training, validation }: Multiples): LegendEntry[] {
  const entries: LegendEntry[] = [];
  if (validation) entries.push({ kind: 'line', label: 'validation', stroke: validationStroke });
  if (training) {
    entries.push({ kind: 'line', label: 'training', stroke: trainingStroke });
    entries.push({ kind: 'line', label: 'training, mean of all ranks', stroke: typicalStroke });
  }
  return entries;
}

function drawAxes(
  context: Context,
  plot: Plot,
  { xAxis, yAxis }: Multiples,
  { isLeft, isBottom }: Place,
  isOdd: boolean,
): void {
  const { left, top, width, height } = plot.area;
  const style = { size: 7, colour: grey } as const;
  for (const { value, label } of yAxis.ticks) {
    const y = plot.yOf(value);
    drawLine(context, left, y, left + width, y, { colour: hairline, width: 0.6, dash: [] });
    if (isLeft) write(context, label, left - 4, y + 2.5, { ...style, align: 'right' });
  }
  const colour = isOdd ? palette.vermillion : lightGrey;
  drawLine(context, left, top + height, left + width, top + height, { colour, width: isOdd ? 1.2 : 0.6, dash: [] });
  if (!isBottom) return;
  const last = xAxis.ticks.length - 1;
  xAxis.ticks.forEach(({ value, label }, index) => {
    // Outer labels stay within the chart, clear of those of its neighbours.
    const align = index === 0 ? 'left' : index === last && plot.xOf(value) > left + 0.8 * width ? 'right' : 'center';
    write(context, label, plot.xOf(value), plot.xLabelBaseline, { ...style, align });
  });
}

function drawCurve(context: Context, plot: Plot, x: Float64Array, y: Float64Array, stroke: Stroke): void {
  context.strokeStyle = stroke.colour;
  context.lineWidth = stroke.width;
  context.setLineDash([]);
  context.beginPath();
  let isDown = false;
  for (const point of thinOut(x, y, 2 * plot.area.width)) {
    const isGap = Number.isNaN(point.y);
    if (!isGap && !isDown) context.moveTo(plot.xOf(point.x), plot.yOf(point.y));
    if (!isGap) context.lineTo(plot.xOf(point.x), plot.yOf(point.y));
    isDown = !isGap;
  }
  context.stroke();
  drawLonePoints(context, plot, x, y, stroke);
}

function brokenColumns(rank: Rank, ...metrics: readonly (MetricCurves | undefined)[]): number[] {
  const columns = metrics.flatMap((curves) => curves?.byRank.find((curve) => curve.rank === rank)?.nonFinite ?? []);
  return [...new Set(columns)].sort((a, b) => a - b);
}
