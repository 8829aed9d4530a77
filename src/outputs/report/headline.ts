/** The top of page 1: verdict, reason, settings, name. */

import type { Hyperparameter } from '../../experiment.js';
import type { Context } from './canvas.js';
import { grey, ink, palette } from './colours.js';
import type { ReportContext, ReportData } from './data.js';
import { contentWidth, margin } from './page.js';
import { breakLines, type TextStyle, widthOf, write } from './text.js';
import { statusLooks, verdictOf } from './verdict.js';

/** Draws it all; returns the y at which it ends, pt. */
export function drawHeadline(context: Context, data: ReportData): number {
  drawVerdict(context, data);
  let y = drawReason(context, data, 50);
  y = drawSettings(context, data, y + 21);
  return drawName(context, data, y + 14);
}

function drawVerdict(context: Context, data: ReportData): void {
  const { text, colour } = statusLooks[data.experiment.run.status];
  const pillWidth = widthOf(context, text, { size: 12.5, isBold: true }) + 16;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(margin, 32, pillWidth, 22, 4);
  context.fill();
  write(context, text, margin + 8, 47.5, { size: 12.5, isBold: true, colour: '#ffffff' });
  const rest = verdictOf(data).join('  ·  ');
  const room = contentWidth - pillWidth - 10;
  const size = Math.max(10, Math.min(17, (17 * room) / widthOf(context, rest, { size: 17, isBold: true })));
  write(context, rest, margin + pillWidth + 10, 49, { size, isBold: true, maxWidth: room });
}

/** The run's last words, where something needs saying. */
function drawReason(context: Context, { experiment: { run }, objective }: ReportData, y: number): number {
  // The page of a run without epochs quotes it in full.
  if (run.reason === null || objective === null) return y;
  const words = run.reasonRank === null ? run.reason : `rank ${run.reasonRank}: ${run.reason}`;
  const style: TextStyle = { size: 8.5, isMono: true, colour: palette.vermillion, maxWidth: contentWidth };
  const lines = breakLines(context, words, style, 2);
  lines.forEach((line, index) => {
    write(context, line, margin, y + 17 + 11 * index, style);
  });
  return y + 6 + 11 * lines.length;
}

/** Settings in two lines at most; those that vary over the experiments of the root first and bold. */
function drawSettings(context: Context, { experiment, context: report }: ReportData, y: number): number {
  const varying = new Set(report.varying ?? []);
  const isVarying = ({ name }: Hyperparameter) => varying.has(name);
  const ordered = [
    ...experiment.hyperparameters.filter(isVarying),
    ...experiment.hyperparameters.filter((parameter) => !isVarying(parameter)),
  ];
  const right = margin + contentWidth;
  let left = margin;
  let baseline = y;
  for (const [index, parameter] of ordered.entries()) {
    const style = settingStyle(isVarying(parameter), varying.size > 0);
    const text = settingText(parameter, report);
    const width = Math.min(widthOf(context, text, style), contentWidth * 0.6);
    const isSecond = baseline > y;
    const room = right - left - (isSecond && index < ordered.length - 1 ? 60 : 0);
    if (width > room && isSecond) {
      write(context, `and ${ordered.length - index} more`, left, baseline, settingStyle(false, true));
      break;
    }
    if (width > room) {
      left = margin;
      baseline += 14;
    }
    write(context, text, left, baseline, { ...style, maxWidth: contentWidth * 0.6 });
    left += width + 13;
  }
  return ordered.length > 0 ? baseline : y - 14;
}

function settingStyle(isVarying: boolean, isSweepKnown: boolean): TextStyle {
  if (isVarying) return { size: 11, isBold: true, colour: ink };
  return isSweepKnown ? { size: 8.5, colour: grey } : { size: 9.5, colour: ink };
}

function settingText({ name, values }: Hyperparameter, { hyperparameterNames }: ReportContext): string {
  const { longName, unit } = hyperparameterNames?.get(name) ?? {};
  return [longName ?? name, values.join(', '), unit ?? ''].filter((part) => part !== '').join(' ');
}

function drawName(context: Context, { experiment }: ReportData, y: number): number {
  const style: TextStyle = { size: 7.5, isMono: true, colour: grey, maxWidth: contentWidth };
  const lines = breakLines(context, experiment.name, style, 2);
  lines.forEach((line, index) => {
    write(context, line, margin, y + 10 * index, style);
  });
  return y + 10 * (lines.length - 1) + 4;
}
