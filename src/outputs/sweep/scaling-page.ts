/** How the sweep scaled, and what quality cost. */

import { type Configuration, comparableCosts, costUnitOf } from '../../ask/scaling.js';
import { linearAxis, valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import { type Context, paperHeight } from '../report/canvas.js';
import { grey, ink, lightGrey, palette, paperTint } from '../report/colours.js';
import { formatFigure, plural } from '../report/format.js';
import { contentWidth, margin, type Page } from '../report/page.js';
import { drawDot, drawLine } from '../report/shapes.js';
import { write } from '../report/text.js';
import type { SweepData } from './data.js';
import { drawFrame } from './frame.js';
import { drawSweepHeader } from './header.js';
import { layoutColumnsOf } from './layout-columns.js';

const maxRows = 26;
const gap = 34;

export function scalingPagesOf(data: SweepData): Page[] {
  if (data.configurations.length === 0) return [];
  return [
    {
      bookmark: 'Scaling',
      draw(context) {
        const note =
          'Median time per epoch by layout; speed-up and efficiency against the fewest cores with the same number of images. On the right every finished experiment by what it cost.';
        const top = drawSweepHeader(context, data, 'Scaling and cost', note) + 8;
        const width = (contentWidth - gap) / 2;
        const half = (paperHeight - 44 - top - 24) / 2;
        drawSpeed(context, data, { left: margin, top, width, height: half });
        drawCost(context, data, { left: margin + width + gap, top, width, height: 2 * half + 24 });
        drawTable(context, data, { left: margin, top: top + half + 24, width, height: half });
      },
    },
  ];
}

function drawSpeed(context: Context, { configurations }: SweepData, box: Box): void {
  const { name, sizeOf } = sizeMeasureOf(configurations);
  write(context, `Time per epoch by ${name}`, box.left, box.top + 9, { size: 10.5, isBold: true });
  const plot = drawFrame(context, {
    box: { ...box, top: box.top + 16, height: box.height - 16 },
    xAxis: linearAxis(0, 1.06 * Math.max(...configurations.map(sizeOf)), 6),
    yAxis: valueAxis([Float64Array.from(configurations, ({ secondsPerEpoch }) => secondsPerEpoch)], 5, [0]),
    xTitle: name,
    yTitle: 's',
  });
  for (const row of configurations) {
    const [x, y] = [plot.xOf(sizeOf(row)), plot.yOf(row.secondsPerEpoch)];
    drawDot(context, x, y, 1.8 + Math.min(1.6, Math.log10(row.n)), palette.blue);
    if (configurations.length > 16 || row.nodes === null || name === 'nodes') continue;
    write(context, plural(row.nodes, 'node'), x + 6, y + 2.5, { size: 6.5, colour: grey });
  }
}

interface SizeMeasure {
  readonly name: string;
  sizeOf(row: Configuration): number;
}

/** Cores where they are known, else processes; nodes where these are all that varies. */
function sizeMeasureOf(configurations: readonly Configuration[]): SizeMeasure {
  const hasCores = configurations.every(({ coresPerProcess }) => coresPerProcess !== null);
  const sizeOf = ({ processes, coresPerProcess }: Configuration) => processes * (hasCores ? (coresPerProcess ?? 1) : 1);
  const varies = new Set(configurations.map(sizeOf)).size > 1;
  if (!varies && configurations.every(({ nodes }) => nodes !== null))
    return { name: 'nodes', sizeOf: ({ nodes }) => nodes ?? 0 };
  return { name: hasCores ? 'cores' : 'processes', sizeOf };
}

function drawCost(context: Context, { costs: all, objective }: SweepData, box: Box): void {
  const costs = comparableCosts(all);
  if (!objective || costs.length === 0) return;
  write(context, `${objective.metric} for its cost`, box.left, box.top + 9, { size: 10.5, isBold: true });
  const unit = costUnitOf(costs);
  const plot = drawFrame(context, {
    box: { ...box, top: box.top + 16, height: box.height - 16 },
    xAxis: valueAxis([Float64Array.from(costs, ({ cost }) => cost)], 6),
    yAxis: valueAxis([Float64Array.from(costs, ({ quality }) => quality)], 7),
    xTitle: unit,
    yTitle: objective.metric,
  });
  const inside = (x: number, y: number) =>
    [
      Math.min(plot.area.left + plot.area.width, Math.max(plot.area.left, plot.xOf(x))),
      Math.min(plot.area.top + plot.area.height, Math.max(plot.area.top, plot.yOf(y))),
    ] as const;
  context.globalAlpha = costs.length > 200 ? 0.5 : 0.8;
  for (const { cost, quality, isOnFront } of costs)
    if (!isOnFront) drawDot(context, ...inside(cost, quality), 1.6, lightGrey);
  context.globalAlpha = 1;
  const front = costs.filter(({ isOnFront }) => isOnFront);
  front.forEach(({ cost, quality }, index) => {
    const [x, y] = inside(cost, quality);
    const next = front[index + 1];
    // What costs less is worse: the front goes down in steps.
    if (next) {
      const [toX, toY] = inside(next.cost, next.quality);
      drawLine(context, x, y, x, toY, { colour: palette.vermillion, width: 0.9, dash: [] });
      drawLine(context, x, toY, toX, toY, { colour: palette.vermillion, width: 0.9, dash: [] });
    }
  });
  for (const { cost, quality } of front) drawDot(context, ...inside(cost, quality), 2.8, palette.vermillion);
  const best = front[0];
  if (best) {
    const [x, y] = inside(best.cost, best.quality);
    const isRight = x > plot.area.left + plot.area.width * 0.6;
    write(
      context,
      `${formatFigure(best.quality)} for ${formatFigure(best.cost)} ${unit}`,
      x + (isRight ? -6 : 6),
      y - 4,
      { size: 7.5, colour: ink, align: isRight ? 'right' : 'left' },
    );
  }
  write(context, 'nothing else is both better and cheaper', plot.area.left + plot.area.width, box.top + 9, {
    size: 7.5,
    colour: '#b34700',
    align: 'right',
  });
}

function drawTable(context: Context, { configurations }: SweepData, box: Box): void {
  const columns = layoutColumnsOf(configurations);
  const width = box.width / columns.length;
  const rows = configurations.slice(0, Math.min(maxRows, Math.floor((box.height - 34) / 12)));
  const at = (column: number) => box.left + (column + 1) * width - 6;
  columns.forEach(({ title }, column) => {
    write(context, title, at(column), box.top + 9, { size: 7.5, colour: grey, align: 'right', maxWidth: width - 2 });
  });
  context.fillStyle = lightGrey;
  context.fillRect(box.left, box.top + 13, box.width, 0.7);
  rows.forEach((row, index) => {
    const baseline = box.top + 24 + 12 * index;
    if (index % 2 === 1) {
      context.fillStyle = paperTint;
      context.fillRect(box.left, baseline - 8.6, box.width, 12);
    }
    columns.forEach(({ textOf }, column) => {
      write(context, textOf(row) ?? '', at(column), baseline, { size: 7.5, align: 'right', maxWidth: width - 2 });
    });
  });
  if (configurations.length === rows.length) return;
  const left = `and ${configurations.length - rows.length} more: tlw scaling lists them`;
  write(context, left, box.left, box.top + 26 + 12 * rows.length, { size: 7.5, colour: grey });
}
