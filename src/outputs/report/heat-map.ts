/** Time per step as a map: a row per rank, a column per epoch, dark is slow, white is missing. */

import { niceStep } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import type { Paper } from './canvas.js';
import { grey, heatRgb, lightGrey, type Rgb } from './colours.js';
import type { MetricCurves } from './curves.js';
import { formatDuration } from './format.js';
import { rankName } from './rank-layer.js';
import { drawLine } from './shapes.js';
import { median, quantile } from './statistics.js';
import { widthOf, write } from './text.js';
import type { Timeline } from './timeline.js';

/** More epochs than this share columns: their median is shown. */
const maxColumns = 400;
/** The slowest colour stands for at least this many times the fastest: noise stays pale. */
const leastContrast = 1.5;
const labelWidth = 34;
const axisHeight = 14;
const missing: Rgb = [255, 255, 255];

/** Height that serves `rows`, pt; at most `maxHeight`. */
export function heatMapHeight(rows: number, maxHeight: number): number {
  return Math.min(maxHeight, Math.max(60, rows * 26) + axisHeight);
}

/** Draws the map into `box`, the colour scale at the right end above it. */
export function drawHeatMap(paper: Paper, times: MetricCurves, timeline: Timeline, box: Box): void {
  const { context } = paper;
  const rows = times.byRank.map(({ y }) => shrink(y));
  const columns = rows[0]?.length ?? 0;
  const finite = Float64Array.from(rows.flatMap((row) => [...row].filter((value) => Number.isFinite(value)))).sort();
  const low = quantile(finite, 0.02);
  const high = Math.max(quantile(finite, 0.995), leastContrast * low);
  const hosts = hostRuns(times);
  const hostWidth = Math.max(0, ...hosts.map(({ host }) => Math.min(90, widthOf(context, host, { size: 7 }) + 10)));
  const area = {
    left: box.left + labelWidth,
    top: box.top,
    width: box.width - labelWidth - hostWidth - 8,
    height: box.height - axisHeight,
  };
  const rgb = rows.flatMap((row) => [...row].map((value) => colourOf(value, low, high)));
  paper.drawPixels(area, columns, rgb);
  drawRankLabels(paper, times, area);
  drawEpochLabels(paper, timeline, columns, area);
  for (const { host, from, to } of hosts) {
    const rowHeight = area.height / rows.length;
    const right = area.left + area.width + 4;
    const stroke = { colour: lightGrey, width: 1, dash: [] };
    drawLine(context, right, area.top + from * rowHeight + 1, right, area.top + (to + 1) * rowHeight - 1, stroke);
    const y = area.top + ((from + to + 1) / 2) * rowHeight + 2.5;
    write(context, host, right + 4, y, { size: 7, colour: grey, maxWidth: 86 });
  }
  drawScale(paper, low, high, { ...box, left: area.left, width: area.width });
}

/** At most `maxColumns` figures: medians of as many neighbours as it takes. */
function shrink(y: Float64Array): Float64Array {
  const size = Math.ceil(y.length / maxColumns);
  if (size <= 1) return y;
  return Float64Array.from({ length: Math.ceil(y.length / size) }, (_, index) =>
    median(y.subarray(index * size, (index + 1) * size).filter((value) => Number.isFinite(value))),
  );
}

function colourOf(value: number, low: number, high: number): Rgb {
  if (!Number.isFinite(value)) return missing;
  return heatRgb(high > low ? (value - low) / (high - low) : 0);
}

function drawRankLabels({ context }: Paper, { byRank }: MetricCurves, area: Box): void {
  const rowHeight = area.height / byRank.length;
  const step = Math.max(1, niceStep(byRank.length, Math.floor(area.height / 9)));
  byRank.forEach(({ rank }, row) => {
    if (row % step !== 0) return;
    const y = area.top + (row + 0.5) * rowHeight + 2.5;
    const label = row === 0 ? rankName(rank) : String(rank.rank ?? '?');
    write(context, label, area.left - 5, y, { size: 7.5, colour: grey, align: 'right' });
  });
}

function drawEpochLabels({ context }: Paper, timeline: Timeline, columns: number, area: Box): void {
  const perColumn = timeline.x.length / columns;
  const y = area.top + area.height + 10;
  for (const { value, label } of timeline.axis(16).ticks) {
    const column = timeline.x.indexOf(value);
    if (column < 0) continue;
    const x = area.left + ((column + 0.5) / perColumn / columns) * area.width;
    write(context, label, x, y, { size: 7.5, colour: grey, align: 'center' });
  }
  write(context, 'epoch', area.left - labelWidth, y, { size: 7.5, colour: grey });
}

function drawScale({ context }: Paper, low: number, high: number, box: Box): void {
  const style = { size: 7.5, colour: grey, align: 'right' } as const;
  const y = box.top - 7;
  const right = box.left + box.width;
  const slow = `${formatDuration(high)} a step or more`;
  write(context, slow, right, y, style);
  const scaleRight = right - widthOf(context, slow, style) - 5;
  for (let step = 0; step < 90; step += 2) {
    const [red, green, blue] = heatRgb(step / 88);
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
    context.fillRect(scaleRight - 90 + step, y - 6, 2.1, 6);
  }
  write(context, formatDuration(low), scaleRight - 95, y, style);
}

/** Neighbouring rows of one host; none where hosts are unknown, or there is only one. */
function hostRuns({ byRank }: MetricCurves): { host: string; from: number; to: number }[] {
  const runs: { host: string; from: number; to: number }[] = [];
  byRank.forEach(({ rank }, row) => {
    const last = runs.at(-1);
    const host = rank.host ?? '';
    if (last?.host === host) last.to = row;
    else runs.push({ host, from: row, to: row });
  });
  return runs.length > 1 && runs.length <= 48 && runs.every(({ host }) => host !== '') ? runs : [];
}
