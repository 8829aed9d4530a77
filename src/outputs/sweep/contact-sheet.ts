/** Every experiment's curve in small, in the order of the leaderboard. */

import { settingText } from '../../ask/fields.js';
import type { ExperimentOverview } from '../../summary.js';
import { type Box, plotOn } from '../chart-plot.js';
import type { Context } from '../report/canvas.js';
import { paperHeight } from '../report/canvas.js';
import { grey, hairline, ink, palette } from '../report/colours.js';
import { formatFigure, plural } from '../report/format.js';
import { contentWidth, gridOf, margin, type Page, piecesOf } from '../report/page.js';
import { drawLine } from '../report/shapes.js';
import { write } from '../report/text.js';
import { statusLooks } from '../report/verdict.js';
import { finalOf, isFinished } from '../workbook/order.js';
import type { SweepData } from './data.js';
import { drawSweepHeader } from './header.js';
import { drawSparkline, type SparkScale, sparkScaleOf } from './sparkline.js';

/** Columns and rows of a page, the smallest that holds them all. */
const layouts = [
  [4, 3],
  [6, 4],
  [8, 6],
  [10, 7],
] as const;
/** Twenty pages of them are enough for anyone. */
const maxShown = 20 * 70;

export function contactSheetOf(data: SweepData): Page[] {
  const { objective } = data;
  if (!objective) return [];
  const all = data.sorted.filter((experiment) => data.curveOf(experiment).figures.has(objective.metric));
  const shown = all.slice(0, maxShown);
  const scale = sparkScaleOf(data, shown);
  const [columns, rows] = layouts.find(([across, down]) => across * down >= shown.length) ?? [10, 7];
  const pieces = piecesOf(shown, columns * rows);
  const left = all.length > shown.length ? `; ${plural(all.length - shown.length, 'more experiment')} not shown` : '';
  const lines = scale.y.ticks.map(({ label }) => label).join(', ');
  const under = data.varying.length > 0 ? `; under it ${data.varying.join(', ')}` : '';
  const note = `${objective.metric} dark, its training figures light, a dot at the best epoch; all over epochs 1 to ${scale.x.max}, lines at ${lines}${under}${left}`;
  return pieces.map((piece, index) => ({
    bookmark: `Curves${pieces.length > 1 ? ` (${index + 1} of ${pieces.length})` : ''}`,
    draw(context) {
      const top = drawSweepHeader(context, data, `Curves of ${objective.metric}`, note) + 6;
      const area = { left: margin, top, width: contentWidth, height: paperHeight - 40 - top };
      gridOf(area, columns * rows, columns, columns < 8 ? 16 : 9, columns < 8 ? 14 : 9)
        .slice(0, piece.length)
        .forEach((box, place) => {
          const experiment = piece[place];
          if (experiment) drawSmall(context, data, experiment, scale, box);
        });
    },
  }));
}

function drawSmall(
  context: Context,
  data: SweepData,
  experiment: ExperimentOverview,
  scale: SparkScale,
  box: Box,
): void {
  const size = box.width > 100 ? 8 : 6.5;
  drawCaptions(context, data, experiment, box, size);
  const plotBox = { left: box.left, top: box.top + size + 3.5, width: box.width, height: box.height - 2 * size - 5 };
  const plot = plotOn(plotBox, scale.x, scale.y, 0);
  for (const { value } of scale.y.ticks) {
    const y = plot.yOf(value);
    drawLine(context, plotBox.left, y, plotBox.left + plotBox.width, y, { colour: hairline, width: 0.5, dash: [] });
  }
  drawSparkline(context, data, experiment, plot);
}

/** Above the place, or what became of it, and the figure; below the settings. */
function drawCaptions(context: Context, data: SweepData, experiment: ExperimentOverview, box: Box, size: number): void {
  const { status } = experiment.run;
  const isGood = isFinished(status);
  const head = isGood ? (data.places.get(experiment.key) ?? '') : status.replaceAll('_', ' ');
  const colour = isGood ? grey : statusLooks[status].colour;
  const baseline = box.top + size;
  const headWidth = write(context, head, box.left, baseline, { size, colour, maxWidth: box.width * 0.55 });
  const figure = data.objective ? finalOf(experiment, data.objective.metric) : undefined;
  if (figure !== undefined)
    write(context, formatFigure(figure), box.left + box.width, baseline, {
      ...{ size: size + 0.5, isBold: true, align: 'right', maxWidth: box.width - headWidth - 3 },
      colour: Number.isFinite(figure) ? ink : palette.vermillion,
    });
  const settings = data.varying.map((name) => experiment.hyperparameters.find((each) => each.name === name));
  const caption = settings.map((setting) => (setting ? settingText(setting) : '–')).join(' · ');
  const style = { size: size < 7 ? 5 : 6.5, colour: grey, maxWidth: box.width };
  write(context, caption || experiment.name, box.left, box.top + box.height, style);
}
