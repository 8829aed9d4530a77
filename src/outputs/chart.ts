/** Line charts, drawn by chart.js into a box of a page. */

import { Chart, Filler, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import { type Axis, shareOf } from './chart-axis.js';
import { type Box, type Plot, plotOn } from './chart-plot.js';
import { thinOut } from './chart-points.js';
import type { Context } from './report/canvas.js';
import { grey, hairline, type Stroke } from './report/colours.js';

Chart.register(Filler, LinearScale, LineController, LineElement, PointElement);

/** Of the y axis, so that charts above one another align, pt. */
const labelWidth = 34;
/** Of the x axis, and from there to its labels, pt. */
const tickLength = 3;
const tickPadding = 3;

/** `y[i]` stands at `x[i]` of the chart; NaN is a gap. */
export interface ChartLine {
  readonly y: Float64Array;
  readonly stroke: Stroke;
}

export interface ChartBand {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly colour: string;
}

export interface LineChart {
  readonly box: Box;
  /** Ascending. */
  readonly x: Float64Array;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  /** Drawn in this order, above the bands. */
  readonly lines: readonly ChartLine[];
  readonly bands?: readonly ChartBand[];
  readonly fontSize?: number;
}

/** Draws axes, bands and lines; what the y axis does not reach is cut off at the edge. */
export function drawLineChart(context: Context, chart: LineChart): Plot {
  const { box, xAxis, yAxis, fontSize = 8 } = chart;
  context.save();
  context.translate(box.left, box.top);
  const drawn = new Chart(frame(context, box), {
    type: 'line',
    data: { datasets: datasetsOf(chart) },
    options: {
      animation: false,
      responsive: false,
      normalized: true,
      parsing: false,
      devicePixelRatio: 1,
      events: [],
      layout: { autoPadding: false, padding: { top: fontSize / 2, right: fontSize, bottom: 0, left: 0 } },
      elements: { point: { radius: 0 }, line: { tension: 0 } },
      scales: {
        x: { ...scaleOptions(xAxis, fontSize), grid: { drawOnChartArea: false, color: grey, tickLength: tickLength } },
        y: {
          ...scaleOptions(yAxis, fontSize),
          grid: { color: hairline, lineWidth: 0.6, drawTicks: false },
          afterFit: (scale: { width: number }) => {
            scale.width = Math.max(labelWidth, scale.width);
          },
        },
      },
    },
  });
  context.restore();
  const { left, top, right, bottom } = drawn.chartArea;
  drawn.destroy();
  const area = { left: box.left + left, top: box.top + top, width: right - left, height: bottom - top };
  return plotOn(area, xAxis, yAxis, tickLength + tickPadding + 0.95 * fontSize);
}

/** The context as chart.js wants it: a canvas as large as the box, which may not be cleared or transformed back to the page's corner. */
function frame(context: Context, box: Box): Context {
  const canvas = { width: Math.floor(box.width), height: Math.floor(box.height) };
  const nothing = () => undefined;
  const replaced = new Map<string | symbol, unknown>([
    ['canvas', canvas],
    ['clearRect', nothing],
    ['resetTransform', nothing],
    ['setTransform', nothing],
  ]);
  const methods = new Map<string | symbol, unknown>();
  const framed = new Proxy(context, {
    get(target, key) {
      if (replaced.has(key)) return replaced.get(key);
      if (methods.has(key)) return methods.get(key);
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      methods.set(key, method);
      return method;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  Object.assign(canvas, { getContext: () => framed });
  return framed;
}

function datasetsOf({ x, xAxis, yAxis, lines, bands = [], box }: LineChart) {
  const curve = (y: Float64Array) => ({
    data: thinOut(x, y, 2 * box.width).map((point) => ({ x: shareOf(xAxis, point.x), y: shareOf(yAxis, point.y) })),
    pointRadius: 0,
    pointHitRadius: 0,
  });
  const bandSets = bands.flatMap(({ low, high, colour }) => [
    { ...curve(high), borderWidth: 0, fill: '+1', backgroundColor: colour, order: 1 },
    { ...curve(low), borderWidth: 0, fill: false, order: 1 },
  ]);
  const isDense = x.length > box.width / 1.5;
  const lineSets = lines.map(({ y, stroke }, index) => ({
    ...curve(y),
    borderColor: stroke.colour,
    borderWidth: isDense ? stroke.width * 0.55 : stroke.width,
    // Dashes of a curve that goes up and down within a point are a smear.
    borderDash: isDense ? [] : [...stroke.dash],
    fill: false,
    // chart.js draws the lowest order last.
    order: -index,
  }));
  return [...bandSets, ...lineSets];
}

/** Both scales run from 0 to 1, shares of our own axes: chart.js's ticks never end for some ranges, e.g. of 1e-150. */
function scaleOptions(axis: Axis, fontSize: number) {
  const ticks = axis.ticks.map(({ value, label }) => ({ value: shareOf(axis, value), label }));
  const labels = new Map(ticks.map(({ value, label }) => [value, label]));
  return {
    type: 'linear' as const,
    min: 0,
    max: 1,
    border: { color: grey, width: 0.6 },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = ticks;
    },
    ticks: {
      autoSkip: false,
      color: grey,
      font: { family: 'IBM Plex Sans', size: fontSize },
      maxRotation: 0,
      padding: tickPadding,
      callback: (value: string | number) => labels.get(Number(value)) ?? '',
    },
  };
}
