/** The pages of metrics: summary, summary with every rank behind it, and a zoom page each. */

import type { Box } from '../chart.js';
import { valueAxis } from '../chart-axis.js';
import type { Context } from './canvas.js';
import { ink, type Stroke } from './colours.js';
import type { MetricCurves } from './curves.js';
import { type ReportData, trainingOf, validationOf } from './data.js';
import { plural } from './format.js';
import type { LegendEntry } from './legend.js';
import { body, drawHeader, gridOf, type Page, piecesOf } from './page.js';
import { drawPanel, type PanelLine } from './panel.js';
import { type RankLayer, rankLayerOf } from './rank-layer.js';

/** Above this a page of panels goes on with the next page. */
const panelsPerPage = 9;

export const validationStroke: Stroke = { colour: ink, width: 2, dash: [] };
const beyondStroke: Stroke = { colour: ink, width: 1, dash: [1.5, 2] };

/** The mission of a report: five pages for loss, accuracy and one custom metric, more with more metrics. */
export function metricPagesOf(data: ReportData): Page[] {
  return [...summaryPagesOf(data), ...detailPagesOf(data), ...data.bases.map((base) => zoomPageOf(data, base))];
}

function summaryPagesOf(data: ReportData): Page[] {
  const validated = data.bases.filter((base) => validationOf(data, base));
  const hasValidation = validated.length > 0;
  const curves = (hasValidation ? validated : [...data.bases]).flatMap(
    (base) => validationOf(data, base) ?? trainingOf(data, base) ?? [],
  );
  const note = hasValidation
    ? 'Validation figures over epochs'
    : 'Training figures over epochs: the log has no validation figures';
  return piecesOf(curves, panelsPerPage).map((piece, index) => ({
    bookmark: index === 0 ? 'Summary' : `Summary, continued (${index + 1})`,
    draw(context) {
      drawHeader(context, data, 'Summary', `${note}, mean over ${plural(data.experiment.run.ranks.length, 'rank')}`);
      gridOf(body, piece.length, columnsFor(piece.length)).forEach((box, place) => {
        const metric = piece[place];
        if (metric) drawMetric(context, data, { box, title: metric.name, validation: metric, markStyle: 'full' });
      });
    },
  }));
}

function detailPagesOf(data: ReportData): Page[] {
  return piecesOf(data.bases, panelsPerPage).map((piece, index) => ({
    bookmark: index === 0 ? 'Summary details' : `Summary details, continued (${index + 1})`,
    draw(context) {
      drawHeader(context, data, 'Summary details', 'Training figures of every rank behind the validation figures');
      gridOf(body, piece.length, columnsFor(piece.length)).forEach((box, place) => {
        const base = piece[place] ?? '';
        drawMetric(context, data, {
          box,
          title: base,
          validation: validationOf(data, base),
          training: trainingOf(data, base),
          markStyle: 'plain',
          isThin: true,
        });
      });
    },
  }));
}

function zoomPageOf(data: ReportData, base: string): Page {
  return {
    bookmark: `Zoom: ${base}`,
    draw(context) {
      drawHeader(context, data, base, 'Training figures of each rank; validation on top');
      drawMetric(context, data, {
        box: body,
        title: base,
        validation: validationOf(data, base),
        training: trainingOf(data, base),
        markStyle: 'full',
        fontSize: 9,
      });
    },
  };
}

interface MetricPanel {
  readonly box: Box;
  readonly title: string;
  readonly validation?: MetricCurves | undefined;
  readonly training?: MetricCurves | undefined;
  readonly markStyle: 'full' | 'plain';
  readonly isThin?: boolean;
  readonly fontSize?: number;
}

function drawMetric(context: Context, data: ReportData, panel: MetricPanel): void {
  const { validation, training, fontSize = 8 } = panel;
  const layer: RankLayer = training ? rankLayerOf(training, 'training') : { lines: [], bands: [], legend: [] };
  const top: PanelLine[] = [];
  const legend: LegendEntry[] = [...layer.legend];
  if (validation) {
    top.push({ y: validation.mean, stroke: beyondStroke }, { y: validation.common, stroke: validationStroke });
    legend.unshift({ kind: 'line', label: 'validation', stroke: validationStroke });
  }
  const ringOn = validation?.mean ?? training?.mean;
  drawPanel(context, {
    box: panel.box,
    title: panel.title,
    timeline: data.curves.timeline,
    lines: [...layer.lines, ...top],
    bands: layer.bands,
    legend: training ? legend : [],
    yAxis: valueAxis(
      [...(training?.byRank ?? []), ...(validation?.byRank ?? [])].map(({ y }) => y),
      6,
    ),
    marks: data.marks,
    markStyle: panel.markStyle,
    ...(ringOn ? { ringOn } : {}),
    nonFinite: [...new Set([...(validation?.nonFinite ?? []), ...(training?.nonFinite ?? [])])].sort((a, b) => a - b),
    fontSize,
  });
}

function columnsFor(count: number): number {
  if (count <= 3) return 1;
  return count <= 6 ? 2 : 3;
}
