/** Ties the page together: the reader changes the state, and each part shows it. */

import { showBar, startBar } from './bar.js';
import { startColumnsMenu } from './columns-menu.js';
import { showCurves, startCurves } from './curves.js';
import { filterBy } from './filter.js';
import { showParallel, showParallelLines, startParallel } from './parallel.js';
import { getState, onState, type State, showState } from './state.js';
import { showSelected, showTable, startTable } from './table.js';
import { onThemeChange } from './theme.js';

let filtered = filterBy(getState());
let isFirst = true;

startBar();
startColumnsMenu();
startCurves();
startParallel(() => filtered);
startTable();
onState(show);
onThemeChange(() => {
  showCurves(getState());
  showParallel(getState(), filtered);
  showSelected(getState());
});
showState();
document.documentElement.dataset.ready = 'true';

function show(state: State, before: State): void {
  const has = (...names: readonly (keyof State)[]) => isFirst || names.some((name) => state[name] !== before[name]);
  if (has('filter', 'statuses', 'ranges')) {
    filtered = filterBy(state);
    showBar(state, filtered);
  }
  if (has('filter', 'statuses', 'ranges', 'sort', 'shown')) showTable(state, before, filtered);
  else if (has('selected')) showSelected(state);
  if (has('selected', 'current', 'metric', 'isLogarithmic')) showCurves(state);
  if (has('filter', 'statuses', 'ranges')) showParallel(state, filtered);
  else if (has('selected', 'current')) showParallelLines(state, filtered);
  isFirst = false;
}
