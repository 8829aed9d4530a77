/** Page 1, for someone who has ten seconds. */

import { valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { ink, type Stroke } from './colours.js';
import { baseOf, type ReportData, trainingOf } from './data.js';
import { type Findings, oddRanksOf } from './findings.js';
import { drawFooter, footerTop } from './footer.js';
import { formatFigure } from './format.js';
import { drawHeadline } from './headline.js';
import { meanLegend, meanLines } from './metric-panel.js';
import { drawSide } from './overview-side.js';
import { contentWidth, drawRule, margin, type Page } from './page.js';
import { drawPanel } from './panel.js';
import { quietLayerOf } from './rank-layer.js';
import { drawRankStrip, rankStripHeight } from './rank-strip.js';
import { drawReference } from './reference.js';

const meanStroke: Stroke = { colour: ink, width: 2.2, dash: [] };

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
    behind && (behind !== metric || !metric.isShared)
      ? quietLayerOf(behind, odd, behind === metric ? noun : 'training', behind === metric)
      : undefined;
  const legend = [...meanLegend(metric, noun, meanStroke), ...(layer?.legend ?? [])];
  const shown = [metric.mean, ...(layer?.lines ?? []).map(({ y }) => y)];
  const best = report.sweepBest;
  const plot = drawPanel(context, {
    box,
    title: objective,
    note: objectiveNote(data),
    timeline: curves.timeline,
    lines: [...(layer?.lines ?? []), ...meanLines(metric, meanStroke)],
    bands: layer?.bands ?? [],
    legend,
    yAxis: valueAxis(shown, 7, best !== null && isNear(best, metric.mean) ? [best] : []),
    marks: data.marks,
    markStyle: 'full',
    ringOn: metric.mean,
    nonFinite: metric.nonFinite,
    fontSize: 9,
  });
  if (best === null) return;
  const isOwn = data.summary.best?.metrics.get(objective) === best;
  drawReference(context, plot, best, `best of the sweep: ${isOwn ? 'this one' : formatFigure(best)}`, 8);
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
