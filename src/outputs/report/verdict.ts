/** The run in one line. */

import type { Experiment, Rank, Status } from '../../experiment.js';
import { grey, palette } from './colours.js';
import { figuresAt } from './curves.js';
import type { ReportData } from './data.js';
import { formatDuration, formatFigure, plural } from './format.js';
import { completeRows } from './timeline.js';

/** A status in the words and the colour of the report. */
export const statusLooks: Readonly<Record<Status, { readonly text: string; readonly colour: string }>> = {
  running: { text: 'RUNNING', colour: palette.sky },
  completed: { text: 'COMPLETED', colour: palette.green },
  early_stopped: { text: 'EARLY STOPPED', colour: palette.blue },
  diverged: { text: 'DIVERGED', colour: palette.vermillion },
  failed: { text: 'FAILED', colour: palette.vermillion },
  killed: { text: 'KILLED', colour: palette.vermillion },
  stalled: { text: 'STALLED', colour: '#b57d00' },
  unrecognised: { text: 'NOT RECOGNISED', colour: grey },
  empty: { text: 'EMPTY LOG', colour: grey },
  unreadable: { text: 'UNREADABLE', colour: grey },
  gone: { text: 'GONE', colour: grey },
  ignored: { text: 'IGNORED', colour: grey },
};

/** What follows the status, in pieces: epochs, best, last, ranks, time. */
export function verdictOf(data: ReportData): string[] {
  const { summary, experiment, objective } = data;
  const pieces = [epochsText(data)];
  const best = objective === summary.objective?.metric ? summary.best : null;
  const bestValue = best?.metrics.get(objective ?? '');
  if (best && bestValue !== undefined) pieces.push(`best ${objective} ${formatFigure(bestValue)} at ${best.epoch}`);
  const last = objective === null ? undefined : lastFigure(data, objective);
  if (last !== undefined)
    pieces.push(`${bestValue === undefined ? `last ${objective}` : 'last'} ${formatFigure(last)}`);
  if (summary.firstNonFiniteEpoch !== null) pieces.push(`not finite from ${summary.firstNonFiniteEpoch}`);
  pieces.push(ranksText(experiment, summary.ranks));
  if (summary.totalTrainingTime !== null) pieces.push(formatDuration(summary.totalTrainingTime));
  return pieces.filter((piece) => piece !== '');
}

function epochsText({ summary: { lastEpoch, plannedEpochs }, experiment }: ReportData): string {
  if (lastEpoch === null) return plannedEpochs === null ? '' : `0/${plannedEpochs}`;
  const first = Math.min(lastEpoch, ...experiment.run.ranks.map(lastEpochOf).filter((epoch) => epoch > 0));
  const done = first < lastEpoch ? `${first}–${lastEpoch}` : String(lastEpoch);
  if (plannedEpochs !== null) return `${done}/${plannedEpochs}`;
  return lastEpoch === 1 ? '1 epoch' : `${done} epochs`;
}

/** The last complete epoch of the rank's last segment; 0 where it completed none. */
function lastEpochOf({ epochs }: Rank): number {
  const row = completeRows(epochs).at(-1);
  return row !== undefined && epochs.segment[row] === epochs.segment[epochs.length - 1] ? (epochs.epoch[row] ?? 0) : 0;
}

function lastFigure({ summary, curves }: ReportData, objective: string): number | undefined {
  const known = summary.metrics.get(objective);
  if (known) return known.final;
  const metric = curves.metric(objective);
  return metric ? figuresAt(metric, metric.mean.length - 1)[0] : undefined;
}

function ranksText({ run }: Experiment, ranks: number): string {
  if (ranks === 0) return '';
  const relation = { averaged: ', averaged', independent: ', independent', one_rank_prints: ', one prints' };
  return plural(ranks, 'rank') + (ranks > 1 && run.rankRelation ? relation[run.rankRelation] : '');
}
