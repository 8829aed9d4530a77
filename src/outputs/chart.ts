/** Line charts, drawn by chart.js into a box of a page. */

import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import type { Axis } from './chart-axis.js';
import { type Point, thinOut } from './chart-points.js';
import type { Context } from './report/canvas.js';
import { grey, hairline, type Stroke } from './report/colours.js';

Chart.register(Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement);

/** Of the x axis, and from there to its labels, pt. */
const tickLength = 3;
const tickPadding = 3;

/** pt, origin top left of the page. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

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
  /** Width kept for the labels of the y axis, so that charts above one another align; pt. */
  readonly labelWidth?: number;
}

/** Where the data stand on the page, for what is drawn over them. */
export interface Plot {
  /** The area within the axes. */
  readonly area: Box;
  /** Page coordinates of a value; not limited to the area. */
  xOf(value: number): number;
  yOf(value: number): number;
  /** Baseline of the labels of the x axis. */
  readonly xLabelBaseline: number;
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
            scale.width = chart.labelWidth ?? 34;
          },
        },
      },
    },
  });
  context.restore();
  return plotOf(drawn, box, fontSize);
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

function datasetsOf({ x, lines, bands = [], box }: LineChart) {
  const maxPoints = 2 * box.width;
  const plain = (points: Point[]) => ({ data: points, pointRadius: 0, pointHitRadius: 0 });
  const bandSets = bands.flatMap(({ low, high, colour }) => [
    { ...plain(thinOut(x, high, maxPoints)), borderWidth: 0, fill: '+1', backgroundColor: colour, order: 1 },
    { ...plain(thinOut(x, low, maxPoints)), borderWidth: 0, fill: false, order: 1 },
  ]);
  const isDense = x.length > box.width / 1.5;
  const lineSets = lines.map(({ y, stroke }, index) => ({
    ...plain(thinOut(x, y, maxPoints)),
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

function scaleOptions(axis: Axis, fontSize: number) {
  const labels = new Map(axis.ticks.map(({ value, label }) => [value, label]));
  return {
    type: axis.isLog ? ('logarithmic' as const) : ('linear' as const),
    min: axis.min,
    max: axis.max,
    border: { color: grey, width: 0.6 },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = axis.ticks.map(({ value }) => ({ value }));
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

function plotOf(drawn: Chart, box: Box, fontSize: number): Plot {
  const { left, top, right, bottom } = drawn.chartArea;
  const { x, y } = drawn.scales;
  if (!x || !y) throw new Error('a line chart has an x and a y scale');
  const plot = {
    area: { left: box.left + left, top: box.top + top, width: right - left, height: bottom - top },
    xOf: linearMap(x, box.left),
    yOf: linearMap(y, box.top),
    xLabelBaseline: box.top + bottom + tickLength + tickPadding + 0.95 * fontSize,
  };
  drawn.destroy();
  return plot;
}

/** The scale's mapping, kept beyond the life of its chart. */
function linearMap(
  scale: { type: string; min: number; max: number; getPixelForValue(value: number): number },
  shift: number,
) {
  const measure = scale.type === 'logarithmic' ? Math.log10 : (value: number) => value;
  const from = measure(scale.min);
  const first = scale.getPixelForValue(scale.min);
  const perUnit = (scale.getPixelForValue(scale.max) - first) / (measure(scale.max) - from);
  return (value: number) => shift + first + (measure(value) - from) * perUnit;
}
