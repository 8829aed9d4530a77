/** A panel: one titled chart with its legend, and what happened in the run marked over it. */

import { type Box, type ChartBand, drawLineChart, type Plot } from '../chart.js';
import { type Axis, valueAxis } from '../chart-axis.js';
import type { Context } from './canvas.js';
import { grey, ink, type Stroke } from './colours.js';
import { drawLegend, type LegendEntry } from './legend.js';
import type { Marks } from './marks.js';
import { drawMarks, drawNonFinite, type MarkStyle } from './overlay.js';
import { write } from './text.js';
import type { Timeline } from './timeline.js';

export interface PanelLine {
  readonly y: Float64Array;
  readonly stroke: Stroke;
}

export interface Panel {
  readonly box: Box;
  readonly title: string;
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
  readonly showsEpochTitle?: boolean;
  readonly fontSize?: number;
}

/** Draws the panel; returns where its data stand. */
export function drawPanel(context: Context, panel: Panel): Plot {
  const { box, timeline, marks, fontSize = 8 } = panel;
  const titleSize = fontSize + 2;
  const titleWidth = write(context, panel.title, box.left, box.top + titleSize, {
    size: titleSize,
    isBold: true,
    maxWidth: box.width,
  });
  if (panel.note) {
    write(context, panel.note, box.left + titleWidth + 6, box.top + titleSize, {
      size: fontSize,
      colour: grey,
      maxWidth: Math.max(20, box.width - titleWidth - 6),
    });
  }
  let top = box.top + titleSize + 6;
  if (panel.legend && panel.legend.length > 0) {
    top += drawLegend(context, panel.legend, { left: box.left, top, width: box.width }, fontSize);
  }
  const bottomTitle = panel.showsEpochTitle === false ? 0 : fontSize + 3;
  const plot = drawLineChart(context, {
    box: { left: box.left, top, width: box.width, height: box.top + box.height - top - bottomTitle },
    x: timeline.x,
    xAxis: timeline.axis(Math.max(3, Math.floor(box.width / 45))),
    yAxis:
      panel.yAxis ??
      valueAxis(
        panel.lines.map((line) => line.y),
        box.height > 160 ? 7 : 4,
      ),
    lines: panel.lines,
    bands: panel.bands ?? [],
    fontSize,
  });
  if (bottomTitle > 0) {
    write(context, 'epoch', plot.area.left + plot.area.width, box.top + box.height - 1, {
      size: fontSize,
      colour: grey,
      align: 'right',
    });
  }
  drawLonePoints(context, plot, timeline.x, panel.lines);
  drawNonFinite(context, plot, timeline.x, panel.nonFinite ?? [], fontSize);
  drawMarks(context, plot, { marks, style: panel.markStyle, x: timeline.x, ringOn: panel.ringOn, fontSize });
  return plot;
}

/** A figure without neighbours makes no line: it gets a dot. */
function drawLonePoints(context: Context, plot: Plot, x: Float64Array, lines: readonly PanelLine[]): void {
  for (const { y, stroke } of lines) {
    y.forEach((value, column) => {
      if (!Number.isFinite(value) || Number.isFinite(y[column - 1]) || Number.isFinite(y[column + 1])) return;
      const top = plot.yOf(value);
      if (top < plot.area.top - 1 || top > plot.area.top + plot.area.height + 1) return;
      context.fillStyle = stroke.colour === ink ? ink : stroke.colour;
      context.beginPath();
      context.arc(plot.xOf(x[column] ?? 0), top, Math.max(1.6, stroke.width * 1.2), 0, 2 * Math.PI);
      context.fill();
    });
  }
}
