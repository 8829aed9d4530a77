/** One small chart per rank, all with the same axes. */

import type { Rank } from '../../experiment.js';
import type { Box } from '../chart.js';
import type { Axis } from '../chart-axis.js';
import { thinOut } from '../chart-points.js';
import type { Context } from './canvas.js';
import { grey, hairline, ink, lightGrey, palette, type Stroke } from './colours.js';
import { type MetricCurves, ranksOf } from './curves.js';
import { type ReportData, trainingOf, validationOf } from './data.js';
import { type Findings, oddRanksOf } from './findings.js';
import { plural } from './format.js';
import { drawLegend, type LegendEntry } from './legend.js';
import { axisOf } from './metric-panel.js';
import { body, contentWidth, drawHeader, gridOf, margin, type Page, piecesOf } from './page.js';
import { rankName } from './rank-layer.js';
import { drawLine } from './shapes.js';
import { write } from './text.js';

/** More ranks than this are not all drawn, but those that stand out always are. */
const maxRanks = 256;

const trainingStroke: Stroke = { colour: palette.blue, width: 0.9, dash: [] };
const validationStroke: Stroke = { colour: ink, width: 1.2, dash: [] };
const typicalStroke: Stroke = { colour: lightGrey, width: 1.8, dash: [] };
const frameStroke: Stroke = { colour: hairline, width: 0.6, dash: [] };

interface Multiples {
  readonly timeline: ReportData['curves']['timeline'];
  readonly training: MetricCurves | undefined;
  readonly validation: MetricCurves | undefined;
  readonly yAxis: Axis;
  readonly xAxis: Axis;
  readonly odd: ReadonlySet<Rank>;
}

/** Pages of panels for one metric. */
export function smallMultiplesOf(data: ReportData, findings: Findings, base: string): Page[] {
  const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
  const both = [training, validation].flatMap((curves) => curves ?? []);
  const odd = new Set(oddRanksOf(findings).map(({ rank }) => rank));
  const all = ranksOf(both);
  const kept = new Set([...all].sort((a, b) => Number(odd.has(b)) - Number(odd.has(a))).slice(0, maxRanks));
  const ranks = all.filter((rank) => kept.has(rank));
  const left = all.length > ranks.length ? `; ${all.length - ranks.length} of ${all.length} are left out` : '';
  const multiples: Multiples = {
    timeline: data.curves.timeline,
    training,
    validation,
    yAxis: axisOf(both, ranks.length > 30 ? 3 : 5),
    xAxis: data.curves.timeline.axis(2),
    odd,
  };
  return piecesOf(ranks, perPage(ranks.length)).map((piece, index, pieces) => ({
    bookmark: `Each rank: ${base}${pieces.length > 1 ? ` (${index + 1} of ${pieces.length})` : ''}`,
    draw(context) {
      const note = `One panel a rank, the same axes for all ${plural(all.length, 'rank')}${left}`;
      drawHeader(context, data, `${base}, each rank`, note);
      drawLegend(context, legendOf(multiples), { left: margin, top: body.top, width: contentWidth }, 8);
      const [columns, gap] = [columnsFor(piece.length, pieces.length), ranks.length > 16 ? 7 : 14];
      const area = { left: margin + 26, top: body.top + 18, width: contentWidth - 26, height: body.height - 30 };
      const rows = Math.ceil((pieces.length > 1 ? perPage(ranks.length) : piece.length) / columns);
      gridOf(area, rows * columns, columns, gap, gap)
        .slice(0, piece.length)
        .forEach((box, place) => {
          const rank = piece[place];
          if (!rank) return;
          const isLeft = place % columns === 0;
          const isBottom = place + columns >= piece.length;
          drawMultiple(context, multiples, rank, box, { isLeft, isBottom });
        });
    },
  }));
}

function perPage(count: number): number {
  return count > 30 ? 64 : 30;
}

/** About as many columns as rows, with as few places left empty as can be. */
function columnsFor(count: number, pages: number): number {
  if (pages > 1 || count > 30) return 8;
  const square = Math.ceil(Math.sqrt(count));
  const emptyIn = (columns: number) => Math.ceil(count / columns) * columns - count;
  return emptyIn(square + 1) < emptyIn(square) ? square + 1 : square;
}

function drawMultiple(
  context: Context,
  { timeline, training, validation, yAxis, xAxis, odd }: Multiples,
  rank: Rank,
  box: Box,
  { isLeft, isBottom }: { isLeft: boolean; isBottom: boolean },
): void {
  const isOdd = odd.has(rank);
  const size = box.width < 110 ? 6.5 : 8;
  const title = rank.host === null ? rankName(rank) : `${rankName(rank)} · ${rank.host}`;
  write(context, title, box.left, box.top + size, {
    size,
    isBold: isOdd,
    colour: isOdd ? '#b34700' : ink,
    maxWidth: box.width,
  });
  const area = { left: box.left, top: box.top + size + 3, width: box.width, height: box.height - size - 3 };
  const mapX = (value: number) => area.left + ((value - xAxis.min) / (xAxis.max - xAxis.min)) * area.width;
  const measure = yAxis.isLog ? Math.log10 : (value: number) => value;
  const [low, high] = [measure(yAxis.min), measure(yAxis.max)];
  const mapY = (value: number) => area.top + area.height * (1 - (measure(value) - low) / (high - low));
  for (const { value, label } of yAxis.ticks) {
    drawLine(context, area.left, mapY(value), area.left + area.width, mapY(value), frameStroke);
    if (isLeft) write(context, label, area.left - 4, mapY(value) + 2, { size: 6, colour: grey, align: 'right' });
  }
  const bottom = area.top + area.height;
  drawLine(context, area.left, bottom, area.left + area.width, bottom, {
    ...frameStroke,
    colour: isOdd ? palette.vermillion : lightGrey,
  });
  for (const { value, label } of isBottom ? xAxis.ticks : []) {
    write(context, label, mapX(value), bottom + 7.5, { size: 6, colour: grey, align: 'center' });
  }
  context.save();
  context.beginPath();
  context.rect(area.left - 1, area.top - 1, area.width + 2, area.height + 2);
  context.clip();
  const draw = (y: Float64Array | undefined, stroke: Stroke) => {
    if (y) drawCurve(context, timeline.x, y, { mapX, mapY, width: area.width }, stroke);
  };
  draw(training?.mean, typicalStroke);
  draw(training?.byRank.find((curve) => curve.rank === rank)?.y, trainingStroke);
  draw(validation?.byRank.find((curve) => curve.rank === rank)?.y, validationStroke);
  context.restore();
}

interface Mapping {
  readonly mapX: (value: number) => number;
  readonly mapY: (value: number) => number;
  readonly width: number;
}

function drawCurve(context: Context, x: Float64Array, y: Float64Array, mapping: Mapping, stroke: Stroke): void {
  const { mapX, mapY, width } = mapping;
  context.strokeStyle = stroke.colour;
  context.lineWidth = stroke.width;
  context.setLineDash([]);
  context.beginPath();
  let isDown = false;
  for (const point of thinOut(x, y, 2 * width)) {
    const isGap = Number.isNaN(point.y);
    // A figure without neighbours is drawn by the round cap of a line of no length.
    if (!isGap && !isDown) context.moveTo(mapX(point.x), mapY(point.y));
    if (!isGap) context.lineTo(mapX(point.x), mapY(point.y));
    isDown = !isGap;
  }
  context.stroke();
}

function legendOf({ training, validation }: Multiples): LegendEntry[] {
  const entries: LegendEntry[] = [];
  if (validation) entries.push({ kind: 'line', label: 'validation', stroke: validationStroke });
  if (training) {
    entries.push({ kind: 'line', label: 'training', stroke: trainingStroke });
    entries.push({ kind: 'line', label: 'training, mean of all ranks', stroke: typicalStroke });
  }
  return entries;
}
