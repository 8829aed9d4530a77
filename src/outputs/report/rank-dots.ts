/** Time per step of each rank as a dot with its spread; stragglers are named. */

import type { Rank } from '../../experiment.js';
import { drawLineChart } from '../chart.js';
import { type Axis, niceStep, valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { grey, palette } from './colours.js';
import type { MetricCurves } from './curves.js';
import { rankName } from './rank-layer.js';
import { drawDot, drawLine } from './shapes.js';
import { quantile } from './statistics.js';
import { write } from './text.js';

interface RankTime {
  readonly rank: Rank;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Most stragglers that are named beside their dot. */
const maxNames = 6;

/** `times` in the unit of the axis. */
export function drawRankDots(context: Context, times: MetricCurves, odd: readonly Rank[], box: Box): void {
  const ranks = times.byRank.map(({ rank, y }): RankTime => {
    const sorted = y.filter((value) => Number.isFinite(value)).sort();
    return { rank, low: quantile(sorted, 0.1), middle: quantile(sorted, 0.5), high: quantile(sorted, 0.9) };
  });
  const plot = drawLineChart(context, {
    box,
    x: new Float64Array(),
    xAxis: rankAxis(ranks, box.width),
    yAxis: valueAxis([Float64Array.from(ranks.flatMap(({ low, high }) => [low, high]))], 5, [0]),
    lines: [],
  });
  write(context, 'rank', box.left, plot.xLabelBaseline, { size: 8, colour: grey });
  const radius = Math.max(1.2, Math.min(3.2, plot.area.width / ranks.length / 4));
  ranks.forEach(({ rank, low, middle, high }, index) => {
    const x = plot.xOf(index);
    const isOdd = odd.includes(rank);
    const colour = isOdd ? palette.vermillion : palette.blue;
    drawLine(context, x, plot.yOf(low), x, plot.yOf(high), { colour, width: Math.max(0.6, radius / 2.5), dash: [] });
    drawDot(context, x, plot.yOf(middle), radius, colour);
    if (!isOdd || odd.indexOf(rank) >= maxNames) return;
    const isLeft = x > plot.area.left + plot.area.width * 0.85;
    write(context, rankName(rank), x + (isLeft ? -1 : 1) * (radius + 3), plot.yOf(middle) + 3, {
      size: 8.5,
      isBold: true,
      colour: '#b34700',
      align: isLeft ? 'right' : 'left',
    });
  });
}

function rankAxis(ranks: readonly RankTime[], width: number): Axis {
  const step = Math.max(1, niceStep(ranks.length, Math.floor(width / 24)));
  const ticks = ranks.flatMap(({ rank }, value) =>
    value % step === 0 ? [{ value, label: String(rank.rank ?? '?') }] : [],
  );
  return { min: -0.6, max: ranks.length - 0.4, isLog: false, ticks };
}
