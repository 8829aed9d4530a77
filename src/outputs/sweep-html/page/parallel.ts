/** Parallel coordinates: a line for each experiment through its settings to the objective; ranges are chosen on the axes. */

import { type AxisScale, axisScales } from './axis-scale.js';
import { draw, find } from './elements.js';
import { data, everyone } from './experiments.js';
import type { Filtered } from './filter.js';
import { drawLines, type Plot } from './parallel-lines.js';
import { getState, type Range, type State, setState } from './state.js';
import { getTheme } from './theme.js';

const box = find('#parallel .plot', HTMLElement);
const canvas = find('#parallel canvas', HTMLCanvasElement);
const svg = find('#parallel svg', SVGSVGElement);
/** px; labels stand at the right of their axis. */
const [top, right, bottom, left] = [30, 50, 26, 28];
/** Labels of neighbouring axes need it. */
const leastDistance = 54;

export function startParallel(getFiltered: () => Filtered): void {
  find('#parallel', HTMLElement).hidden = axisScales.length < 2;
  if (axisScales.length < 2) return;
  new ResizeObserver(() => showParallel(getState(), getFiltered())).observe(box);
}

/** Draws axes and lines. */
export function showParallel(state: State, filtered: Filtered): void {
  if (axisScales.length < 2) return;
  const plot = layOut();
  svg.setAttribute('width', String(plot.width));
  svg.setAttribute('height', String(plot.height));
  const focused = document.activeElement?.getAttribute('data-axis');
  svg.replaceChildren(...plot.axes.map((scale, index) => axisOf(scale, plot.xOf(index), plot, state)));
  if (focused) svg.querySelector<SVGElement>(`[data-axis="${CSS.escape(focused)}"]`)?.focus();
  showParallelLines(state, filtered);
}

/** Draws the lines anew, where the axes stay. */
export function showParallelLines(state: State, { shown }: Filtered): void {
  if (axisScales.length >= 2) drawLines(canvas, layOut(), { state, shown, theme: getTheme(), everyone });
}

/** As many axes as have room, those of the settings that matter most; the outcome always. */
function layOut(): Plot {
  const { clientWidth: width, clientHeight: height } = box;
  const room = width - left - right;
  const fitting = Math.max(2, Math.min(axisScales.length, 1 + Math.floor(room / leastDistance)));
  const distance = room / (fitting - 1);
  return {
    axes: [...axisScales.slice(0, fitting - 1), ...axisScales.slice(-1)],
    width,
    height,
    xOf: (index) => left + index * distance,
    yOf: (position) => top + (1 - position) * (height - top - bottom),
    missingY: height - 9,
  };
}

function axisOf(scale: AxisScale, x: number, plot: Plot, state: State): SVGElement {
  const range = state.ranges.get(scale.id);
  const [from, to] = [plot.yOf(1), plot.yOf(0)];
  const isObjective = scale.id === data.objective?.metric;
  const group = draw(
    'g',
    {
      class: isObjective ? 'axis objective' : 'axis',
      'data-axis': scale.id,
      tabindex: 0,
      role: 'slider',
      'aria-label': `range of ${scale.id}`,
      'aria-orientation': 'vertical',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': Math.round(100 * (range ? (range[0] + range[1]) / 2 : 0.5)),
      'aria-valuetext': rangeText(scale, range),
    },
    draw('rect', { class: 'focus', x: x - 22, y: 2, width: 44, height: plot.height - 4, rx: 6 }),
    draw('line', { x1: x, x2: x, y1: from, y2: to }),
    draw('text', { class: 'title', x, y: 16, 'text-anchor': 'middle' }, shorten(scale.id, titleLength(scale.id, plot))),
    ...scale.ticks.map(({ position, label }) =>
      draw('text', { class: 'tick', x: x + 6, y: plot.yOf(position) + 4 }, shorten(label, 11)),
    ),
    draw('rect', { class: 'grip', x: x - 14, y: from - 6, width: 28, height: to - from + 12 }),
  );
  if (range) {
    const [y, end] = [plot.yOf(range[1]) - 4, plot.yOf(range[0]) + 4];
    group.append(draw('rect', { class: 'range', x: x - 5, y, width: 10, height: end - y, rx: 4 }));
  }
  group.addEventListener('pointerdown', (event) => startRange(event, scale, plot));
  group.addEventListener('dblclick', () => setRange(scale.id, undefined));
  group.addEventListener('keydown', (event) => onKey(event, scale));
  return group;
}

function rangeText(scale: AxisScale, range: Range | undefined): string {
  if (!range) return 'any';
  const labels = scale.ticks.filter(({ position }) => position >= range[0] && position <= range[1]);
  return labels.length > 0
    ? labels.map(({ label }) => label).join(', ')
    : `${Math.round(100 * range[0])} to ${Math.round(100 * range[1])} percent`;
}

/** Dragging along an axis chooses a range; a click chooses the value there, and the same again takes it back. */
function startRange(event: PointerEvent, scale: AxisScale, plot: Plot): void {
  if (event.button !== 0) return;
  event.preventDefault();
  const { top: offset } = svg.getBoundingClientRect();
  const positionOf = (y: number) =>
    Math.min(1, Math.max(0, (plot.yOf(0) - (y - offset)) / (plot.yOf(0) - plot.yOf(1))));
  const start = positionOf(event.clientY);
  let isDragged = false;
  const move = (moved: PointerEvent) => {
    const end = positionOf(moved.clientY);
    isDragged ||= Math.abs(moved.clientY - event.clientY) > 4;
    if (isDragged) setRange(scale.id, [Math.min(start, end), Math.max(start, end)]);
  };
  const stop = () => {
    removeEventListener('pointermove', move);
    if (!isDragged) pick(scale, start);
    svg.querySelector<SVGElement>(`[data-axis="${CSS.escape(scale.id)}"]`)?.focus({ preventScroll: true });
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', stop, { once: true });
}

function pick(scale: AxisScale, position: number): void {
  const nearest = [...scale.ticks].sort((a, b) => Math.abs(a.position - position) - Math.abs(b.position - position))[0];
  const known = getState().ranges.get(scale.id);
  const isSame = known?.[0] === nearest?.position && known?.[1] === nearest?.position;
  const isChoice = scale.isOrdinal && nearest !== undefined && !isSame;
  setRange(scale.id, isChoice ? [nearest.position, nearest.position] : undefined);
}

/** Up and down go from value to value, or move the lower end of a range; with Shift the upper one. Escape takes it back. */
function onKey(event: KeyboardEvent, scale: AxisScale): void {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (event.key === 'Escape' || event.key === 'Delete') setRange(scale.id, undefined);
  else if (direction !== undefined) setRange(scale.id, moved(scale, direction, event.shiftKey));
  else return;
  event.preventDefault();
}

function moved(scale: AxisScale, direction: number, isUpper: boolean): Range {
  const known = getState().ranges.get(scale.id);
  if (scale.isOrdinal) {
    const places = scale.ticks.map(({ position }) => position);
    const at = known ? places.findIndex((place) => place >= known[0] - 1e-9) + direction : direction > 0 ? 0 : -1;
    const place = places.at(Math.min(places.length - 1, Math.max(known ? 0 : -1, at))) ?? 0;
    return [place, place];
  }
  const [low, high] = known ?? [0, 1];
  const clamp = (value: number) => Math.min(1, Math.max(0, Math.round(20 * value) / 20));
  if (isUpper) return [low, Math.max(low, clamp(high + 0.05 * direction))];
  return [Math.min(high, clamp(low + 0.05 * direction)), high];
}

function setRange(id: string, range: Range | undefined): void {
  const ranges = new Map(getState().ranges);
  if (range) ranges.set(id, range);
  else ranges.delete(id);
  setState({ ranges });
}

/** Of so many characters is a title that leaves its neighbours' alone; Chinese ones are twice as wide. */
function titleLength(title: string, plot: Plot): number {
  const width = /[\u2e80-\uffff]/.test(title) ? 14 : 7.5;
  return Math.max(3, Math.min(14, Math.floor((plot.xOf(1) - plot.xOf(0) - 4) / width)));
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
