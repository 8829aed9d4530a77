/** A panel: one titled chart with its legend, and what happened in the run marked over it. */

import { type ChartBand, drawLineChart } from '../chart.js';
import { type Axis, valueAxis } from '../chart-axis.js';
import type { Box, Plot } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { grey, type Stroke } from './colours.js';
import { drawLegend, type LegendEntry } from './legend.js';
import type { Marks } from './marks.js';
import { drawNonFinite, drawOutside } from './outside.js';
import { drawMarks, laneHeight, type MarkStyle } from './overlay.js';
import { drawLonePoints } from './shapes.js';
import { write } from './text.js';
import type { Timeline } from './timeline.js';

export interface PanelLine {
  readonly y: Float64Array;
  readonly stroke: Stroke;
}

export interface Panel {
  readonly box: Box;
  /** None where the page's header says it. */
  readonly title?: string;
  /** Small and grey, behind the title. */
  readonly note?: string;
  readonly timeline: Timeline;
  readonly lines: readonly PanelLine[];
  readonly bands?: readonly ChartBand[];
  readonly legend?: readonly LegendEntry[];
  readonly yAxis?: Axis;
  readonly marks: Marks;
  readonly markStyle: MarkStyle;
  /** The curve on which the best epoch is ringed. */
  readonly ringOn?: Float64Array;
  /** Columns in which a figure is not finite. */
  readonly nonFinite?: readonly number[];
  readonly fontSize?: number;
}

/** Draws the panel; returns where its data stand. */
export function drawPanel(context: Context, panel: Panel): Plot {
  const { box, timeline, marks, fontSize = 8 } = panel;
  const top = box.top + drawHead(context, panel, fontSize) + laneHeight(marks, panel.markStyle, fontSize);
  const curves = panel.lines.map((line) => line.y);
  const plot = drawLineChart(context, {
    box: { left: box.left, top, width: box.width, height: box.top + box.height - top },
    x: timeline.x,
    xAxis: timeline.axis(Math.max(3, Math.floor(box.width / 65))),
    yAxis: panel.yAxis ?? valueAxis(curves, box.height > 160 ? 7 : 4),
    lines: panel.lines,
    bands: panel.bands ?? [],
    fontSize,
  });
  write(context, 'epoch', box.left, plot.xLabelBaseline, {
    size: fontSize,
    colour: grey,
  });
  for (const { y, stroke } of panel.lines) drawLonePoints(context, plot, timeline.x, y, stroke);
  if (!curves.some((y) => y.some(Number.isFinite))) writeEmpty(context, plot, fontSize);
  drawNonFinite(context, plot, timeline.x, panel.nonFinite ?? [], fontSize);
  drawOutside(context, plot, timeline.x, curves, fontSize);
  drawMarks(context, plot, { marks, style: panel.markStyle, x: timeline.x, ringOn: panel.ringOn, fontSize });
  return plot;
}

function writeEmpty(context: Context, { area }: Plot, fontSize: number): void {
  write(context, 'no finite figure', area.left + area.width / 2, area.top + area.height / 3, {
    size: fontSize,
    colour: grey,
    align: 'center',
    maxWidth: area.width,
  });
}

/** Title, note and legend; returns their height, pt. */
function drawHead(context: Context, { box, title, note, legend = [] }: Panel, fontSize: number): number {
  const titleSize = 10.5;
  let height = 0;
  if (title) {
    height = titleSize + 6;
    const baseline = box.top + titleSize;
    const width = write(context, title, box.left, baseline, { size: titleSize, isBold: true, maxWidth: box.width });
    const noteWidth = box.width - width - 6;
    if (note && noteWidth > 30) {
      write(context, note, box.left + width + 6, baseline, { size: fontSize, colour: grey, maxWidth: noteWidth });
    }
  }
  if (legend.length === 0) return height;
  return height + drawLegend(context, legend, { left: box.left, top: box.top + height, width: box.width }, fontSize);
}
