/** The style sheet of the page: light and dark, from a telephone to a wall, and on paper. */

export const styleSheet = `
:root {
  color-scheme: light dark;
  --page: #f6f6f3; --panel: #ffffff; --ink: #1b1e22; --grey: #5d646d; --line: #e3e5e2; --soft: #eff1ee;
  --accent: #0067a5; --warn: #b3261e; --row: #f3f7fb; --pick: #e3eff8;
  --good: #e0f2e6; --calm: #dfeef6; --busy: #e6eaf8; --bad: #fae0dc; --odd: #fbecd2;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --panel: #1a1d21; --ink: #e8e9e6; --grey: #a2a9b2; --line: #2e333a; --soft: #23272d;
    --accent: #6fbcf0; --warn: #ff8f80; --row: #20262d; --pick: #1f3547;
    --good: #1d3a2a; --calm: #1d3442; --busy: #262d47; --bad: #46231f; --odd: #42341b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 1920px; padding: 20px 24px 28px; }
h1 { font-size: 22px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 0; white-space: nowrap; }
h3 { font-size: 13px; margin: 18px 0 6px; }
p { margin: 0; }
.note, .facts, .hint, footer { color: var(--grey); font-size: 12.5px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

header { display: flex; flex-wrap: wrap; gap: 10px 40px; align-items: flex-end; justify-content: space-between; margin-bottom: 14px; }
.facts { margin-top: 3px; font-size: 13px; }
.best { display: flex; gap: 14px; margin: 0; align-items: flex-end; min-width: 0; }
.best dt { color: var(--grey); font-size: 12px; }
.best dd { margin: 0; font-size: 26px; line-height: 1.1; font-weight: 650; }
.best .of { min-width: 0; max-width: 620px; padding-bottom: 2px; }
.best .of dt { display: none; }
.best .of dd { font: 12px/1.35 var(--mono); overflow-wrap: anywhere; }

.bar { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; background: var(--page); padding: 8px 0 10px; }
.field { display: flex; align-items: center; gap: 8px; flex: 1 1 280px; max-width: 460px; }
.field label { font-weight: 600; }
input[type=search], select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 5px 9px; min-height: 32px; }
input[type=search] { width: 100%; border-color: var(--grey); }
input[aria-invalid=true] { border-color: var(--warn); }
button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; min-height: 30px; cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--grey); }
button:disabled { color: var(--grey); opacity: 0.55; cursor: default; }
#statuses { display: flex; flex-wrap: wrap; gap: 6px; }
.chip { border-radius: 16px; display: inline-flex; gap: 7px; align-items: center; font-size: 13px; }
.chip[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
#count { color: var(--grey); white-space: nowrap; margin-left: auto; }
#mistake { flex-basis: 100%; color: var(--warn); font-size: 13px; }
#mistake:empty { display: none; }

.charts { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 16px; margin-bottom: 16px; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; min-width: 0; }
main > section { margin-bottom: 16px; }
.head { display: flex; flex-wrap: wrap; gap: 6px 16px; align-items: center; min-height: 32px; margin-bottom: 8px; }
.choice { color: var(--grey); display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
.choice select { color: var(--ink); max-width: 220px; }
#clear { margin-left: auto; font-size: 13px; }
.plot { position: relative; height: 320px; }
#curves .plot canvas { width: 100%; height: 100%; }
#none { position: absolute; inset: 0; display: grid; place-items: center; color: var(--grey); }
#parallel { display: flex; flex-direction: column; }
#parallel .plot { flex: 1; min-height: 320px; overflow: hidden; }
#parallel canvas, #parallel svg { position: absolute; top: 0; left: 0; }
#parallel svg { touch-action: pan-x; }
.axis line { stroke: var(--grey); stroke-width: 1; }
.axis text { font-size: 11px; fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 3.5px; stroke-linejoin: round; }
.axis .title { font-size: 12px; font-weight: 600; }
.axis.objective .title { fill: var(--accent); }
.axis .grip { fill: transparent; cursor: ns-resize; }
.axis .range { fill: var(--accent); fill-opacity: 0.45; stroke: var(--accent); pointer-events: none; }
.axis .focus { fill: none; }
.axis:focus { outline: none; }
.axis:focus-visible .focus { stroke: var(--accent); stroke-width: 2; }
#legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 6px; margin: 8px 0 6px; padding: 0; }
#legend li { min-width: 0; max-width: 100%; }
#legend button { display: inline-flex; gap: 7px; align-items: center; border-color: transparent; background: var(--soft); font-size: 12.5px; padding: 2px 8px; max-width: 100%; text-align: left; min-height: 26px; }
#legend bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sample { flex: none; width: 20px; border-top: 3px solid; }
.sample.dashed { border-top-style: dashed; }
.cross { color: var(--grey); }

#table { padding: 14px 0 0; overflow: hidden; }
#table .head { padding: 0 16px; }
#table .hint { flex: 1; }
#columns { position: relative; font-size: 13px; }
#columns summary { cursor: pointer; border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; }
#columns-list { position: absolute; right: 0; z-index: 4; display: grid; grid-template-columns: repeat(2, max-content); gap: 2px 18px; background: var(--panel); border: 1px solid var(--grey); border-radius: 8px; padding: 10px 14px; max-height: 320px; overflow-y: auto; box-shadow: 0 6px 24px rgb(0 0 0 / 0.18); }
#columns-list label { display: flex; gap: 7px; align-items: center; max-width: 220px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#table[data-open] { overflow: visible; }
.rows { overflow: auto; max-height: min(78vh, 900px); border-top: 1px solid var(--line); border-radius: 0 0 10px 10px; }
table { border-collapse: separate; border-spacing: 0; }
#rows { width: 100%; font-size: 13px; }
#rows th { position: sticky; top: 0; z-index: 2; background: var(--panel); border-bottom: 1px solid var(--grey); padding: 0; text-align: left; vertical-align: bottom; }
#rows th button { width: 100%; border: 0; border-radius: 0; background: none; padding: 7px 10px; font-weight: 600; text-align: inherit; white-space: nowrap; display: flex; gap: 4px; }
#rows th.number button { justify-content: flex-end; }
#rows th button:hover { background: var(--soft); }
#rows th button:focus-visible { outline-offset: -2px; }
.arrow { color: var(--accent); font-size: 10px; align-self: center; }
.arrow:empty { display: none; }
#rows td { padding: 4px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; max-width: 300px; overflow: hidden; text-overflow: ellipsis; }
#rows td.name { font: 12px/1.5 var(--mono); color: var(--grey); max-width: 420px; }
#rows td.pick, #rows th.pick { width: 30px; padding: 0 0 0 14px; }
#rows tbody tr { cursor: pointer; scroll-margin: 40px 0 4px; }
#rows tbody tr:hover td { background: var(--row); }
#rows tbody tr[aria-selected=true] td { background: var(--pick); }
#rows tbody tr:focus { outline: none; }
#rows tbody tr:focus-visible td { background: var(--row); box-shadow: inset 0 2px 0 var(--accent), inset 0 -2px 0 var(--accent); }
#rows tbody tr[aria-selected=true]:focus-visible td { background: var(--pick); }
.number { text-align: right !important; }
.place { color: var(--grey); }
.broken { color: var(--warn); font-weight: 600; }
.swatch { display: inline-block; width: 12px; height: 12px; border: 1.5px solid var(--grey); border-radius: 3px; vertical-align: -1px; }
[aria-selected=true] .swatch { border-color: transparent; }
td.status bdi, .status[data-status], .chip { background: var(--soft); }
td.status bdi, .status[data-status] { border-radius: 4px; padding: 1px 7px; font-size: 12.5px; white-space: nowrap; }
[data-status=completed] td.status bdi, [data-status=completed].chip { background: var(--good); }
[data-status=early_stopped] td.status bdi, [data-status=early_stopped].chip { background: var(--calm); }
[data-status=running] td.status bdi, [data-status=running].chip { background: var(--busy); }
[data-status=failed] td.status bdi, [data-status=killed] td.status bdi, [data-status=failed].chip, [data-status=killed].chip, .status[data-status=failed], .status[data-status=killed] { background: var(--bad); }
[data-status=diverged] td.status bdi, [data-status=stalled] td.status bdi, [data-status=diverged].chip, [data-status=stalled].chip, .status[data-status=diverged], .status[data-status=stalled] { background: var(--odd); }
#empty { padding: 26px; text-align: center; color: var(--grey); }
#more { margin: 10px 16px 14px; }

.scroll { overflow-x: auto; margin: 10px 0; }
.plain { font-size: 13px; }
.plain th, .plain td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
.plain thead th { color: var(--grey); font-size: 12px; }
.plain tbody th { font-weight: 600; }
.plain td.name { font: 12px/1.5 var(--mono); white-space: normal; overflow-wrap: anywhere; min-width: 260px; }
.wide { width: 220px; min-width: 120px; }
.meter { width: 100%; height: 12px; display: block; }
.meter line { stroke: var(--grey); stroke-width: 1; vector-effect: non-scaling-stroke; }
.meter .more { fill: var(--accent); }
.meter .less { fill: #d55e00; }
.clusters { list-style: none; margin: 10px 0 0; padding: 0; }
.clusters li { border-top: 1px solid var(--line); padding: 9px 0; }
.clusters code { font: 12.5px/1.5 var(--mono); overflow-wrap: anywhere; }
.clusters .note { overflow-wrap: anywhere; }
.times { font-size: 15px; }
.noscript { padding: 20px; border: 2px solid var(--warn); }
footer { padding: 4px 2px; }

@media (max-width: 1120px) {
  .charts { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 640px) {
  body { padding: 12px 10px 20px; }
  .bar { position: static; }
  .plot { height: 260px; }
  section { padding: 12px; border-radius: 8px; }
  #table { padding-top: 12px; }
  .hint { display: none; }
  #columns { margin-left: auto; }
  #columns-list { grid-template-columns: max-content; }
  #rows td.name { max-width: 260px; }
  .best { flex-wrap: wrap; gap: 4px 14px; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .chip, #rows td { transition: background-color 0.12s, border-color 0.12s; }
}
@media (forced-colors: active) {
  #rows tbody tr:focus-visible { outline: 2px solid Highlight; outline-offset: -2px; }
  .swatch, .sample, .meter rect { forced-color-adjust: none; }
}
@media print {
  :root { color-scheme: light; --good: #e0f2e6; --calm: #dfeef6; --busy: #e6eaf8; --bad: #fae0dc; --odd: #fbecd2; --page: #fff; --panel: #fff; --ink: #111; --grey: #555; --line: #ddd; --soft: #f2f2f2; --accent: #0067a5; --warn: #b3261e; --row: #fff; --pick: #eef4f9; }
  html { font-size: 11px; }
  body { max-width: none; padding: 0; }
  .bar, #clear, .choice, .hint, #columns, #more, .cross { display: none; }
  section { break-inside: avoid; border-color: #ccc; }
  #table, .clusters, #failures { break-inside: auto; }
  .rows { max-height: none; overflow: visible; }
  #rows { font-size: 9px; }
  #rows th { position: static; }
  #rows td, #rows td.name, td.status bdi { font-size: 9px; }
  #rows td { padding: 2px 5px; }
  #rows thead { display: table-header-group; }
  * { print-color-adjust: exact; }
}
`;
