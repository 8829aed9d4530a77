/** The only page of a run without a complete epoch: what happened, instead of empty charts. */

import { epochFlags, type Rank } from '../../experiment.js';
import type { Context } from './canvas.js';
import { grey, ink, paperTint } from './colours.js';
import type { ReportData } from './data.js';
import { drawFooter, footerTop } from './footer.js';
import { formatBytes, formatCount, formatFigure, formatRanges, plural } from './format.js';
import { drawHeadline } from './headline.js';
import { contentWidth, drawRule, margin, type Page } from './page.js';
import { breakLines, type TextStyle, write } from './text.js';
import { completeRows } from './timeline.js';

const labelWidth = 120;

export function noEpochsPageOf(data: ReportData): Page {
  return {
    bookmark: 'Overview',
    draw(context) {
      const top = drawHeadline(context, data) + 8;
      drawRule(context, top);
      write(context, titleOf(data), margin, top + 34, { size: 15, isBold: true });
      let y = top + 62;
      for (const { label, text, isQuote } of factsOf(data)) {
        if (y > footerTop - 24) break;
        y = drawFact(context, label, text, isQuote === true, y) + 9;
      }
      drawFooter(context, data);
    },
  };
}

function titleOf({ experiment: { run } }: ReportData): string {
  if (run.status === 'empty') return 'The log is empty.';
  if (run.status === 'unrecognised') return 'Nothing in the log looks like the record of an epoch.';
  if (run.status === 'unreadable') return 'The log could not be read.';
  const isComplete = run.ranks.some(({ epochs }) => completeRows(epochs).length > 0);
  return isComplete ? 'The log has epochs, but no figures.' : 'No epoch was completed.';
}

interface Fact {
  readonly label: string;
  readonly text: string;
  /** Words of the log, set apart. */
  readonly isQuote?: boolean;
}

function factsOf(data: ReportData): Fact[] {
  const { experiment, summary } = data;
  const { run } = experiment;
  const { receipt } = run;
  const facts: Fact[] = [];
  if (run.reason !== null) {
    const label = run.status === 'unrecognised' ? 'Reason' : 'Last words';
    facts.push({
      label: run.reasonRank === null ? label : `${label}, rank ${run.reasonRank}`,
      text: run.reason,
      isQuote: true,
    });
  }
  if (summary.ranks > 0) facts.push({ label: 'Ranks', text: ranksText(run.ranks, summary.ranks) });
  if (summary.plannedEpochs !== null) facts.push({ label: 'Planned', text: plural(summary.plannedEpochs, 'epoch') });
  for (const rank of run.ranks.slice(0, 8)) {
    const begun = begunText(rank);
    if (begun !== '') facts.push({ label: rank.rank === null ? 'Begun' : `Begun, rank ${rank.rank}`, text: begun });
  }
  facts.push({
    label: 'Log',
    text: `${formatBytes(receipt.bytes)}, ${plural(receipt.lines, 'line')}: ${formatCount(receipt.understood)} understood, ${formatCount(receipt.ignored)} ignored, ${formatCount(receipt.quarantined)} quarantined`,
  });
  for (const note of receipt.notes) facts.push({ label: 'Note', text: note });
  for (const { offset, what } of receipt.findings.slice(0, 5))
    facts.push({ label: `At byte ${formatCount(offset)}`, text: what });
  return facts;
}

function ranksText(ranks: readonly Rank[], known: number): string {
  const ended = ranks.flatMap(({ rank, end }) =>
    end && end.status !== 'completed' && rank !== null ? [{ rank, status: end.status }] : [],
  );
  const statuses = [...new Set(ended.map(({ status }) => status))];
  const parts = statuses.map((status) => {
    const numbers = ended.filter((each) => each.status === status).map(({ rank }) => rank);
    return `${status}: ${formatRanges(numbers)}`;
  });
  return [plural(known, 'rank'), ...parts].join('; ');
}

/** Figures of an epoch that never got its final record. */
function begunText({ epochs }: Rank): string {
  const row = epochs.length - 1;
  if (row < 0 || ((epochs.flags[row] ?? 0) & epochFlags.partial) === 0) return '';
  const figures = [...epochs.metrics].flatMap(([name, { values, present }]) =>
    present[row] === 1 ? `${name} ${formatFigure(values[row] ?? Number.NaN)}` : [],
  );
  return [`epoch ${epochs.epoch[row]}`, ...figures].join(', ');
}

/** Returns the y at which the fact ends. */
function drawFact(context: Context, label: string, text: string, isQuote: boolean, y: number): number {
  const inset = isQuote ? 8 : 0;
  const style: TextStyle = {
    size: isQuote ? 9.5 : 10,
    isMono: isQuote,
    colour: ink,
    maxWidth: contentWidth - labelWidth - 2 * inset,
  };
  const lines = breakLines(context, text, style, 6);
  const height = 14 * (lines.length - 1);
  if (isQuote) {
    context.fillStyle = paperTint;
    context.fillRect(margin + labelWidth, y - 15, contentWidth - labelWidth, height + 22);
  }
  write(context, label, margin, y, { size: 9, colour: grey, maxWidth: labelWidth - 8 });
  lines.forEach((line, index) => {
    write(context, line, margin + labelWidth + inset, y + 14 * index, style);
  });
  return y + height + (isQuote ? 12 : 6);
}
