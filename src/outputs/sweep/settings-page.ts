/** What each setting does to the objective: a panel a setting, a dot an experiment, a bar the mean of a value. */

import { type Effect, isChance } from '../../ask/effects.js';
import { fieldOf } from '../../ask/fields.js';
import { valueAxis } from '../chart-axis.js';
import type { Box } from '../chart-plot.js';
import { type Context, paperHeight } from '../report/canvas.js';
import { grey, ink, palette } from '../report/colours.js';
import { formatCount, formatFigure, plural } from '../report/format.js';
import { contentWidth, gridOf, margin, type Page, piecesOf } from '../report/page.js';
import { drawDot } from '../report/shapes.js';
import { write } from '../report/text.js';
import { objectiveOf, type SweepData } from './data.js';
import { drawFrame } from './frame.js';
import { drawSweepHeader } from './header.js';

const perPage = 6;
/** More values than these do not stand side by side. */
const maxLevels = 14;

export function settingsPagesOf(data: SweepData): Page[] {
  const { objective, effects } = data;
  if (!objective || effects.length === 0) return [];
  const pieces = piecesOf(effects, perPage);
  return pieces.map((piece, index) => ({
    bookmark: `Settings${pieces.length > 1 ? ` (${index + 1} of ${pieces.length})` : ''}`,
    draw(context) {
      const top = drawSweepHeader(context, data, `Settings and ${objective.metric}`, noteOf(data)) + 8;
      const columns = piece.length > 2 || pieces.length > 1 ? 3 : piece.length;
      const rows = pieces.length > 1 || piece.length > 3 ? 2 : 1;
      const area = {
        left: margin,
        top,
        width: contentWidth,
        height: (paperHeight - 44 - top) * (rows === 1 ? 0.62 : 1),
      };
      gridOf(area, columns * rows, columns, 26, 20)
        .slice(0, piece.length)
        .forEach((box, place) => {
          const effect = piece[place];
          if (effect) drawSetting(context, data, effect, box);
        });
    },
  }));
}

function noteOf({ grid }: SweepData): string {
  const covered = `the grid has ${plural(grid.cells, 'combination')}: ${formatCount(grid.finished)} finished, ${formatCount(grid.dead)} died, ${formatCount(grid.running)} running, ${formatCount(grid.holeCount)} not run`;
  return `A dot a finished experiment, a bar the mean of those with the value; what matters most comes first. It describes this sweep; it proves no cause. ${grid.cells > 0 ? `${covered[0]?.toUpperCase()}${covered.slice(1)}.` : ''}`;
}

function drawSetting(context: Context, data: SweepData, effect: Effect, box: Box): void {
  const { setting } = effect;
  const width = write(context, setting, box.left, box.top + 9, { size: 10.5, isBold: true, maxWidth: box.width * 0.5 });
  write(context, effectText(effect), box.left + width + 7, box.top + 9, {
    size: 8,
    colour: grey,
    maxWidth: box.width - width - 7,
  });
  const levels = levelsOf(data, setting);
  const kept = levels.slice(0, maxLevels);
  const figures = levels.map(({ figures: own }) => Float64Array.from(own));
  const yAxis = valueAxis(figures, 5);
  const plot = drawFrame(context, {
    box: { ...box, top: box.top + 16, height: box.height - 16 },
    xAxis: {
      min: -0.5,
      max: kept.length - 0.5,
      isLog: false,
      ticks: kept.map(({ label }, value) => ({ value, label })),
    },
    yAxis,
  });
  const room = plot.area.width / kept.length;
  kept.forEach(({ figures: own }, level) => {
    const x = plot.xOf(level);
    const radius = own.length > 60 ? 1 : own.length > 20 ? 1.4 : 1.9;
    context.globalAlpha = own.length > 60 ? 0.4 : 0.6;
    own.forEach((figure, index) => {
      const y = Math.min(plot.area.top + plot.area.height, Math.max(plot.area.top, plot.yOf(figure)));
      drawDot(context, x + spreadOf(index) * Math.min(room * 0.55, 34), y, radius, palette.blue);
    });
    context.globalAlpha = 1;
    if (own.length < 2) return;
    const mean = own.reduce((sum, figure) => sum + figure, 0) / own.length;
    const half = Math.min(room * 0.36, 20);
    context.fillStyle = ink;
    context.fillRect(x - half, plot.yOf(mean) - 0.9, 2 * half, 1.8);
    if (room > 26)
      write(context, formatFigure(mean), x, Math.max(plot.area.top + 6, plot.yOf(mean) - 3.5), {
        size: 6.5,
        isBold: true,
        align: 'center',
      });
  });
  if (levels.length > kept.length)
    write(
      context,
      `and ${levels.length - kept.length} more values`,
      plot.area.left + plot.area.width,
      box.top + box.height,
      { size: 7, colour: grey, align: 'right' },
    );
}

function effectText(effect: Effect): string {
  const { kind, size, p, n, because, confoundedWith } = effect;
  if (because !== null || size === null) return because ?? '';
  const name = kind === 'numeric' ? 'rank correlation' : 'share explained';
  const chance = p === null ? '' : `, p ${p < 0.001 ? '<0.001' : p.toFixed(3)}`;
  const maybe = isChance(effect) ? ', may be chance' : '';
  const together = confoundedWith.length > 0 ? `; changes together with ${confoundedWith.join(', ')}` : '';
  return `${name} ${size.toFixed(2).replace('-', '−')}${chance}${maybe}, n ${n}${together}`;
}

interface Level {
  readonly label: string;
  readonly figures: readonly number[];
}

/** Values in their order, with the figures of the experiments that have them. */
function levelsOf({ ranked, objective }: SweepData, setting: string): Level[] {
  const levels = new Map<string, number[]>();
  for (const experiment of ranked) {
    const value = fieldOf(experiment, setting);
    if (value === undefined) continue;
    const known = levels.get(String(value));
    if (known) known.push(objectiveOf(experiment, objective));
    else levels.set(String(value), [objectiveOf(experiment, objective)]);
  }
  return [...levels]
    .map(([label, figures]) => ({ label, figures }))
    .sort((a, b) => Number(a.label) - Number(b.label) || (a.label < b.label ? -1 : 1));
}

/** -0.5 to 0.5, evenly over any number of dots, the same every time. */
function spreadOf(index: number): number {
  return ((index * 0.618_034 + 0.5) % 1) - 0.5;
}
