/** The report of a whole sweep as one HTML file that needs no other: it can be mailed, or opened from a file share. */

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { formatFigure, plural } from './report/format.js';
import { directionText, objectiveOf, type SweepData } from './sweep/data.js';
import { inlineModules, readChartLibrary } from './sweep-html/inline-modules.js';
import { html, type Markup } from './sweep-html/markup.js';
import { pageAxesOf, pageColumnsOf } from './sweep-html/page-columns.js';
import { type PageCurves, pageCurvesOf } from './sweep-html/page-curves.js';
import type { PageData } from './sweep-html/page-data.js';
import { sectionsOf } from './sweep-html/sections.js';
import { styleSheet } from './sweep-html/style.js';

/** At the beginning of every such page; see `PublishOptions.mark`. */
export const sweepHtmlMark = 'sweep report of training-log-wizard';

const pageScript = fileURLToPath(new URL('./sweep-html/page/main.js', import.meta.url));

/** The page. The same rows give the same bytes. */
export function renderSweepHtml(data: SweepData): string {
  const scripts = [readChartLibrary(), inlineModules(pageScript)];
  const render = (curves: PageCurves) => `${documentOf(data, curves, scripts).markup}\n`;
  const without = Buffer.byteLength(render({ curveMetrics: [], curves: [], isThinned: true }));
  return render(pageCurvesOf(data, maxBytesOf(data.sorted.length) - without - chartBytes));
}

/** As much as a mail takes easily; more experiments have more rows, and their share of curves. */
function maxBytesOf(experiments: number): number {
  return 2_000_000 * Math.max(1, experiments / 1000);
}

/** Of the elements around the curves, which a page without any does not have. */
const chartBytes = 4_000;

function documentOf(data: SweepData, curves: PageCurves, scripts: readonly string[]): Markup {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(' ')}`,
    `style-src ${hashOf(styleSheet)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<!-- ${sweepHtmlMark} ${data.programVersion} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${data.title}: ${plural(data.experiments.length, 'experiment')}</title>
<link rel="icon" href="data:,">
<style>${{ markup: styleSheet }}</style>
</head>
<body>
${headerOf(data)}
${barOf()}
<main>
${chartsOf(data, curves)}
${tableOf()}
${sectionsOf(data)}
</main>
<footer><p>Made by TrainingLogWizard ${data.programVersion} from the logs; newest log of ${data.dateText}. Nothing is loaded from elsewhere.</p></footer>
<noscript><p class="noscript">The table and the curves need JavaScript, which is switched off here.</p></noscript>
<script type="application/json" id="data">${{ markup: jsonOf(data, curves) }}</script>
${scripts.map((script) => ({ markup: `<script>${script}</script>\n` }))}</body>
</html>`;
}

/** The names by which a browser lets these very scripts run, and no other. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function headerOf({ title, experiments, ranked, objective, dateText }: SweepData): Markup {
  const [best] = ranked;
  const facts = [
    plural(experiments.length, 'experiment'),
    objective ? `by ${objective.metric}, ${directionText(objective)}` : 'no metric yet',
    `newest log ${dateText}`,
  ];
  return html`<header>
<div><h1><bdi>${title}</bdi></h1><p class="facts">${facts.join(' · ')}</p></div>
${
  best && objective
    ? html`<dl class="best"><div><dt>best final ${objective.metric}</dt><dd>${formatFigure(objectiveOf(best, objective))}</dd></div><div class="of"><dt>of</dt><dd><bdi>${best.name}</bdi></dd></div></dl>`
    : null
}
</header>`;
}

function barOf(): Markup {
  return html`<div class="bar" role="search">
<div class="field"><label for="filter">Filter</label><input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="part of a name, or lr&lt;=0.01 and bs=64" aria-describedby="mistake count"></div>
<div id="statuses" role="group" aria-label="Only these statuses"></div>
<button id="reset" type="button" disabled>Reset</button>
<output id="count" for="filter"></output>
<p id="mistake" role="alert"></p>
</div>`;
}

function chartsOf(data: SweepData, { curveMetrics, isThinned }: PageCurves): Markup {
  if (curveMetrics.length === 0) return html`<p class="note">No experiment has a metric yet.</p>`;
  const mean = data.experiments.some(({ summary }) => summary.ranks > 1) ? 'Means over ranks. ' : '';
  const thinned = isThinned ? 'Epochs are thinned: extremes, the first and the last are kept. ' : '';
  return html`<div class="charts">
<section id="curves" aria-labelledby="curves-title">
<div class="head"><h2 id="curves-title">Curves</h2>
<label class="choice">metric <select id="metric"></select></label>
<label class="choice"><input id="log" type="checkbox"> logarithmic</label>
<button id="clear" type="button">Clear selection</button></div>
<div class="plot"><canvas role="img" aria-label="curves"></canvas><p id="none" hidden>Select experiments in the table to see their curves.</p></div>
<ul id="legend" aria-label="Selected experiments"></ul>
<p class="note">${mean}${thinned}A ring marks the best epoch${mean === '' ? '' : ' that all ranks completed'}.</p>
</section>
<section id="parallel" aria-labelledby="parallel-title">
<div class="head"><h2 id="parallel-title">Settings and outcome</h2></div>
<div class="plot" tabindex="-1"><canvas aria-hidden="true"></canvas><svg role="group" aria-label="Parallel coordinates: one axis a setting, the last one the outcome"></svg></div>
<p class="note">A line an experiment, the better the stronger. Click or drag on an axis to filter by it, or walk it with ↑ and ↓; Esc takes it back.</p>
</section>
</div>`;
}

function tableOf(): Markup {
  return html`<section id="table" aria-labelledby="table-title">
<div class="head"><h2 id="table-title">Experiments</h2>
<p class="hint">Click a row to select it, a header to sort; by keyboard ↑ ↓, space, and / for the filter.</p>
<details id="columns"><summary>Columns</summary><div id="columns-list" role="group" aria-label="Columns of the table"></div></details></div>
<div class="rows"><table id="rows" role="grid" aria-labelledby="table-title" aria-multiselectable="true"><thead></thead><tbody></tbody></table>
<p id="empty" hidden>Nothing passes the filter.</p></div>
<button id="more" type="button" hidden></button>
</section>`;
}

/** In a script element only `<` can do harm, and line separators to old readers. */
function jsonOf(data: SweepData, { curveMetrics, curves }: PageCurves): string {
  const { objective, sorted } = data;
  const page: PageData = {
    count: sorted.length,
    objective: objective && { metric: objective.metric, direction: objective.direction },
    columns: pageColumnsOf(data),
    axes: pageAxesOf(data),
    curveMetrics,
    curves,
  };
  return JSON.stringify(page).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
