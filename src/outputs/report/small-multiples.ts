/** One small chart per rank, all with the same axes. */

import { ranksOf } from './curves.js';
import { type ReportData, trainingOf, validationOf } from './data.js';
import { type Findings, oddRanksOf } from './findings.js';
import { plural } from './format.js';
import { drawLegend } from './legend.js';
import { axisOf } from './metric-panel.js';
import { body, contentWidth, drawHeader, gridOf, margin, type Page, piecesOf } from './page.js';
import { drawMultiple, type Multiples, multiplesLegend } from './small-multiple.js';

/** More ranks than this are not all drawn, but those that stand out always are. */
const maxRanks = 256;

/** Pages of panels for one metric. */
export function smallMultiplesOf(data: ReportData, findings: Findings, base: string): Page[] {
  const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
  const both = [training, validation].flatMap((curves) => curves ?? []);
  const odd = new Set(oddRanksOf(findings).map(({ rank }) => rank));
  const all = ranksOf(both);
  const kept = new Set([...all].sort((a, b) => Number(odd.has(b)) - Number(odd.has(a))).slice(0, maxRanks));
  const ranks = all.filter((rank) => kept.has(rank));
  const left = all.length > ranks.length ? `; ${all.length - ranks.length} of ${all.length} are left out` : '';
  const multiples: Multiples = {
    curves: data.curves,
    training,
    validation,
    yAxis: axisOf(both, ranks.length > 30 ? 3 : 5),
    xAxis: data.curves.timeline.axis(2),
    marks: data.marks,
    odd,
  };
  return piecesOf(ranks, perPage(ranks.length)).map((piece, index, pieces) => ({
    bookmark: `Each rank: ${base}${pieces.length > 1 ? ` (${index + 1} of ${pieces.length})` : ''}`,
    draw(context) {
      const note = `One panel a rank, the same axes for all ${plural(all.length, 'rank')}; behind the name, the rank’s last figure${left}`;
      drawHeader(context, data, `${base}, each rank`, note);
      drawLegend(context, multiplesLegend(multiples), { left: margin, top: body.top, width: contentWidth }, 8);
      const [columns, gap] = [columnsFor(piece.length, pieces.length), ranks.length > 16 ? 7 : 14];
      const area = { left: margin + 26, top: body.top + 18, width: contentWidth - 26, height: body.height - 30 };
      const rows = Math.ceil((pieces.length > 1 ? perPage(ranks.length) : piece.length) / columns);
      gridOf(area, rows * columns, columns, gap, gap)
        .slice(0, piece.length)
        .forEach((box, place) => {
          const rank = piece[place];
          if (!rank) return;
          const isLeft = place % columns === 0;
          const isBottom = place + columns >= piece.length;
          drawMultiple(context, multiples, rank, { box, isLeft, isBottom });
        });
    },
  }));
}

function perPage(count: number): number {
  return count > 30 ? 64 : 30;
}

/** About as many columns as rows, with as few places left empty as can be. */
function columnsFor(count: number, pages: number): number {
  if (pages > 1 || count > 30) return 8;
  const square = Math.ceil(Math.sqrt(count));
  const emptyIn = (columns: number) => Math.ceil(count / columns) * columns - count;
  return emptyIn(square + 1) < emptyIn(square) ? square + 1 : square;
}
