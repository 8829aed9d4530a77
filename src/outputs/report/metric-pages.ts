/** The pages of metrics: summary, summary with every rank behind it, and a zoom page each. */

import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { figuresAt, lastColumnOf, type MetricCurves } from './curves.js';
import { type ReportData, trainingOf, validationOf } from './data.js';
import { formatFigure, plural } from './format.js';
import { drawLegend, type LegendEntry } from './legend.js';
import { axisOf, drawMetricPanel, meanLegend, noLayer, nonFiniteOf, rangeLayerOf } from './metric-panel.js';
import { body, drawHeader, gridOf, type Page, piecesOf } from './page.js';
import { rankLayerOf } from './rank-layer.js';

/** Above this a page of panels goes on with the next page. */
const panelsPerPage = 9;
/** Some trainers print a metric for each of hundreds of classes: those further on are in the summaries only. */
const maxZoomPages = 48;
const legendSize = 8.5;

/** Three pages and one for each metric: five for loss, accuracy and one custom metric. */
export function metricPagesOf(data: ReportData): Page[] {
  const zooms = data.bases
    .slice(0, maxZoomPages)
    .filter((base) => hasFigures(trainingOf(data, base)) || hasFigures(validationOf(data, base)))
    .map((base) => zoomPageOf(data, base));
  return [...summaryPagesOf(data), ...detailPagesOf(data), ...zooms];
}

/** Nothing to zoom into where a metric was NaN from the beginning. */
function hasFigures(curves: MetricCurves | undefined): boolean {
  return curves?.byRank.some(({ y }) => y.some(Number.isFinite)) ?? false;
}

function summaryPagesOf(data: ReportData): Page[] {
  const validated = data.bases.flatMap((base) => validationOf(data, base) ?? []);
  const isValidation = validated.length > 0;
  const shown = isValidation ? validated : data.bases.flatMap((base) => trainingOf(data, base) ?? []);
  const note = isValidation
    ? 'Validation figures by epoch'
    : 'Training figures by epoch: the log has no validation figures';
  const isMore = data.bases.length > maxZoomPages;
  const leftOut = isMore ? `; the first ${maxZoomPages} of ${data.bases.length} metrics have a zoom page` : '';
  return piecesOf(shown, panelsPerPage).map((piece, index) => ({
    bookmark: continued('Summary', index),
    draw(context) {
      drawHeader(context, data, 'Summary', `${note}${leftOut}`);
      const entries = piece.flatMap((metric) => [
        ...meanLegend(metric, isValidation ? 'validation' : 'training'),
        ...rangeLayerOf(metric).legend,
      ]);
      const boxes = panelBoxes(context, withoutRepeats(entries), piece.length);
      piece.forEach((metric, place) => {
        const box = boxes[place] ?? body;
        drawMetricPanel(context, data, {
          box,
          title: metric.name,
          note: bestAndLast(data, metric),
          top: metric,
          ringOn: metric,
          layer: rangeLayerOf(metric),
          yAxis: axisOf([metric], ticksFor(box)),
          markStyle: 'full',
          nonFinite: metric.nonFinite,
        });
      });
    },
  }));
}

function detailPagesOf(data: ReportData): Page[] {
  return piecesOf(data.bases, panelsPerPage).map((piece, index) => ({
    bookmark: continued('Summary details', index),
    draw(context) {
      const hasValidation = piece.some((base) => validationOf(data, base));
      const behind = hasValidation ? ', behind the validation figures' : '';
      drawHeader(context, data, 'Summary details', `${trainingNote(data, piece)}${behind}`);
      const panels = piece.map((base) => {
        const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
        return { base, training, validation, layer: training ? rankLayerOf(training, 'training') : noLayer };
      });
      const entries = panels.flatMap(({ validation, layer }) => [
        ...(validation ? meanLegend(validation, 'validation') : []),
        ...layer.legend,
      ]);
      const boxes = panelBoxes(context, withoutRepeats(entries), piece.length);
      panels.forEach(({ base, training, validation, layer }, place) => {
        const box = boxes[place] ?? body;
        drawMetricPanel(context, data, {
          box,
          title: base,
          top: validation,
          ringOn: validation ?? training,
          layer,
          yAxis: axisOf([training, validation], ticksFor(box)),
          markStyle: 'plain',
          nonFinite: nonFiniteOf([training, validation]),
        });
      });
    },
  }));
}

/** Training of every rank with the validation on top; beside it the validation of every rank, where that differs. */
function zoomPageOf(data: ReportData, base: string): Page {
  return {
    bookmark: `Zoom: ${base}`,
    draw(context) {
      const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
      const sides =
        validation && training && !validation.isShared && validation.byRank.length > 1 ? [training, validation] : [];
      drawHeader(context, data, base, zoomNote(data, base));
      const shared = {
        top: validation,
        ringOn: validation ?? training,
        yAxis: axisOf([training, validation], 9),
        markStyle: 'full' as const,
        nonFinite: nonFiniteOf([training, validation]),
        fontSize: 9,
      };
      const onTop = validation ? meanLegend(validation, 'validation') : [];
      if (sides.length === 0) {
        const layer = training ? rankLayerOf(training, 'training') : noLayer;
        const [box = body] = panelBoxes(context, [...onTop, ...layer.legend], 1);
        drawMetricPanel(context, data, { ...shared, box, layer });
        return;
      }
      const layers = sides.map((side) => rankLayerOf(side, ''));
      const boxes = panelBoxes(context, withoutRepeats([...onTop, ...layers.flatMap(({ legend }) => legend)]), 2, 2);
      layers.forEach((side, index) => {
        const title = index === 0 ? 'training of each rank' : 'validation of each rank';
        drawMetricPanel(context, data, { ...shared, box: boxes[index] ?? body, title, layer: side });
      });
    },
  };
}

/** Draws the legend at the top of the body, and divides what is left. */
function panelBoxes(
  context: Context,
  legend: readonly LegendEntry[],
  count: number,
  columns = columnsFor(count),
): Box[] {
  const used = legend.length > 1 ? drawLegend(context, legend, body, legendSize) + 6 : 0;
  return gridOf({ ...body, top: body.top + used, height: body.height - used }, count, columns);
}

function columnsFor(count: number): number {
  if (count <= 3) return 1;
  return count <= 6 ? 2 : 3;
}

function ticksFor({ height }: Box): number {
  return Math.max(3, Math.min(9, Math.floor(height / 26)));
}

function withoutRepeats(entries: readonly LegendEntry[]): LegendEntry[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function continued(title: string, index: number): string {
  return index === 0 ? title : `${title}, continued (${index + 1})`;
}

function bestAndLast({ summary }: ReportData, metric: MetricCurves): string {
  const known = summary.metrics.get(metric.name);
  if (!known) return '';
  const own = known.best === null ? '' : `best ${formatFigure(known.best)} at ${known.bestEpoch}`;
  const last = `last ${formatFigure(known.final)}`;
  const spread = known.min < known.max ? `, ${formatFigure(known.min)} to ${formatFigure(known.max)} over ranks` : '';
  return [own, `${last}${spread}`].filter((part) => part !== '').join('  ·  ');
}

/** Whether the ranks' curves are their own figures or averages. */
function trainingNote({ curves, experiment }: ReportData, bases: readonly string[]): string {
  const isLocal = experiment.run.rankRelation === 'averaged' && bases.some((base) => curves.local(base));
  if (isLocal) return 'What each rank itself saw in training (the log’s final figures are averages over ranks)';
  return experiment.run.ranks.length > 1 ? 'Training figures of each rank' : 'Training figures';
}

function zoomNote(data: ReportData, base: string): string {
  const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
  const last = [lastText('validation', validation), lastText('training', training)].filter((part) => part !== '');
  return `${trainingNote(data, [base])}${validation ? ', validation on top' : ''}  ·  last: ${last.join(', ')}`;
}

function lastText(noun: string, curves: MetricCurves | undefined): string {
  if (!curves) return '';
  const column = lastColumnOf(curves);
  const figures = figuresAt(curves, column);
  if (figures.length === 0) return '';
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  if (low === high) return `${noun} ${formatFigure(low)}`;
  return `${noun} ${formatFigure(low)} to ${formatFigure(high)} over ${plural(figures.length, 'rank')}`;
}
