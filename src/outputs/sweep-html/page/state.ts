/** What the reader has chosen; everything on the page follows from it. */

import type { PageColumn } from '../page-data.js';
import { columns, data } from './experiments.js';

/** Part of an axis, 0 at its bottom to 1 at its top. */
export type Range = readonly [low: number, high: number];

export interface State {
  /** As typed. */
  readonly filter: string;
  /** Only these statuses; all where it is empty. */
  readonly statuses: ReadonlySet<string>;
  /** By column. */
  readonly ranges: ReadonlyMap<string, Range>;
  readonly sort: { readonly column: string; readonly isDescending: boolean };
  readonly shown: ReadonlySet<string>;
  /** Experiment → its colour's number: it keeps it while others come and go. */
  readonly selected: ReadonlyMap<number, number>;
  /** The experiment that the pointer or the keyboard is at. */
  readonly current: number | null;
  readonly metric: string;
  readonly isLogarithmic: boolean;
}

const firstSelected = 5;
type Listener = (state: State, before: State) => void;

let state: State = {
  filter: '',
  statuses: new Set(),
  ranges: new Map(),
  sort: { column: '', isDescending: false },
  shown: new Set(columns.filter(({ isShown }: PageColumn) => isShown).map(({ id }) => id)),
  selected: firstOnes(),
  current: null,
  metric: data.curveMetrics[0] ?? '',
  isLogarithmic: false,
};
const listeners: Listener[] = [];
let shownBefore = state;
let isDue = false;

export function getState(): State {
  return state;
}

/** Changes what is given, and shows it once whatever is going on is through. */
export function setState(changes: Partial<State>): void {
  state = { ...state, ...changes };
  if (isDue) return;
  isDue = true;
  queueMicrotask(showState);
}

export function onState(listener: Listener): void {
  listeners.push(listener);
}

/** Selects an experiment, or takes it out again. */
export function toggle(experiment: number): void {
  const selected = new Map(state.selected);
  if (!selected.delete(experiment)) {
    const taken = new Set(selected.values());
    let colour = 0;
    while (taken.has(colour)) colour++;
    selected.set(experiment, colour);
  }
  setState({ selected });
}

/** Shows the state now. */
export function showState(): void {
  isDue = false;
  const before = shownBefore;
  shownBefore = state;
  for (const listener of listeners) listener(state, before);
}

function firstOnes(): Map<number, number> {
  const withCurves = data.curves.flatMap((curve, experiment) => (curve === null ? [] : [experiment]));
  return new Map(withCurves.slice(0, firstSelected).map((experiment, colour) => [experiment, colour]));
}
