/** Curves as short JSON: figures as whole numbers of their last decimal, each as the difference from the one before. */

import { type SweepCurve, thinCurve } from '../sweep/curve.js';
import type { SweepData } from '../sweep/data.js';
import type { PageCell, PageCurve, PageFigures } from './page-data.js';

/** Of all curves together, at most; less where they would not fit. */
const maxFigures = 320_000;
const [minPoints, maxPoints] = [12, 400];
const maxMetrics = 8;
/** More digits than a curve's tooltip shows would be carried for nothing. */
const digits = 4;

export interface PageCurves {
  readonly curveMetrics: readonly string[];
  readonly curves: readonly (PageCurve | null)[];
  /** Whether epochs were left out. */
  readonly isThinned: boolean;
}

/** The curves of `sorted`, with fewer points the more experiments there are, and so few that they fit into `maxBytes` if they can. */
export function pageCurvesOf(data: SweepData, maxBytes: number): PageCurves {
  let figures = maxFigures;
  for (;;) {
    const curves = encodeCurves(data, figures);
    const bytes = JSON.stringify(curves.curves).length;
    const isLeast = figures <= data.sorted.length * minPoints;
    if (bytes <= maxBytes || isLeast) return curves;
    figures = Math.floor(0.97 * figures * Math.max(0.1, maxBytes / bytes));
  }
}

function encodeCurves(data: SweepData, figures: number): PageCurves {
  const { sorted } = data;
  const mostMetrics = Math.floor(figures / (sorted.length * minPoints));
  const curveMetrics = curveMetricsOf(data).slice(0, Math.max(1, Math.min(maxMetrics, mostMetrics)));
  const share = Math.floor(figures / (sorted.length * Math.max(1, curveMetrics.length)));
  const points = Math.min(maxPoints, Math.max(minPoints, share));
  // Beyond, the page would not open any more.
  const mostCurves = Math.floor(maxFigures / minPoints);
  let isThinned = sorted.length > mostCurves;
  const curves = sorted.map((experiment, index) => {
    if (index >= mostCurves) return null;
    const curve = data.curveOf(experiment);
    isThinned ||= curve.epochs.length > points;
    return encodeCurve(thinCurve(curve, curveMetrics, points), curveMetrics);
  });
  return { curveMetrics, curves, isThinned };
}

/** The objective and its training figures, losses, then what most experiments have. */
export function curveMetricsOf({ experiments, objective }: Pick<SweepData, 'experiments' | 'objective'>): string[] {
  const counts = new Map<string, number>();
  for (const { summary } of experiments)
    for (const metric of summary.metrics.keys()) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  const first = objective ? [objective.metric, objective.metric.replace(/^val_/, '')] : [];
  const usual = [...first, 'val_loss', 'loss', 'val_accuracy', 'accuracy'];
  const others = [...counts].sort(([, a], [, b]) => b - a).map(([metric]) => metric);
  return [...new Set([...usual, ...others])].filter((metric) => counts.has(metric));
}

function encodeCurve({ epochs, figures }: SweepCurve, metrics: readonly string[]): PageCurve | null {
  if (epochs.length === 0 || figures.size === 0) return null;
  const isPlain = epochs.every((epoch, i) => epoch === i + 1);
  const steps = epochs.map((epoch, i) => epoch - (epochs[i - 1] ?? 0));
  const encoded = metrics.flatMap((metric, number) => {
    const column = figures.get(metric);
    return column ? [encodeFigures(number, column)] : [];
  });
  return [isPlain ? epochs.length : steps, ...encoded];
}

function encodeFigures(metric: number, column: readonly (number | null)[]): PageFigures {
  const rounded = column.map((figure) => (isNumber(figure) ? Number(figure.toPrecision(digits)) : figure));
  const decimals = Math.max(0, ...rounded.map(decimalsOf));
  const scale = 10 ** decimals;
  // Differences of huge whole numbers would lose digits.
  const isPlain = decimals > 15 || rounded.some((figure) => isNumber(figure) && Math.abs(figure) * scale > 2 ** 50);
  let before = 0;
  const steps = rounded.map((figure): PageCell => {
    if (figure === null) return null;
    if (!Number.isFinite(figure)) return String(figure);
    if (isPlain) return figure;
    const whole = Math.round(figure * scale);
    const step = whole - before;
    before = whole;
    return step;
  });
  return [metric, isPlain ? -1 : decimals, ...steps];
}

function decimalsOf(figure: number | null): number {
  if (!isNumber(figure) || figure === 0) return 0;
  const [mantissa = '', exponent = '0'] = figure.toExponential().split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

function isNumber(figure: number | null): figure is number {
  return figure !== null && Number.isFinite(figure);
}
