/** Which columns the table shows. */

import { find, make } from './elements.js';
import { columns } from './experiments.js';
import { getState, setState } from './state.js';

export function startColumnsMenu(): void {
  const { shown } = getState();
  find('#columns-list', HTMLElement).append(
    ...columns
      .filter(({ cells }) => cells.some((cell) => cell !== null && cell !== ''))
      .map(({ id, title }) => {
        const box = make('input', { type: 'checkbox', checked: shown.has(id) });
        box.addEventListener('change', () => setColumn(id, box.checked));
        return make('label', {}, box, make('bdi', {}, title));
      }),
  );
}

function setColumn(id: string, isShown: boolean): void {
  const shown = new Set(getState().shown);
  if (isShown) shown.add(id);
  else shown.delete(id);
  setState({ shown });
}
