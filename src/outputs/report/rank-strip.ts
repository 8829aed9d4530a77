/** The bottom of page 1: one cell per rank, coloured by how far it is from the others, and the odd ones in words. */

import type { Box } from '../chart-plot.js';
import type { Context } from './canvas.js';
import { divergingColour, grey, hairline, ink, lightGrey } from './colours.js';
import type { ReportData } from './data.js';
import { oddScore } from './deviation.js';
import { type FindingLine, findingLinesOf } from './finding-lines.js';
import type { Findings, RankFinding } from './findings.js';
import { widthOf, write } from './text.js';

/** A cell is fully coloured at twice the score that makes a rank odd. */
const fullColourAt = 2 * oddScore;
const plainColour = '#ececea';
/** More cells than this cannot be told apart: then only the ranks that printed get one. */
const maxCells = 1024;
const maxRows = 12;
const lineHeight = 11.5;
const titleHeight = 16;
const lineGap = 5;

/** Height that the strip needs, pt. */
export function rankStripHeight(data: ReportData, findings: Findings): number {
  const { rows, height } = cellRows(cellsOf(data, findings).length);
  return titleHeight + rows * height + lineGap + findingLinesOf(data, findings).length * lineHeight;
}

export function drawRankStrip(context: Context, data: ReportData, findings: Findings, box: Box): void {
  const isCompared = findings.measures.length > 0;
  write(context, 'Ranks', box.left, box.top + 10, { size: 10.5, isBold: true });
  if (isCompared) drawKey(context, box);
  const cells = cellsOf(data, findings);
  const { perRow, rows, height } = cellRows(cells.length);
  const width = box.width / perRow;
  const gap = width > 8 ? 1 : 0.4;
  cells.forEach((cell, index) => {
    const left = box.left + (index % perRow) * width;
    const top = box.top + titleHeight + Math.floor(index / perRow) * height;
    drawCell(context, cell, { left, top, width: width - gap, height: height - gap }, isCompared);
  });
  const bottom = box.top + titleHeight + rows * height + lineGap;
  drawLines(context, findingLinesOf(data, findings), { ...box, top: bottom });
}

interface Cell {
  readonly label: string;
  /** undefined: the rank printed nothing. */
  readonly finding: RankFinding | undefined;
}

/** A cell for each rank, silent ones included where their numbers are known; none for a single rank. */
function cellsOf({ summary, experiment: { run } }: ReportData, { byRank }: Findings): Cell[] {
  if (summary.ranks <= 1) return [];
  if (run.ranks.some(({ rank }) => rank === null)) return byRank.map((finding) => ({ label: '?', finding }));
  const known = new Map(byRank.map((finding) => [finding.rank.rank ?? 0, finding]));
  const numbers = new Set([...Array(Math.min(summary.ranks, maxCells)).keys(), ...known.keys()]);
  const isCounted = numbers.size === Math.max(summary.ranks, known.size);
  return [...(isCounted ? numbers : known.keys())]
    .sort((a, b) => a - b)
    .map((number) => ({ label: String(number), finding: known.get(number) }));
}

function drawCell(context: Context, { label, finding }: Cell, box: Box, isCompared: boolean): void {
  const { left, top, width, height } = box;
  const badness = finding?.badness ?? 0;
  const isOdd = finding !== undefined && finding.reasons.length > 0;
  context.fillStyle = isCompared ? divergingColour(badness / fullColourAt) : plainColour;
  if (finding) context.fillRect(left, top, width, height);
  if (isOdd || !finding) {
    context.strokeStyle = isOdd ? ink : hairline;
    context.lineWidth = isOdd ? 1 : 0.6;
    context.setLineDash([]);
    context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  }
  if (width < 10 || height < 8) return;
  const size = width < 15 ? 6 : 8;
  const isDark = Math.abs(badness) / fullColourAt > 0.6;
  write(context, label, left + width / 2, top + height / 2 + size * 0.35, {
    size,
    isBold: isOdd,
    align: 'center',
    colour: finding === undefined ? lightGrey : isDark ? '#ffffff' : ink,
  });
}

/** At most 64 cells a row, and rows that fill no more than a tenth of the page. */
function cellRows(count: number): { perRow: number; rows: number; height: number } {
  const perRow = count > 512 ? Math.max(128, Math.ceil(count / maxRows)) : Math.max(8, Math.min(64, count));
  const rows = Math.ceil(count / perRow);
  return { perRow, rows, height: rows <= 1 ? 17 : Math.max(3.6, Math.min(17, 44 / rows)) };
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
