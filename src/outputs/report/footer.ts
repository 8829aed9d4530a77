/** The foot of page 1: where the figures come from. */

import type { Rank } from '../../experiment.js';
import { type Context, paperHeight } from './canvas.js';
import { grey } from './colours.js';
import type { ReportData } from './data.js';
import { formatBytes, formatCount, plural } from './format.js';
import { contentWidth, drawRule, margin } from './page.js';
import { write } from './text.js';

export const footerTop = paperHeight - 50;

/** Path, job and hosts, receipt, date. */
export function drawFooter(context: Context, data: ReportData): void {
  const { experiment, context: report } = data;
  drawRule(context, footerTop);
  const style = { size: 7, colour: grey };
  write(context, experiment.log.path, margin, footerTop + 12, {
    ...style,
    isMono: true,
    cut: 'middle',
    maxWidth: contentWidth,
  });
  write(context, originText(data), margin, footerTop + 22.5, { ...style, maxWidth: contentWidth * 0.7 });
  write(context, receiptText(data), margin, footerTop + 32, { ...style, maxWidth: contentWidth * 0.85 });
  const made = [report.dateText, `TrainingLogWizard ${report.programVersion}`].filter((part) => part).join('  ·  ');
  write(context, made, margin + contentWidth, footerTop + 22.5, { ...style, align: 'right' });
}

function originText({ experiment: { run, nodes } }: ReportData): string {
  const parts = [
    run.jobId === null ? '' : `job ${run.jobId}`,
    nodes === null ? '' : plural(nodes, 'node'),
    hostsText(run.ranks),
    run.launcher === 'none' ? '' : run.launcher,
    run.trainer === 'none' ? '' : run.trainer,
  ];
  return parts.filter((part) => part !== '').join('  ·  ');
}

function hostsText(ranks: readonly Rank[]): string {
  const hosts = [...new Set(ranks.flatMap(({ host }) => host ?? []))].sort();
  if (hosts.length === 0) return '';
  const shown = hosts.slice(0, 6).join(', ');
  return `${hosts.length === 1 ? 'host' : 'hosts'} ${shown}${hosts.length > 6 ? ` and ${hosts.length - 6} more` : ''}`;
}

function receiptText({ experiment }: ReportData): string {
  const { receipt } = experiment.run;
  const parts = [
    `${plural(receipt.lines, 'line')} in ${formatBytes(receipt.bytes)}`,
    `${formatCount(receipt.understood)} understood`,
    `${formatCount(receipt.ignored)} ignored`,
    `${formatCount(receipt.repaired)} repaired`,
    `${formatCount(receipt.quarantined)} quarantined`,
  ];
  if (receipt.lastLineIncomplete) parts.push('last line incomplete');
  const [note] = receipt.notes;
  return `Receipt: ${parts.join(', ')}${note === undefined ? '' : `; ${note}`}`;
}
