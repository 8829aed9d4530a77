/** What happened in the run, drawn over a plot; the words stand in a lane above it, where no curve runs. */

import type { Plot } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { grey, palette, type Stroke } from './colours.js';
import { formatFigure, formatSetting } from './format.js';
import type { BestEpoch, Marks } from './marks.js';
import { drawRing, drawTriangle, drawVertical } from './shapes.js';
import { widthOf, write } from './text.js';

/** `full` names the marks; `plain` only draws them. */
export type MarkStyle = 'full' | 'plain';

export interface Overlay {
  readonly marks: Marks;
  readonly style: MarkStyle;
  readonly x: Float64Array;
  /** The curve that carries the ring of the best epoch. */
  readonly ringOn: Float64Array | undefined;
  readonly fontSize: number;
}

interface LaneLabel {
  readonly x: number;
  readonly text: string;
  readonly colour: string;
}

const stopColour = '#9c4a79';
const stopStroke: Stroke = { colour: palette.purple, width: 0.8, dash: [3, 2.5] };
const restartStroke: Stroke = { colour: grey, width: 0.8, dash: [] };
/** More lines than these would hide the curves: then short ticks at the top. */
const maxStopLines = 3;
const maxRestartLines = 8;
const shortShare = 0.06;

/** Height to keep free above the plot, pt. */
export function laneHeight(marks: Marks, style: MarkStyle, fontSize: number): number {
  const isEmpty =
    marks.best === null && marks.earlyStops.size === 0 && marks.rateChanges.length === 0 && marks.restarts.length === 0;
  if (style === 'full') return isEmpty ? 0 : fontSize + 2;
  return marks.rateChanges.length > 0 ? 3 : 0;
}

/** Restarts, early stops, learning-rate changes, the ring at the best epoch, and their names. */
export function drawMarks(context: Context, plot: Plot, overlay: Overlay): void {
  const { marks, style } = overlay;
  const restartShare = marks.restarts.length > maxRestartLines ? shortShare : 1;
  for (const x of marks.restarts) drawVertical(context, plot, x, restartStroke, restartShare);
  const stops = [...marks.earlyStops.keys()];
  for (const x of stops) drawVertical(context, plot, x, stopStroke, stops.length > maxStopLines ? shortShare : 1);
  for (const { x } of marks.rateChanges)
    drawTriangle(context, plot.xOf(x), { tip: plot.area.top - 0.5, base: plot.area.top - 5 }, palette.blue);
  const best = bestFigure(overlay);
  if (best) drawRing(context, plot.xOf(best.x), plot.yOf(best.value), plot, palette.vermillion);
  if (style === 'full') drawLane(context, plot, overlay, labelsOf(overlay, best));
}

interface BestFigure extends BestEpoch {
  readonly value: number;
}

function bestFigure({ marks: { best }, ringOn, x }: Overlay): BestFigure | undefined {
  const value = best === null ? undefined : ringOn?.[x.indexOf(best.x)];
  return best === null || value === undefined || !Number.isFinite(value) ? undefined : { ...best, value };
}

/** What comes later gives way: the best epoch can, since the verdict names it too. */
function labelsOf({ marks }: Overlay, best: BestFigure | undefined): LaneLabel[] {
  const labels: LaneLabel[] = [];
  const stops = [...marks.earlyStops.keys()];
  const lastStop = stops.at(-1);
  if (lastStop !== undefined) {
    labels.push({ x: lastStop, text: stops.length > 1 ? 'early stops' : 'early stop', colour: stopColour });
  }
  if (best)
    labels.push({
      x: best.x,
      text: `best epoch ${best.epoch}: ${formatFigure(best.value)}`,
      colour: palette.vermillion,
    });
  for (const x of marks.restarts) labels.push({ x, text: 'restart', colour: grey });
  for (const { x, to } of marks.rateChanges) {
    labels.push({ x, text: to === null ? 'lr' : `lr ${formatSetting(to)}`, colour: palette.blue });
  }
  return labels;
}

/** Each label centred over its x, or to one side of it; one that finds no room is left out. */
function drawLane(context: Context, plot: Plot, { fontSize, marks }: Overlay, labels: readonly LaneLabel[]): void {
  const { left, width, top } = plot.area;
  const size = fontSize - 0.5;
  const baseline = top - (marks.rateChanges.length > 0 ? 6 : 3);
  const taken: { from: number; to: number }[] = [];
  for (const { x, text, colour } of labels) {
    const wide = widthOf(context, text, { size });
    const at = plot.xOf(x);
    const start = [at - wide / 2, at - wide - 4, at + 4]
      .map((from) => Math.min(Math.max(from, left), left + width + 6 - wide))
      .find((from) => taken.every((other) => from + wide + 3 < other.from || from > other.to + 3));
    if (start === undefined) continue;
    taken.push({ from: start, to: start + wide });
    write(context, text, start, baseline, { size, colour });
  }
}
