/** The curves of the selected experiments, drawn by chart.js. */

import type { Chart as ChartClass, Plugin } from 'chart.js';
import { formatFigure } from '../../report/format.js';
import { cellText } from './cell-text.js';
import { find, make } from './elements.js';
import { data, maybeColumn, maybeCurve, nameOf, readCell } from './experiments.js';
import { getState, type State, setState, toggle } from './state.js';
import { labelOf } from './table.js';
import { getTheme, strokeOf, type Theme } from './theme.js';

/** chart.js stands before this script. */
declare const Chart: typeof ChartClass;

interface Line {
  readonly experiment: number;
  readonly label: string;
  readonly colour: string;
  readonly dash: number[];
  readonly isPreview: boolean;
}

const canvas = find('#curves canvas', HTMLCanvasElement);
const legend = find('#legend', HTMLElement);
let chart: ChartClass<'line'> | undefined;

export function startCurves(): void {
  const choice = find('#metric', HTMLSelectElement);
  choice.append(...data.curveMetrics.map((metric) => make('option', { value: metric }, metric)));
  choice.addEventListener('change', () => setState({ metric: choice.value }));
  const log = find('#log', HTMLInputElement);
  log.addEventListener('change', () => setState({ isLogarithmic: log.checked }));
  find('#clear', HTMLButtonElement).addEventListener('click', () => setState({ selected: new Map() }));
}

/** Draws the selected curves, and the one that the reader is at. */
export function showCurves(state: State): void {
  const theme = getTheme();
  const lines = linesOf(state, theme);
  showLegend(lines, theme);
  find('#clear', HTMLButtonElement).disabled = state.selected.size === 0;
  find('#none', HTMLElement).hidden = lines.length > 0;
  canvas.setAttribute('aria-label', descriptionOf(state, lines));
  chart?.destroy();
  chart = new Chart<'line'>(canvas, {
    type: 'line',
    data: { datasets: lines.map((line) => datasetOf(line, state)) },
    plugins: [marksPlugin(lines, state, theme)],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      normalized: true,
      layout: { padding: { top: 8, right: 10 } },
      interaction: { mode: 'nearest', axis: 'xy', intersect: false },
      elements: { point: { radius: 0, hitRadius: 8 }, line: { tension: 0 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          title: { display: true, text: 'epoch', color: theme.grey },
          grid: { display: false },
          border: { color: theme.line },
          ticks: { color: theme.grey, precision: 0, maxRotation: 0 },
        },
        y: {
          type: state.isLogarithmic ? 'logarithmic' : 'linear',
          grid: { color: theme.line },
          border: { display: false },
          ticks: { color: theme.grey, maxTicksLimit: 8 },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: theme.ink,
          titleColor: theme.panel,
          bodyColor: theme.panel,
          displayColors: false,
          callbacks: {
            title: ([item]) => `epoch ${item?.parsed.x ?? ''}`,
            label: ({ parsed, datasetIndex }) => [
              `${state.metric} ${formatFigure(parsed.y ?? Number.NaN)}`,
              lines[datasetIndex]?.label ?? '',
            ],
          },
        },
      },
    },
  });
}

function linesOf({ selected, current }: State, theme: Theme): Line[] {
  const preview = current !== null && !selected.has(current) ? [current] : [];
  const all = [...selected.keys(), ...preview];
  return all.map((experiment) => {
    const number = selected.get(experiment);
    const stroke = number === undefined ? { colour: theme.ink, dash: [] } : strokeOf(theme, number);
    return { experiment, label: labelOf(experiment, all), ...stroke, isPreview: number === undefined };
  });
}

function datasetOf({ experiment, colour, dash, isPreview }: Line, { metric, current, isLogarithmic }: State) {
  const curve = maybeCurve(experiment, metric);
  const points = curve?.epochs.map((x, i) => ({ x, y: finite(curve.figures[i], isLogarithmic) })) ?? [];
  const isLone = points.filter(({ y }) => y !== null).length === 1;
  return {
    data: points,
    borderColor: colour,
    backgroundColor: colour,
    borderDash: dash,
    borderWidth: experiment === current ? 3 : isPreview ? 1.5 : 1.8,
    pointRadius: isLone ? 3.5 : 0,
    spanGaps: false,
    // chart.js draws the lowest order last.
    order: experiment === current ? 0 : 1,
  };
}

/** NaN and what a logarithm has no place for are gaps. */
function finite(figure: number | null | undefined, isLogarithmic: boolean): number | null {
  if (figure === null || figure === undefined || !Number.isFinite(figure)) return null;
  return isLogarithmic && figure <= 0 ? null : figure;
}

/** A ring at the best epoch of the objective, and the word where figures stop being numbers. */
function marksPlugin(lines: readonly Line[], { metric }: State, theme: Theme): Plugin<'line'> {
  return {
    id: 'marks',
    afterDatasetsDraw({ ctx, scales: { x, y }, chartArea }) {
      if (!x || !y) return;
      const best = maybeColumn('best_epoch');
      for (const { experiment, colour } of lines) {
        const curve = maybeCurve(experiment, metric);
        const epoch = best && metric === data.objective?.metric ? readCell(best, experiment) : null;
        const figure = curve?.figures[curve.epochs.indexOf(Number(epoch))];
        if (epoch !== null && typeof figure === 'number' && Number.isFinite(figure)) {
          ctx.beginPath();
          ctx.arc(x.getPixelForValue(Number(epoch)), y.getPixelForValue(figure), 4.5, 0, 2 * Math.PI);
          ctx.fillStyle = theme.panel;
          ctx.fill();
          ctx.lineWidth = 2;
          ctx.strokeStyle = colour;
          ctx.stroke();
        }
        const broken = curve?.figures.findIndex((each) => each !== null && !Number.isFinite(each)) ?? -1;
        if (broken < 0 || !curve) continue;
        const left = x.getPixelForValue(curve.epochs[broken] ?? 0);
        ctx.fillStyle = colour;
        ctx.font = '600 11px system-ui, sans-serif';
        ctx.textAlign = left > chartArea.right - 30 ? 'right' : 'left';
        ctx.fillText(`✕ ${formatFigure(curve.figures[broken] ?? Number.NaN)}`, left - 4, chartArea.top + 10);
      }
    },
  };
}

function showLegend(lines: readonly Line[], theme: Theme): void {
  const { metric } = getState();
  const final = maybeColumn(metric);
  legend.replaceChildren(
    ...lines
      .filter(({ isPreview }) => !isPreview)
      .map(({ experiment, label, colour, dash }) => {
        const sample = make('span', { class: dash.length > 0 ? 'sample dashed' : 'sample', 'aria-hidden': 'true' });
        sample.style.color = colour || theme.ink;
        const figure = final ? cellText(final, experiment) : '';
        return make(
          'li',
          {},
          make(
            'button',
            {
              type: 'button',
              title: `${nameOf(experiment)}: press to take it out`,
              onclick: () => toggle(experiment),
              onpointerenter: () => setState({ current: experiment }),
              onpointerleave: () => setState({ current: null }),
            },
            sample,
            make('strong', {}, figure),
            make('bdi', {}, label),
            make('span', { class: 'cross', 'aria-hidden': 'true' }, '×'),
          ),
        );
      }),
  );
}

/** What the picture shows, for those who do not see it. */
function descriptionOf({ metric }: State, lines: readonly Line[]): string {
  const parts = lines.map(({ experiment, label }) => {
    const curve = maybeCurve(experiment, metric);
    const last = curve?.figures.findLast((figure) => figure !== null);
    if (!curve || last === undefined || last === null) return `${label}: no curve`;
    return `${label}: ${formatFigure(last)} at epoch ${curve.epochs.at(-1)}`;
  });
  return `${metric} over epochs. ${parts.join('; ')}`;
}
