/** The lines of the parallel coordinates. */

import { type AxisScale, axisScales } from './axis-scale.js';
import { data } from './experiments.js';
import type { State } from './state.js';
import { scaleColour, strokeOf, type Theme } from './theme.js';

export interface Plot {
  /** From left to right, the outcome last. */
  readonly axes: readonly AxisScale[];
  readonly width: number;
  readonly height: number;
  xOf(axis: number): number;
  yOf(position: number): number;
  /** Where lines go that have no value on an axis. */
  readonly missingY: number;
}

export interface Lines {
  readonly state: State;
  readonly shown: readonly number[];
  readonly everyone: readonly number[];
  readonly theme: Theme;
}

/** What all lines looked like, so that the one that the reader is at can change without drawing them all again. */
interface Backdrop {
  readonly canvas: HTMLCanvasElement;
  readonly shown: readonly number[];
  readonly isQuiet: boolean;
  readonly theme: string;
}

let backdrop: Backdrop | undefined;

/** All lines, what is filtered out pale, the best on top, then the selected ones. */
export function drawLines(canvas: HTMLCanvasElement, plot: Plot, lines: Lines): void {
  const { state, shown, theme } = lines;
  const context = prepare(canvas, plot);
  if (!context) return;
  context.drawImage(backdropOf(canvas, plot, lines), 0, 0, plot.width, plot.height);
  const isShown = new Set(shown);
  for (const [experiment, number] of state.selected) {
    if (!isShown.has(experiment)) continue;
    const { colour, dash } = strokeOf(theme, number);
    strokeSelected(context, plot, experiment, colour, dash, theme);
  }
  if (state.current !== null) strokeSelected(context, plot, state.current, theme.ink, [], theme);
}

function backdropOf({ width, height }: HTMLCanvasElement, plot: Plot, lines: Lines): HTMLCanvasElement {
  const { state, shown, theme } = lines;
  const isQuiet = state.selected.size > 0;
  const known = backdrop;
  const isSame = known?.shown === shown && known.isQuiet === isQuiet && known.theme === theme.panel;
  if (isSame && known.canvas.width === width && known.canvas.height === height) return known.canvas;
  const canvas = document.createElement('canvas');
  const context = prepare(canvas, plot);
  if (context) drawAll(context, plot, lines, isQuiet);
  backdrop = { canvas, shown, isQuiet, theme: theme.panel };
  return canvas;
}

function drawAll(context: CanvasRenderingContext2D, plot: Plot, lines: Lines, isQuiet: boolean): void {
  const { shown, everyone, theme } = lines;
  const isShown = new Set(shown);
  context.lineWidth = 1;
  context.strokeStyle = theme.line;
  context.globalAlpha = 0.55;
  for (const experiment of everyone) if (!isShown.has(experiment)) strokeLine(context, plot, experiment);
  const opacity = Math.max(0.12, Math.min(0.9, 60 / shown.length)) * (isQuiet ? 0.8 : 1);
  const ordered = [...shown].sort((a, b) => qualityOf(a) - qualityOf(b));
  for (const experiment of ordered) {
    const quality = qualityOf(experiment);
    context.globalAlpha = opacity * (0.6 + 0.4 * quality);
    context.strokeStyle = scaleColour(theme, quality);
    strokeLine(context, plot, experiment);
  }
}

/** 0 for the worst to 1 for the best; those without a figure are among the worst. */
function qualityOf(experiment: number): number {
  const { objective } = data;
  const position = axisScales.at(-1)?.position(experiment);
  if (!objective || position === undefined) return 0;
  return objective.direction === 'max' ? position : 1 - position;
}

function prepare(canvas: HTMLCanvasElement, { width, height }: Plot): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context?.scale(ratio, ratio);
  return context;
}

function strokeSelected(
  context: CanvasRenderingContext2D,
  plot: Plot,
  experiment: number,
  colour: string,
  dash: number[],
  theme: Theme,
): void {
  context.lineWidth = 5;
  context.strokeStyle = theme.panel;
  strokeLine(context, plot, experiment);
  context.setLineDash(dash);
  context.lineWidth = 2.2;
  context.strokeStyle = colour;
  strokeLine(context, plot, experiment);
  context.setLineDash([]);
}

/** Lines through one value lie side by side, the better the higher, so that one sees how many there are. */
const spread = 14;

function strokeLine(context: CanvasRenderingContext2D, plot: Plot, experiment: number): void {
  const shift = (0.5 - qualityOf(experiment)) * spread;
  const points = plot.axes.map(({ position, isOrdinal }, index) => {
    const at = position(experiment);
    const y = at === undefined ? plot.missingY : plot.yOf(at) + (isOrdinal ? shift : 0);
    return { x: plot.xOf(index), y };
  });
  context.beginPath();
  points.forEach(({ x, y }, index) => {
    const before = points[index - 1];
    const middle = (x + (before?.x ?? x)) / 2;
    if (before) context.bezierCurveTo(middle, before.y, middle, y, x, y);
    else context.moveTo(x, y);
  });
  context.stroke();
}
