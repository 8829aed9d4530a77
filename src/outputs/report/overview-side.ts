/** The right side of page 1: two more metrics and the time, in small. */

import { valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { ink, palette, type Stroke } from './colours.js';
import { type Curves, inReadableUnit, type MetricCurves } from './curves.js';
import { baseOf, type ReportData, trainingOf, validationOf } from './data.js';
import { type Findings, oddRanksOf } from './findings.js';
import type { LegendEntry } from './legend.js';
import { gridOf } from './page.js';
import { drawPanel, type PanelLine } from './panel.js';
import { quietLayerOf } from './rank-layer.js';
import { median } from './statistics.js';

const trainingStroke: Stroke = { colour: palette.blue, width: 1.1, dash: [] };
const validationStroke: Stroke = { colour: ink, width: 1.5, dash: [] };

/** The other metrics in small, and the time. */
export function drawSide(context: Context, data: ReportData, findings: Findings, box: Box): void {
  const main = baseOf(data.objective ?? '');
  const bases = data.bases.filter((base) => base !== main).slice(0, 2);
  const time = telling(data.curves);
  const count = bases.length + (time ? 1 : 0);
  gridOf(box, count, 1, 0, 12).forEach((place, index) => {
    const base = bases[index];
    if (base !== undefined) drawSmall(context, data, place, base, index === 0);
    else if (time) drawTime(context, data, findings, place, time);
  });
}

function drawSmall(context: Context, data: ReportData, box: Box, base: string, hasLegend: boolean): void {
  const validation = validationOf(data, base);
  const training = trainingOf(data, base);
  const lines: PanelLine[] = [];
  const legend: LegendEntry[] = [];
  if (validation) {
    lines.push({ y: validation.mean, stroke: validationStroke });
    legend.push({ kind: 'line', label: 'validation', stroke: validationStroke });
  }
  if (training) {
    lines.unshift({ y: training.mean, stroke: trainingStroke });
    legend.push({ kind: 'line', label: 'training', stroke: trainingStroke });
  }
  drawPanel(context, {
    box,
    title: base,
    timeline: data.curves.timeline,
    lines,
    legend: hasLegend && validation ? legend : [],
    marks: data.marks,
    markStyle: 'plain',
    ...(validation ? { ringOn: validation.mean } : {}),
    nonFinite: validation?.nonFinite ?? training?.nonFinite ?? [],
    fontSize: 7.5,
  });
}

function drawTime(context: Context, data: ReportData, findings: Findings, box: Box, time: MetricCurves): void {
  const odd = oddRanksOf(findings).map(({ rank }) => rank);
  const { curves, unit } = inReadableUnit(time);
  const layer = quietLayerOf(curves, odd, 'time', false);
  drawPanel(context, {
    box,
    title: `${time.name} [${unit}]`,
    timeline: data.curves.timeline,
    lines: layer.lines,
    bands: layer.bands,
    yAxis: valueAxis(
      layer.lines.map(({ y }) => y),
      4,
      [0],
    ),
    marks: { ...data.marks, best: null },
    markStyle: 'plain',
    fontSize: 7.5,
  });
}

/** Trainers print whole seconds: where epochs take no more than a few, the time per step tells more. */
function telling({ seconds, secondsPerStep }: Curves): MetricCurves | undefined {
  const typical = median(seconds?.mean.filter((value) => Number.isFinite(value)) ?? []);
  return typical < 5 && secondsPerStep ? secondsPerStep : (seconds ?? secondsPerStep);
}
