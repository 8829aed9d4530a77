/** The table of experiments: sorted by its headers, walked through and selected from by keyboard. */

import type { PageColumn } from '../page-data.js';
import { cellText, isNumeric } from './cell-text.js';
import { find, make } from './elements.js';
import { columns, maybeColumn, nameOf, readCell } from './experiments.js';
import type { Filtered } from './filter.js';
import { firstDirection, sortBy } from './order.js';
import { getState, type State, setState, toggle } from './state.js';
import { getTheme, strokeOf } from './theme.js';

/** Rows at first, and more with each press of the button below: thousands at once would make every key slow. */
const step = 200;

const head = find('#rows thead', HTMLTableSectionElement);
const body = find('#rows tbody', HTMLTableSectionElement);
const more = find('#more', HTMLButtonElement);
const rows = new Map<number, HTMLTableRowElement>();
let limit = step;
let order: readonly number[] = [];

export function startTable(): void {
  body.addEventListener('keydown', onKey);
  body.addEventListener('click', (event) => {
    const experiment = experimentAt(event.target);
    if (experiment === undefined || String(getSelection() ?? '') !== '') return;
    setState({ current: experiment });
    toggle(experiment);
  });
  body.addEventListener('pointerover', (event) => setState({ current: experimentAt(event.target) ?? null }));
  body.addEventListener('pointerleave', () => setState({ current: null }));
  body.addEventListener('focusin', (event) => {
    makeReachable(experimentAt(event.target));
    setState({ current: experimentAt(event.target) ?? null });
  });
  body.addEventListener('focusout', () => setState({ current: null }));
  more.addEventListener('click', () => {
    limit += 5 * step;
    showRows();
  });
}

/** Brings head and rows in line with the state. */
export function showTable(state: State, before: State, { shown }: Filtered): void {
  const isFirst = head.childElementCount === 0;
  if (isFirst || state.shown !== before.shown || state.sort !== before.sort) showHead(state);
  if (isFirst || state.shown !== before.shown) rows.clear();
  order = sortBy(state, shown);
  showRows();
  showSelected(state);
}

/** Marks the selected rows in the colours of their curves. */
export function showSelected({ selected }: State): void {
  const theme = getTheme();
  for (const [experiment, row] of rows) {
    const colour = selected.get(experiment);
    row.setAttribute('aria-selected', String(colour !== undefined));
    const swatch = row.querySelector<HTMLElement>('.swatch');
    if (swatch) swatch.style.background = colour === undefined ? '' : strokeOf(theme, colour).colour;
  }
}

function showHead({ sort }: State): void {
  const cells = shownColumns().map((column) => {
    const isSorted = sort.column === column.id;
    const arrow = isSorted ? (sort.isDescending ? '▼' : '▲') : '';
    const button = make(
      'button',
      { type: 'button', onclick: () => sortByColumn(column.id), title: titleOf(column) },
      make('span', {}, column.title),
      make('span', { class: 'arrow', 'aria-hidden': 'true' }, arrow),
    );
    return make(
      'th',
      {
        scope: 'col',
        class: classOf(column),
        'aria-sort': isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none',
        'data-column': column.id,
      },
      button,
    );
  });
  const focused = document.activeElement?.closest('th')?.dataset.column;
  const corner = make('th', { scope: 'col', class: 'pick' }, make('span', { class: 'hidden' }, 'selected'));
  head.replaceChildren(make('tr', {}, corner, ...cells));
  head.querySelector<HTMLElement>(`th[data-column="${CSS.escape(focused ?? '')}"] button`)?.focus();
}

function titleOf({ id, title }: PageColumn): string {
  return id === title ? `Sort by ${id}` : `Sort by ${title} (${id} in the filter)`;
}

/** The first press sorts the best or the smallest first, the second turns it round, the third goes back to the leaderboard. */
function sortByColumn(column: string): void {
  const { sort } = getState();
  const isFirst = sort.column !== column;
  const first = firstDirection(column);
  if (!isFirst && sort.isDescending !== first) setState({ sort: { column: '', isDescending: false } });
  else setState({ sort: { column, isDescending: isFirst ? first : !first } });
}

function showRows(): void {
  const visible = order.slice(0, limit);
  const reachable = visible.find((experiment) => rows.get(experiment)?.tabIndex === 0);
  body.replaceChildren(...visible.map(rowOf));
  makeReachable(reachable ?? visible[0]);
  const left = order.length - visible.length;
  more.hidden = left <= 0;
  more.textContent = left > 5 * step ? `Show ${5 * step} more of ${left}` : `Show ${left} more`;
  find('#rows', HTMLTableElement).setAttribute('aria-rowcount', String(order.length + 1));
  find('#empty', HTMLElement).hidden = order.length > 0;
}

function rowOf(experiment: number): HTMLTableRowElement {
  const known = rows.get(experiment);
  if (known) return known;
  const status = maybeColumn('status');
  const row = make(
    'tr',
    {
      'data-experiment': experiment,
      'data-status': String((status && readCell(status, experiment)) ?? ''),
      'aria-selected': 'false',
      tabindex: -1,
    },
    make('td', { class: 'pick' }, make('span', { class: 'swatch', 'aria-hidden': 'true' })),
    ...shownColumns().map((column) => cellOf(column, experiment)),
  );
  rows.set(experiment, row);
  return row;
}

function cellOf(column: PageColumn, experiment: number): HTMLTableCellElement {
  const text = cellText(column, experiment);
  const value = readCell(column, experiment);
  const isBroken = typeof value === 'number' && !Number.isFinite(value);
  const isLong = column.kind === 'text' && text.length > 20;
  return make(
    'td',
    { class: `${classOf(column)}${isBroken ? ' broken' : ''}`, title: isLong ? text : undefined },
    ...(text === '' ? [] : [make('bdi', {}, text)]),
  );
}

function classOf(column: PageColumn): string {
  return `${column.kind}${isNumeric(column) ? ' number' : ''}${column.id === 'name' ? ' name' : ''}`;
}

function onKey(event: KeyboardEvent): void {
  const experiment = experimentAt(event.target);
  if (experiment === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const visible = order.slice(0, limit);
  const at = visible.indexOf(experiment);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 15,
    PageUp: at - 15,
    Home: 0,
    End: visible.length - 1,
  };
  const move = moves[event.key];
  if (move !== undefined) {
    const next = visible[Math.min(visible.length - 1, Math.max(0, move))];
    if (next !== undefined) focusRow(next);
  } else if (event.key === ' ' || event.key === 'Enter') toggle(experiment);
  else return;
  event.preventDefault();
}

function focusRow(experiment: number): void {
  makeReachable(experiment);
  const row = rows.get(experiment);
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

/** Of all rows one is reached by Tab; from there the arrows go on. */
function makeReachable(experiment: number | undefined): void {
  for (const row of body.querySelectorAll<HTMLElement>('tr[tabindex="0"]')) row.tabIndex = -1;
  const row = experiment === undefined ? undefined : rows.get(experiment);
  if (row) row.tabIndex = 0;
}

function experimentAt(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('tr[data-experiment]') : null;
  return row ? Number(row.dataset.experiment) : undefined;
}

function shownColumns(): PageColumn[] {
  const { shown } = getState();
  return columns.filter(({ id }) => shown.has(id));
}

/** For the legend and the chart: what tells one experiment from another. */
export function labelOf(experiment: number, among: readonly number[]): string {
  const telling = columns.filter((column) => {
    if (column.kind !== 'setting') return false;
    return new Set(among.map((each) => readCell(column, each))).size > 1;
  });
  const parts = telling.flatMap((column) => {
    const value = readCell(column, experiment);
    return value === null ? [] : [`${column.title} ${value}`];
  });
  return parts.join(' · ') || nameOf(experiment);
}
