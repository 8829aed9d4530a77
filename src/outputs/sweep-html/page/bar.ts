/** The filter: a text, the statuses, and how many are left. */

import { statusText } from './cell-text.js';
import { find, make } from './elements.js';
import { data, everyone, maybeColumn, readCell } from './experiments.js';
import type { Filtered } from './filter.js';
import { getState, type State, setState } from './state.js';

const input = find('#filter', HTMLInputElement);
const chips = find('#statuses', HTMLElement);

export function startBar(): void {
  input.addEventListener('input', () => setState({ filter: input.value }));
  for (const [status, count] of countStatuses()) {
    const chip = make(
      'button',
      { type: 'button', class: 'chip', 'data-status': status, 'aria-pressed': 'false' },
      make('span', {}, statusText(status)),
      make('b', {}, String(count)),
    );
    chip.addEventListener('click', () => toggleStatus(status));
    chips.append(chip);
  }
  find('#reset', HTMLButtonElement).addEventListener('click', () => {
    input.value = '';
    setState({ filter: '', statuses: new Set(), ranges: new Map() });
    input.focus();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isTyping) return;
    event.preventDefault();
    input.focus();
  });
}

export function showBar({ statuses, filter, ranges }: State, { shown, mistake }: Filtered): void {
  for (const chip of chips.querySelectorAll('button'))
    chip.setAttribute('aria-pressed', String(statuses.has(chip.dataset.status ?? '')));
  const isFiltered = filter !== '' || statuses.size > 0 || ranges.size > 0;
  find('#reset', HTMLButtonElement).disabled = !isFiltered;
  const of = isFiltered ? `${shown.length} of ${data.count}` : String(data.count);
  find('#count', HTMLElement).textContent = `${of} ${data.count === 1 ? 'experiment' : 'experiments'}`;
  input.setAttribute('aria-invalid', String(mistake !== null));
  find('#mistake', HTMLElement).textContent = mistake ?? '';
}

function countStatuses(): Map<string, number> {
  const column = maybeColumn('status');
  const counts = new Map<string, number>();
  for (const experiment of everyone) {
    const status = String((column && readCell(column, experiment)) ?? '');
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

function toggleStatus(status: string): void {
  const statuses = new Set(getState().statuses);
  if (!statuses.delete(status)) statuses.add(status);
  setState({ statuses });
}
