/** An experiment's objective over epochs, in small: all with the same axes, so that they can be compared. */

import type { ExperimentOverview } from '../../summary.js';
import { type Axis, linearAxis, valueAxis } from '../chart-axis.js';
import type { Plot } from '../chart-plot.js';
import { thinOut } from '../chart-points.js';
import type { Context } from '../report/canvas.js';
import { ink, palette, type Stroke } from '../report/colours.js';
import { drawDot } from '../report/shapes.js';
import { bestOf } from '../workbook/experiment-columns.js';
import type { SweepCurve } from './curve.js';
import type { SweepData } from './data.js';

export interface SparkScale {
  readonly x: Axis;
  readonly y: Axis;
}

const validation: Stroke = { colour: ink, width: 0.9, dash: [] };
const training: Stroke = { colour: palette.sky, width: 0.7, dash: [] };

/** The axes that show the curves of all of `experiments`. */
export function sparkScaleOf(data: SweepData, experiments: readonly ExperimentOverview[]): SparkScale {
  const curves = experiments.map(data.curveOf);
  const last = Math.max(2, ...curves.map(({ epochs }) => epochs.at(-1) ?? 0));
  const metrics = data.objective ? [data.objective.metric] : [];
  const columns = curves.flatMap(({ figures }) => metrics.map((metric) => toColumn(figures.get(metric) ?? [])));
  return { x: linearAxis(1, last, 4), y: valueAxis(columns, 3) };
}

/** Draws the objective, behind it what it was in training, and its best epoch. */
export function drawSparkline(context: Context, data: SweepData, experiment: ExperimentOverview, plot: Plot): void {
  const { objective } = data;
  if (!objective) return;
  const curve = data.curveOf(experiment);
  const { left, top, width, height } = plot.area;
  context.save();
  context.beginPath();
  context.rect(left - 1, top - 1, width + 2, height + 2);
  context.clip();
  const base = objective.metric.replace(/^val_/, '');
  if (base !== objective.metric) strokeCurve(context, curve, base, training, plot);
  strokeCurve(context, curve, objective.metric, validation, plot);
  context.restore();
  const best = bestOf(experiment, objective);
  if (best) drawDot(context, plot.xOf(best.epoch), plot.yOf(best.value), 1.6, palette.vermillion);
}

function strokeCurve(
  context: Context,
  { epochs, figures }: SweepCurve,
  metric: string,
  stroke: Stroke,
  plot: Plot,
): void {
  const column = figures.get(metric);
  if (!column) return;
  context.strokeStyle = stroke.colour;
  context.lineWidth = stroke.width;
  context.setLineDash([]);
  context.beginPath();
  let isDown = false;
  for (const { x, y } of thinOut(Float64Array.from(epochs), toColumn(column), 2 * plot.area.width)) {
    const isGap = Number.isNaN(y);
    if (!isGap && !isDown) context.moveTo(plot.xOf(x), plot.yOf(y));
    if (!isGap) context.lineTo(plot.xOf(x), plot.yOf(y));
    isDown = !isGap;
  }
  context.stroke();
}

function toColumn(column: readonly (number | null)[]): Float64Array {
  return Float64Array.from(column, (figure) => figure ?? Number.NaN);
}
