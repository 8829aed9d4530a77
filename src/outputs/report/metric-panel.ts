/** One metric in a panel: every rank behind, validation on top. */

import { type Axis, valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { ink, type Stroke } from './colours.js';
import type { MetricCurves } from './curves.js';
import type { ReportData } from './data.js';
import type { LegendEntry } from './legend.js';
import type { MarkStyle } from './overlay.js';
import { drawPanel, type PanelLine } from './panel.js';
import type { RankLayer } from './rank-layer.js';

export const meanStroke: Stroke = { colour: ink, width: 2, dash: [] };
/** Of a mean over those ranks that go on after others have stopped. */
const beyondStroke: Stroke = { colour: ink, width: 0.9, dash: [1.2, 2] };
export const noLayer: RankLayer = { lines: [], bands: [], legend: [] };

export interface MetricPanel {
  readonly box: Box;
  readonly title?: string;
  readonly note?: string;
  /** The mean that is drawn thick. */
  readonly top: MetricCurves | undefined;
  /** On whose mean the best epoch is ringed. */
  readonly ringOn: MetricCurves | undefined;
  readonly layer: RankLayer;
  readonly yAxis: Axis;
  readonly markStyle: MarkStyle;
  readonly legend?: readonly LegendEntry[];
  readonly nonFinite: readonly number[];
  readonly fontSize?: number;
}

export function drawMetricPanel(context: Context, data: ReportData, panel: MetricPanel): void {
  const { top, layer, title, note, legend } = panel;
  drawPanel(context, {
    box: panel.box,
    ...(title === undefined ? {} : { title }),
    ...(note === undefined ? {} : { note }),
    timeline: data.curves.timeline,
    lines: [...layer.lines, ...(top ? meanLines(top) : [])],
    bands: layer.bands,
    ...(legend ? { legend } : {}),
    yAxis: panel.yAxis,
    marks: data.marks,
    markStyle: panel.markStyle,
    ...(panel.ringOn ? { ringOn: panel.ringOn.mean } : {}),
    nonFinite: panel.nonFinite,
    ...(panel.fontSize === undefined ? {} : { fontSize: panel.fontSize }),
  });
}

/** Thick as far as all ranks go, thin and dotted beyond. */
export function meanLines(curves: MetricCurves, stroke = meanStroke): PanelLine[] {
  return [
    { y: curves.mean, stroke: { ...beyondStroke, colour: stroke.colour } },
    { y: curves.common, stroke },
  ];
}

/** What the thick line is. */
export function meanLegend(curves: MetricCurves, noun: string, stroke = meanStroke): LegendEntry[] {
  const isMean = !curves.isShared && curves.byRank.length > 1;
  const label = isMean ? `${noun}, mean of ${curves.byRank.length} ranks` : noun;
  const isBroken =
    isMean && curves.mean.some((value, column) => Number.isFinite(value) && !Number.isFinite(curves.common[column]));
  const beyond = {
    kind: 'line' as const,
    label: 'of those still running',
    stroke: { ...beyondStroke, colour: stroke.colour },
  };
  return [{ kind: 'line', label, stroke }, ...(isBroken ? [beyond] : [])];
}

/** From the lowest to the highest rank, where they differ. */
export function rangeLayerOf({ byRank, isShared, mean }: MetricCurves): RankLayer {
  if (isShared || byRank.length < 2) return noLayer;
  const low = new Float64Array(mean.length).fill(Number.NaN);
  const high = new Float64Array(mean.length).fill(Number.NaN);
  for (const { y } of byRank) {
    y.forEach((value, column) => {
      if (!Number.isFinite(value)) return;
      if (!(value >= (low[column] ?? 0))) low[column] = value;
      if (!(value <= (high[column] ?? 0))) high[column] = value;
    });
  }
  const colour = 'rgba(107, 107, 107, 0.22)';
  return {
    lines: [],
    bands: [{ low, high, colour }],
    legend: [{ kind: 'band', label: 'lowest to highest rank', colour }],
  };
}

/** The axis that shows all of `metrics`, every rank. */
export function axisOf(metrics: readonly (MetricCurves | undefined)[], maxTicks: number): Axis {
  return valueAxis(
    metrics.flatMap((curves) => curves?.byRank.map(({ y }) => y) ?? []),
    maxTicks,
  );
}

/** Columns in which any of `metrics` is not finite. */
export function nonFiniteOf(metrics: readonly (MetricCurves | undefined)[]): number[] {
  return [...new Set(metrics.flatMap((curves) => curves?.nonFinite ?? []))].sort((a, b) => a - b);
}
