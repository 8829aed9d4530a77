/** The best experiments, a line each, with their settings and their curves in small. */

import { settingText } from '../../ask/fields.js';
import type { ExperimentOverview } from '../../summary.js';
import { plotOn } from '../chart-plot.js';
import type { Context } from '../report/canvas.js';
import { grey, lightGrey, palette, paperTint } from '../report/colours.js';
import { formatDuration, formatFigure, plural } from '../report/format.js';
import { contentWidth, margin, type Page, piecesOf } from '../report/page.js';
import { drawDot } from '../report/shapes.js';
import { type TextStyle, write } from '../report/text.js';
import { statusLooks } from '../report/verdict.js';
import { bestOf } from '../workbook/experiment-columns.js';
import { finalOf } from '../workbook/order.js';
import { directionText, objectiveOf, type SweepData } from './data.js';
import { drawSweepHeader } from './header.js';
import { drawSparkline, sparkScaleOf } from './sparkline.js';
import { drawStatusBar } from './status-bar.js';

/** Beyond, the workbook and the page are better places. */
const maxRows = 120;
const [firstPage, perPage] = [29, 32];
/** pt; few rows have more room each. */
const [leastHeight, mostHeight] = [14.6, 24];
const maxSettings = 7;

/** Pages of the leaderboard; the first one says what the sweep is. */
export function leaderboardPagesOf(data: SweepData): Page[] {
  const shown = data.sorted.slice(0, maxRows);
  const pieces = [shown.slice(0, firstPage), ...piecesOf(shown.slice(firstPage), perPage)];
  const rowHeight = Math.max(leastHeight, Math.min(mostHeight, 430 / shown.length));
  const columns = columnsOf(data, shown, rowHeight);
  return pieces.map((piece, index) => {
    const first = index === 0 ? 1 : firstPage + 1 + (index - 1) * perPage;
    return {
      bookmark: index === 0 ? 'Leaderboard' : `Leaderboard from ${first}`,
      draw(context) {
        const [heading, note] = index === 0 ? [data.title, factsOf(data)] : ['Leaderboard', `From row ${first} on`];
        let y = drawSweepHeader(context, data, heading, note);
        if (index === 0) y = drawStatusBar(context, data, y + 4);
        drawHead(context, columns, y + 14);
        const baselineOf = (row: number) => y + 14 + (row + 1) * rowHeight;
        piece.forEach((experiment, row) => {
          drawRow(context, columns, experiment, baselineOf(row), { isTinted: row % 2 === 1, height: rowHeight });
        });
        const left = data.sorted.length - shown.length;
        if (index < pieces.length - 1 || left === 0) return;
        const more = `${plural(left, 'more experiment')}: in the workbook, and in the page of tlw report --all --format html`;
        write(context, more, margin, baselineOf(piece.length) + 4, { size: 8, colour: grey });
      },
    };
  });
}

function factsOf({ experiments, objective, ranked, grid }: SweepData): string {
  const parts = [
    plural(experiments.length, 'experiment'),
    objective ? `by ${objective.metric}, ${directionText(objective)}` : 'no metric yet',
    ranked.length < experiments.length ? `${ranked.length} finished with a figure` : '',
    grid.axes.length > 0 ? `${grid.axes.length} settings vary, ${plural(grid.cells, 'combination')}` : '',
  ];
  return parts.filter((part) => part !== '').join('  ·  ');
}

interface ColumnSpec {
  readonly title: string;
  readonly left: number;
  readonly width: number;
  readonly align: 'left' | 'right';
  draw(context: Context, experiment: ExperimentOverview, left: number, baseline: number): void;
}

/** Columns one beside the other; what is left of the width is the name's. */
function columnsOf(data: SweepData, shown: readonly ExperimentOverview[], rowHeight: number): ColumnSpec[] {
  const scale = sparkScaleOf(data, shown);
  const sparkHeight = rowHeight - 5.2;
  const { objective, places, varying } = data;
  const figures = shown
    .map((each) => objectiveOf(each, objective))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const ends = [figures[0] ?? Number.NaN, figures.at(-1) ?? Number.NaN] as const;
  const range = objective?.direction === 'max' ? { worst: ends[0], best: ends[1] } : { worst: ends[1], best: ends[0] };
  const settings = varying.slice(0, maxSettings);
  let left = margin;
  const take = (width: number) => {
    left += width;
    return left - width;
  };
  const text = (
    title: string,
    width: number,
    textOf: (e: ExperimentOverview) => string,
    style: Partial<TextStyle> = {},
  ): ColumnSpec => ({
    title,
    left: take(width),
    width,
    align: 'right',
    draw: (context, experiment, at, baseline) =>
      void write(context, textOf(experiment), at + width - 8, baseline, {
        size: 8,
        align: 'right',
        maxWidth: width - 8,
        ...style,
      }),
  });
  const columns: ColumnSpec[] = [text('#', 30, ({ key }) => places.get(key) ?? '', { colour: grey })];
  if (objective) {
    columns.push(text(objective.metric, 52, (e) => figureText(finalOf(e, objective.metric)), { isBold: true }));
    columns.push({
      title: '',
      left: take(66),
      width: 66,
      align: 'left',
      draw: (context, e, at, baseline) => drawPlace(context, data, e, range, { left: at, baseline }),
    });
    columns.push(text('best', 46, (e) => figureText(bestOf(e, objective)?.value)));
    columns.push(text('at', 26, (e) => String(bestOf(e, objective)?.epoch ?? ''), { colour: grey }));
    columns.push({
      title: 'curve',
      left: take(70),
      width: 70,
      align: 'left',
      draw: (context, e, at, y) =>
        drawSparkline(
          context,
          data,
          e,
          plotOn({ left: at + 2, top: y - 2.8 - sparkHeight / 2, width: 58, height: sparkHeight }, scale.x, scale.y, 0),
        ),
    });
  }
  const settingWidth = Math.max(34, Math.min(56, 260 / Math.max(1, settings.length)));
  for (const name of settings) columns.push(text(name, settingWidth, (e) => settingOf(e, name)));
  columns.push(text('epochs', 44, ({ summary }) => (summary.lastEpoch === null ? '' : String(summary.lastEpoch))));
  columns.push(
    text('time', 54, ({ summary }) =>
      summary.totalTrainingTime === null ? '' : formatDuration(summary.totalTrainingTime),
    ),
  );
  columns.push({
    title: 'status',
    left: take(14),
    width: 14,
    align: 'left',
    draw: (context, { run }, at, baseline) =>
      drawDot(context, at + 5, baseline - 2.8, 2.6, statusLooks[run.status].colour),
  });
  const width = margin + contentWidth - left;
  if (width > 110)
    columns.push({
      title: 'name',
      left: take(width),
      width,
      align: 'left',
      draw: (context, { name }, at, baseline) =>
        void write(context, name, at, baseline, {
          size: 6.5,
          isMono: true,
          colour: grey,
          cut: 'middle',
          maxWidth: width,
        }),
    });
  return columns;
}

function drawHead(context: Context, columns: readonly ColumnSpec[], baseline: number): void {
  for (const { title, left, width, align } of columns) {
    const style: TextStyle = { size: 7.5, colour: grey, maxWidth: width - 6 };
    if (title === 'status') continue;
    if (align === 'left') write(context, title, left + (title === 'name' ? 0 : 2), baseline, style);
    else write(context, title, left + width - 8, baseline, { ...style, align: 'right' });
  }
  context.fillStyle = lightGrey;
  context.fillRect(margin, baseline + 3.5, contentWidth, 0.7);
}

function drawRow(
  context: Context,
  columns: readonly ColumnSpec[],
  experiment: ExperimentOverview,
  baseline: number,
  { isTinted, height }: { readonly isTinted: boolean; readonly height: number },
): void {
  if (isTinted) {
    context.fillStyle = paperTint;
    context.fillRect(margin, baseline - 2.8 - height / 2, contentWidth, height);
  }
  for (const column of columns) column.draw(context, experiment, column.left, baseline);
}

/** Where its figure stands between the worst and the best of those shown. */
function drawPlace(
  context: Context,
  { objective }: SweepData,
  experiment: ExperimentOverview,
  range: Range,
  at: Point,
): void {
  const share =
    range.best === range.worst ? 1 : (objectiveOf(experiment, objective) - range.worst) / (range.best - range.worst);
  if (!Number.isFinite(share)) return;
  context.fillStyle = lightGrey;
  context.fillRect(at.left, at.baseline - 3.2, 56, 0.8);
  drawDot(context, at.left + 56 * share, at.baseline - 2.8, 2.5, share === 1 ? palette.vermillion : palette.blue);
}

interface Range {
  readonly worst: number;
  readonly best: number;
}

interface Point {
  readonly left: number;
  readonly baseline: number;
}

function figureText(value: number | undefined): string {
  return value === undefined ? '' : formatFigure(value);
}

function settingOf({ hyperparameters }: ExperimentOverview, name: string): string {
  const setting = hyperparameters.find((each) => each.name === name);
  return setting ? settingText(setting) : '';
}
