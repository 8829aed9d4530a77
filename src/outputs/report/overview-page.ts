/** Page 1, for someone who has ten seconds. */

import type { Box } from '../chart.js';
import { valueAxis } from '../chart-axis.js';
import type { Context } from './canvas.js';
import { ink, palette, type Stroke } from './colours.js';
import type { MetricCurves } from './curves.js';
import { baseOf, type ReportData, trainingOf, validationOf } from './data.js';
import { type Findings, oddRanksOf } from './findings.js';
import { drawFooter, footerTop } from './footer.js';
import { formatFigure } from './format.js';
import { drawHeadline } from './headline.js';
import type { LegendEntry } from './legend.js';
import { contentWidth, drawRule, gridOf, margin, type Page } from './page.js';
import { drawPanel, type PanelLine } from './panel.js';
import { quietLayerOf } from './rank-layer.js';
import { drawRankStrip, rankStripHeight } from './rank-strip.js';
import { drawReference } from './reference.js';

const meanStroke: Stroke = { colour: ink, width: 2.2, dash: [] };
const beyondStroke: Stroke = { colour: ink, width: 1, dash: [1.5, 2] };
const trainingStroke: Stroke = { colour: palette.blue, width: 1.1, dash: [] };
const smallValidation: Stroke = { colour: ink, width: 1.5, dash: [] };

export function overviewPageOf(data: ReportData, findings: Findings): Page {
  return {
    bookmark: 'Overview',
    draw(context) {
      const top = drawHeadline(context, data) + 8;
      drawRule(context, top);
      const stripHeight = rankStripHeight(data, findings);
      const stripTop = footerTop - stripHeight - 6;
      const left = { left: margin, top: top + 10, width: contentWidth * 0.655, height: stripTop - top - 22 };
      drawObjective(context, data, findings, left);
      const width = contentWidth * 0.305;
      drawSide(context, data, findings, { ...left, left: margin + contentWidth - width, width });
      drawRankStrip(context, data, findings, { left: margin, top: stripTop, width: contentWidth, height: stripHeight });
      drawFooter(context, data);
    },
  };
}

function drawObjective(context: Context, data: ReportData, findings: Findings, box: Box): void {
  const { objective, curves, context: report } = data;
  const metric = objective === null ? undefined : curves.metric(objective);
  if (!metric || objective === null) return;
  const isValidation = objective.startsWith('val_');
  const noun = isValidation ? 'validation' : 'training';
  // Where all ranks have the same validation figures, what they saw in training shows how they went.
  const behind = isValidation && metric.isShared ? trainingOf(data, baseOf(objective)) : metric;
  const odd = oddRanksOf(findings).map(({ rank }) => rank);
  const layer =
    behind && (behind !== metric || behind.byRank.length > 1)
      ? quietLayerOf(behind, odd, behind === metric ? noun : 'training', behind === metric)
      : undefined;
  const label = metric.byRank.length > 1 && !metric.isShared ? `${noun}, mean of ${metric.byRank.length} ranks` : noun;
  const legend: LegendEntry[] = [{ kind: 'line', label, stroke: meanStroke }, ...(layer?.legend ?? [])];
  const shown = [metric.mean, ...(layer?.lines ?? []).map(({ y }) => y)];
  const best = report.sweepBest;
  const plot = drawPanel(context, {
    box,
    title: objective,
    note: objectiveNote(data),
    timeline: curves.timeline,
    lines: [
      ...(layer?.lines ?? []),
      { y: metric.mean, stroke: beyondStroke },
      { y: metric.common, stroke: meanStroke },
    ],
    bands: layer?.bands ?? [],
    legend,
    yAxis: valueAxis(shown, 7, best !== null && isNear(best, metric.mean) ? [best] : []),
    marks: data.marks,
    markStyle: 'full',
    ringOn: metric.mean,
    nonFinite: metric.nonFinite,
    fontSize: 9,
  });
  if (best !== null) drawReference(context, plot, best, `best of the sweep: ${formatFigure(best)}`, 8);
}

/** The other metrics in small, and the time. */
function drawSide(context: Context, data: ReportData, findings: Findings, box: Box): void {
  const main = baseOf(data.objective ?? '');
  const bases = data.bases.filter((base) => base !== main).slice(0, 2);
  const { seconds, secondsPerStep } = data.curves;
  const time = seconds ?? secondsPerStep;
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
    lines.push({ y: validation.mean, stroke: smallValidation });
    legend.push({ kind: 'line', label: 'validation', stroke: smallValidation });
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
  const layer = quietLayerOf(time, odd, 'time', false);
  drawPanel(context, {
    box,
    title: `${time.name} [s]`,
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

function objectiveNote({ summary, objective }: ReportData): string {
  if (summary.objective?.metric !== objective) return '';
  return summary.objective?.direction === 'max' ? 'higher is better' : 'lower is better';
}

/** A reference far from the data would squeeze them: it is named at the edge instead. */
function isNear(value: number, figures: Float64Array): boolean {
  const finite = figures.filter((figure) => Number.isFinite(figure)).sort();
  const low = finite[0] ?? value;
  const high = finite.at(-1) ?? value;
  const room = 0.5 * (high - low);
  return value >= low - room && value <= high + room;
}
