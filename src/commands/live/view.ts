/** What the live screen says, line by line. Pure. */

import { type LiveOrder, lastEpochOf } from '../../ask/live-run.js';
import type { SignOfLife } from '../../daemon/sign-of-life.js';
import { escapeText } from '../../escape-text.js';
import type { Rank } from '../../experiment.js';
import { formatDuration, formatFigure } from '../../outputs/report/format.js';
import { progressBar, sparkline } from '../sparkline.js';
import { shorten, terminalTable } from '../terminal-table.js';
import type { LiveView, ShownRun } from './read-live.js';

export interface ViewState {
  readonly order: LiveOrder;
  /** Of the sorted running experiments. */
  readonly selected: number;
  /** Whether the ranks of the selected one are shown instead of the list. */
  readonly isDetail: boolean;
  /** First line of the ranks that is shown. */
  readonly scroll: number;
}

/** What the screen is about. */
export interface Surroundings {
  readonly root: string;
  readonly nowMs: number;
  /** The last sign of a watcher; undefined where there never was one, null where the screen is not to speak of it. */
  readonly watcher: SignOfLife | undefined | null;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The lines of the screen, and which of them stands out. */
export function viewLines(
  { running, runningCount, ended }: LiveView,
  state: ViewState,
  { columns, rows }: Size,
  { root, nowMs, watcher }: Surroundings,
): { readonly lines: string[]; readonly selected: number | undefined } {
  const run = state.isDetail ? running[state.selected] : undefined;
  const count = runningCount > running.length ? `${running.length} of ${runningCount}` : running.length;
  const title = `${count} running below ${escapeText(root)}, ${new Date(nowMs).toTimeString().slice(0, 8)}`;
  const head = [title, ...watcherLines(watcher, nowMs)];
  const room = Math.max(1, rows - 1 - head.length);
  if (run) {
    const all = detailLines(run, columns);
    const first = Math.max(0, Math.min(state.scroll, all.length - room));
    return {
      lines: filled([...head, ...all.slice(first, first + room)], rows, 'q quit   esc back   ↑↓ scroll'),
      selected: undefined,
    };
  }
  const blocks = running.map((each) => runLines(each, columns));
  const { lines, selected } = windowOf(blocks, state.selected, room);
  const left = room - lines.length;
  const endedLines = ended.slice(0, Math.max(0, left - 2)).map((each) => endedLine(each, nowMs, columns));
  const body = [...lines, ...(endedLines.length > 0 ? ['', 'ended lately', ...endedLines] : [])].slice(0, room);
  const nothing = running.length === 0 && ended.length === 0 ? ['', 'nothing runs, and nothing has ended lately'] : [];
  const keys = `q quit   ↑↓ select   enter ranks   s sort: ${state.order}`;
  return {
    lines: filled([...head, ...nothing, ...body], rows, keys),
    selected: selected === undefined ? undefined : selected + head.length,
  };
}

/** A line where nobody keeps the figures up to date. */
function watcherLines(watcher: Surroundings['watcher'], nowMs: number): string[] {
  if (watcher === null || watcher?.isAlive) return [];
  const heard =
    watcher && `, the last one was heard of ${coarse(Math.max(0, nowMs - watcher.atMs) / 1000)} ago on ${watcher.host}`;
  return [`! no watcher runs${heard ?? ''}: this does not change (tlw watch, tlw service)`];
}

/** A running experiment as two lines, and one more for each warning. */
function runLines(run: ShownRun, columns: number): string[] {
  const { done, planned, leftSeconds, quietMs, name, curves, warnings } = run;
  const bar = planned === null ? '' : `${progressBar(done, planned, 10)} `;
  // What it was said to take is over, and epochs are missing yet.
  const isOverdue = leftSeconds === 0 && planned !== null && done < planned;
  const left = leftSeconds === null ? '' : isOverdue ? ', overdue' : `, ${coarse(leftSeconds)} left`;
  const right = `${bar}${done}${planned === null ? ' epochs' : `/${planned}`}${left}, heard ${coarse(quietMs / 1000)} ago`;
  const width = Math.max(12, columns - right.length - 2);
  const figures = curves.map(({ name: metric, values }) => {
    const last = values.findLast((value) => value !== undefined);
    return `${metric} ${last === undefined ? '–' : formatFigure(last)} ${sparkline(values, 12)}`;
  });
  return [
    `${shorten(escapeText(name), width).padEnd(width)}  ${right}`,
    `  ${figures.length > 0 ? figures.join('   ') : 'no epoch was completed yet'}`,
    ...warnings.map((warning) => `  ! ${escapeText(warning)}`),
  ];
}

/** `8 s`, `2 min 5 s`: what changes every moment needs no decimals. */
function coarse(seconds: number): string {
  return seconds < 59.5 ? `${Math.round(seconds)} s` : formatDuration(seconds);
}

function endedLine({ name, status, changedMs }: LiveView['ended'][number], nowMs: number, columns: number): string {
  const right = `${status.replaceAll('_', ' ')} ${coarse(Math.max(0, nowMs - changedMs) / 1000)} ago`;
  const width = Math.max(12, columns - right.length - 4);
  return `  ${shorten(escapeText(name), width).padEnd(width)}  ${right}`;
}

function detailLines(run: ShownRun, columns: number): string[] {
  const { experiment, warnings } = run;
  const metric = run.curves.at(-1)?.name;
  const table = terminalTable(
    [
      { header: 'rank', align: 'right' },
      { header: 'host', narrow: 'drop' },
      { header: 'epoch', align: 'right' },
      { header: 'time/step', align: 'right', narrow: 'drop' },
      { header: metric ?? '', align: 'right' },
      { header: 'curve' },
    ],
    experiment.run.ranks.map((rank) => [
      String(rank.rank ?? '?'),
      rank.host ?? '',
      String(lastEpochOf(rank)),
      timePerStep(rank),
      ...lastFigure(rank, metric),
    ]),
    columns,
  );
  return [
    '',
    ...runLines({ ...run, warnings: [] }, columns),
    ...warnings.map((text) => `  ! ${escapeText(text)}`),
    '',
    ...table.trimEnd().split('\n'),
  ];
}

function timePerStep({ epochs }: Rank): string {
  const last = epochs.secondsPerStep.findLast((seconds) => !Number.isNaN(seconds));
  return last === undefined ? '' : formatDuration(last);
}

function lastFigure({ epochs }: Rank, metric: string | undefined): [string, string] {
  const column = metric === undefined ? undefined : epochs.metrics.get(metric);
  const values = Array.from({ length: epochs.length }, (_, i) => (column?.present[i] ? column.values[i] : undefined));
  const last = values.findLast((value) => value !== undefined);
  return [last === undefined ? '' : formatFigure(last), sparkline(values, 24)];
}

/** The blocks around the selected one that there is room for; the line where it begins. */
function windowOf(blocks: readonly (readonly string[])[], wanted: number, room: number) {
  const selected = Math.min(Math.max(0, wanted), blocks.length - 1);
  let first = selected;
  let height = blocks[selected]?.length ?? 0;
  while (first > 0 && height + (blocks[first - 1]?.length ?? 0) <= room) {
    first -= 1;
    height += blocks[first]?.length ?? 0;
  }
  const lines = blocks.slice(first).flat().slice(0, room);
  return { lines, selected: selected < 0 ? undefined : blocks.slice(first, selected).flat().length };
}

/** With the keys in the last row. */
function filled(lines: readonly string[], rows: number, keys: string): string[] {
  const body = lines.slice(0, Math.max(0, rows - 1));
  return [...body, ...Array.from({ length: Math.max(0, rows - 1 - body.length) }, () => ''), keys];
}
