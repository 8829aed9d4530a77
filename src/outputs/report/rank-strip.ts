/** The bottom of page 1: one cell per rank, coloured by how far it is from the others, and the odd ones in words. */

import type { Box } from '../chart.js';
import type { Context } from './canvas.js';
import { divergingColour, grey, ink } from './colours.js';
import type { ReportData } from './data.js';
import { oddScore } from './deviation.js';
import { type FindingLine, findingLinesOf } from './finding-lines.js';
import type { Findings, RankFinding } from './findings.js';
import { widthOf, write } from './text.js';

/** A cell is fully coloured at twice the score that makes a rank odd. */
const fullColourAt = 2 * oddScore;
const lineHeight = 11.5;
const titleHeight = 16;
const lineGap = 5;

/** Height that the strip needs, pt. */
export function rankStripHeight(data: ReportData, findings: Findings): number {
  const { rows, height } = cellRows(findings.byRank.length);
  return titleHeight + rows * height + lineGap + findingLinesOf(data, findings).length * lineHeight;
}

export function drawRankStrip(context: Context, data: ReportData, findings: Findings, box: Box): void {
  const isCompared = findings.measures.length > 0;
  write(context, 'Ranks', box.left, box.top + 10, { size: 10, isBold: true });
  if (isCompared) drawKey(context, box);
  const bottom = drawCells(context, findings.byRank, { ...box, top: box.top + titleHeight }, isCompared) + lineGap;
  drawLines(context, findingLinesOf(data, findings), { ...box, top: bottom });
}

/** Rows of cells; returns the y at which they end. */
function drawCells(context: Context, findings: readonly RankFinding[], box: Box, isCompared: boolean): number {
  const { perRow, rows, height } = cellRows(findings.length);
  const width = box.width / perRow;
  const gap = width > 8 ? 1 : 0.4;
  findings.forEach((finding, index) => {
    const left = box.left + (index % perRow) * width;
    const top = box.top + Math.floor(index / perRow) * height;
    drawCell(context, finding, { left, top, width: width - gap, height: height - gap }, isCompared);
  });
  return box.top + rows * height;
}

function drawCell(context: Context, { rank, badness, reasons }: RankFinding, box: Box, isCompared: boolean): void {
  const { left, top, width, height } = box;
  const isOdd = reasons.length > 0;
  context.fillStyle = isCompared ? divergingColour(badness / fullColourAt) : '#ececea';
  context.fillRect(left, top, width, height);
  if (isOdd) {
    context.strokeStyle = ink;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  }
  if (width < 10 || height < 8) return;
  const size = width < 15 ? 6 : 8;
  write(context, rank.rank === null ? '?' : String(rank.rank), left + width / 2, top + height / 2 + size * 0.35, {
    size,
    isBold: isOdd,
    align: 'center',
    colour: Math.abs(badness) / fullColourAt > 0.6 ? '#ffffff' : ink,
  });
}

/** At most 64 cells a row, and rows that fill no more than a seventh of the page. */
function cellRows(count: number): { perRow: number; rows: number; height: number } {
  const perRow = Math.max(8, count > 512 ? 128 : Math.min(64, count));
  const rows = Math.max(1, Math.ceil(count / perRow));
  return { perRow, rows, height: rows === 1 ? 17 : Math.min(17, 44 / Math.min(rows, 12)) };
}

function drawKey(context: Context, box: Box): void {
  const right = box.left + box.width;
  const style = { size: 7.5, colour: grey, align: 'right' } as const;
  const worse = `worse or slower than the others; outlined beyond ${oddScore} robust deviations`;
  write(context, worse, right, box.top + 10, style);
  const scaleRight = right - widthOf(context, worse, style) - 6;
  for (let step = 0; step < 60; step += 2) {
    context.fillStyle = divergingColour((step - 29) / 29);
    context.fillRect(scaleRight - 60 + step, box.top + 4, 2.1, 6);
  }
  write(context, 'better', scaleRight - 66, box.top + 10, style);
}

function drawLines(context: Context, lines: readonly FindingLine[], box: Box): void {
  lines.forEach(({ name, text }, index) => {
    const y = box.top + 8 + lineHeight * index;
    const width = name === '' ? 0 : write(context, name, box.left, y, { size: 9, isBold: true, colour: '#b34700' }) + 6;
    write(context, text, box.left + width, y, { size: 9, maxWidth: box.width - width });
  });
}
