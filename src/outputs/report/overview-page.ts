/** Page 1, for someone who has ten seconds. */

import type { Context } from './canvas.js';
import { grey, hairline, ink } from './colours.js';
import type { ReportData } from './data.js';
import { contentWidth, drawRule, margin, type Page } from './page.js';
import { widthOf, write } from './text.js';
import { statusLooks, verdictOf } from './verdict.js';

export function overviewPageOf(data: ReportData): Page {
  return {
    bookmark: 'Overview',
    draw(context) {
      drawVerdict(context, data);
      drawSettings(context, data);
    },
  };
}

function drawVerdict(context: Context, data: ReportData): void {
  const { text, colour } = statusLooks[data.experiment.run.status];
  const rest = verdictOf(data).join(' · ');
  const whole = widthOf(context, `${text}  ${rest}`, { size: 18, isBold: true });
  const size = Math.max(11, Math.min(18, (18 * contentWidth) / whole));
  const width = write(context, text, margin, 50, { size, isBold: true, colour });
  write(context, rest, margin + width + size * 0.5, 50, {
    size,
    isBold: true,
    maxWidth: contentWidth - width - size * 0.5,
  });
}

function drawSettings(context: Context, { experiment, context: { varying } }: ReportData): void {
  let left = margin;
  for (const { name, values } of experiment.hyperparameters) {
    const isBold = varying?.includes(name) ?? false;
    const style = { size: isBold ? 10 : 8.5, isBold, colour: isBold ? ink : grey };
    left += write(context, `${name} ${values.join(', ')}`, left, 68, style) + 12;
  }
  write(context, experiment.name, margin, 84, { size: 8, isMono: true, colour: grey, maxWidth: contentWidth });
  drawRule(context, 92);
  context.fillStyle = hairline;
}
