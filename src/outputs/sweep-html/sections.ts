/** The parts of the page that need no script: settings, scaling, failures, as tables. */

import { type Effect, remarkOn } from '../../ask/effects.js';
import { costUnitOf } from '../../ask/scaling.js';
import { formatCount, formatFigure, plural } from '../report/format.js';
import type { SweepData } from '../sweep/data.js';
import { layoutColumnsOf } from '../sweep/layout-columns.js';
import { html, type Markup } from './markup.js';

const mostClusters = 40;
const mostOnFront = 12;

/** Sections of which there is something to say. */
export function sectionsOf(data: SweepData): Markup[] {
  return [settingsOf(data), scalingOf(data), failuresOf(data)].flatMap((section) => section ?? []);
}

function settingsOf({ effects, objective, grid }: SweepData): Markup | null {
  if (!objective || effects.length === 0) return null;
  const cells =
    grid.axes.length > 0
      ? html`<p class="note">The grid has ${plural(grid.cells, 'combination')}: ${formatCount(grid.finished)} finished, ${formatCount(grid.dead)} died, ${formatCount(grid.running)} running, ${formatCount(grid.holeCount)} not run; ${formatCount(grid.repeats)} run more than once.</p>`
      : null;
  return html`<section id="settings" aria-labelledby="settings-title">
<h2 id="settings-title">Which settings matter for ${objective.metric}</h2>
<p class="note">Over finished experiments: Spearman’s rank correlation for numbers (−1 to 1), the share of explained variance of ranks for words (0 to 1); p: how often shuffled figures do as well. It describes this sweep; it proves no cause.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="settings-title"><table class="plain">
<thead><tr><th scope="col">setting</th><th scope="col" class="wide">effect</th><th scope="col" class="number">size</th><th scope="col" class="number">p</th><th scope="col" class="number">n</th><th scope="col" class="number">values</th><th scope="col">remark</th></tr></thead>
<tbody>${effects.map((effect) => effectRow(effect, effects))}</tbody></table></div>${cells}
</section>`;
}

function effectRow(effect: Effect, effects: readonly Effect[]): Markup {
  const { setting, size, p, n, levels } = effect;
  const remark = remarkOn(effect, effects);
  return html`<tr><th scope="row"><bdi>${setting}</bdi></th><td class="wide">${size === null ? null : meter(size)}</td><td class="number">${size === null ? '' : size.toFixed(2).replace('-', '−')}</td><td class="number">${p === null ? '' : p < 0.001 ? '<0.001' : p.toFixed(3)}</td><td class="number">${n}</td><td class="number">${levels}</td><td>${remark}</td></tr>
`;
}

/** From the middle to the left or right, -1 to 1. */
function meter(size: number): Markup {
  const width = (50 * Math.min(1, Math.abs(size))).toFixed(1);
  const x = size < 0 ? (50 - Number(width)).toFixed(1) : '50';
  return html`<svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="${size < 0 ? 'less' : 'more'}" x="${x}" y="1" width="${width}" height="8"/><line x1="50" x2="50" y1="0" y2="10"/></svg>`;
}

function scalingOf({ configurations, costs, objective }: SweepData): Markup | null {
  if (configurations.length === 0) return null;
  const columns = layoutColumnsOf(configurations);
  const front = costs.filter(({ isOnFront }) => isOnFront).slice(0, mostOnFront);
  const costUnit = costUnitOf(front);
  return html`<section id="scaling" aria-labelledby="scaling-title">
<h2 id="scaling-title">Scaling</h2>
<p class="note">Median time per epoch by layout; speed-up and efficiency against the fewest cores with the same number of images.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="scaling-title"><table class="plain">
<thead><tr>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${configurations.map(
    (row) => html`<tr>${columns.map(({ textOf }) => html`<td class="number">${textOf(row)}</td>`)}</tr>
`,
  )}</tbody></table></div>
${
  front.length === 0 || !objective
    ? null
    : html`<h3>Best ${objective.metric} for its cost</h3>
<div class="scroll" tabindex="0" role="region" aria-label="best for its cost"><table class="plain">
<thead><tr><th scope="col" class="number">${objective.metric}</th><th scope="col" class="number">${costUnit}</th><th scope="col">experiment</th></tr></thead>
<tbody>${front.map(
        ({
          quality,
          cost,
          experiment,
        }) => html`<tr><td class="number">${formatFigure(quality)}</td><td class="number">${formatFigure(cost)}</td><td class="name"><bdi>${experiment.name}</bdi></td></tr>
`,
      )}</tbody></table></div>`
}
</section>`;
}

function failuresOf({ clusters }: SweepData): Markup | null {
  if (clusters.length === 0) return null;
  const left = clusters.length - mostClusters;
  return html`<section id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">What failed, by last words</h2>
<ol class="clusters">${clusters.slice(0, mostClusters).map(
    ({ experiments, status, example, shape, firstMs, overRepresented }) => html`<li>
<p><b class="times">${experiments.length}×</b> <span class="status" data-status="${status}">${status.replaceAll('_', ' ')}</span> <code>${example || shape || 'no last words'}</code></p>
<p class="note">First ${new Date(firstMs).toISOString().slice(0, 16).replace('T', ' ')} UTC, <bdi>${experiments[0]?.name ?? ''}</bdi>${experiments.length > 1 ? ` and ${experiments.length - 1} more` : ''}.</p>
${overRepresented.slice(0, 3).map(
  (found) =>
    html`<p class="note">${found.setting} ${found.value}: ${found.inCluster} of ${found.clusterSize} here, ${found.elsewhere} of ${found.othersSize} elsewhere (p ${found.p < 0.001 ? '<0.001' : found.p.toFixed(3)}).</p>
`,
)}</li>
`,
  )}</ol>${left > 0 ? html`<p class="note">And ${left} more: tlw failures lists them.</p>` : null}
</section>`;
}
