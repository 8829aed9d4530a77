/** Where the time goes: time per step by rank and epoch, and the stragglers. */

import { grey } from './colours.js';
import { inReadableUnit, type MetricCurves } from './curves.js';
import type { ReportData } from './data.js';
import { type Deviation, deviationsOf, fewestRanksToCompare, oddScore } from './deviation.js';
import { formatDuration, percentMore, plural } from './format.js';
import { drawHeatMap, heatMapHeight } from './heat-map.js';
import { body, drawHeader, type Page } from './page.js';
import { drawRankDots } from './rank-dots.js';
import { rankName } from './rank-layer.js';
import { write } from './text.js';

export function timePageOf(data: ReportData, times: MetricCurves): Page {
  const odd = deviationsOf(times)
    .filter(({ score }) => Math.abs(score) > oddScore)
    .sort((a, b) => b.score - a.score);
  return {
    bookmark: 'Time per step',
    draw(context, paper) {
      drawHeader(context, data, 'Time per step', verdictOf(times, odd));
      const height = heatMapHeight(times.byRank.length, body.height * 0.62);
      const top = body.top + 20;
      const title = { size: 10, isBold: true };
      write(context, 'By rank and epoch', body.left, top - 8, title);
      drawHeatMap(paper, times, data.curves.timeline, { ...body, top, height });
      const below = top + height + 24;
      const width = write(context, 'By rank', body.left, below, title);
      const { curves, unit } = inReadableUnit(times);
      const note = `${unit === 's' ? 'seconds' : 'milliseconds'}: median over the rank’s epochs, line from the 10th to the 90th percentile`;
      write(context, note, body.left + width + 6, below, { size: 8, colour: grey });
      const ranks = odd.map(({ rank }) => rank);
      drawRankDots(context, curves, ranks, {
        ...body,
        top: below + 6,
        height: Math.min(280, body.top + body.height - below - 6),
      });
    },
  };
}

/** Stragglers are found by the time per step: a rank that only trains longer is none. */
function verdictOf(times: MetricCurves, odd: readonly Deviation[]): string {
  const slow = odd.filter(({ score }) => score > 0);
  const named = slow.slice(0, 3).map(({ rank, figure, typical }) => {
    const name = rank.host === null ? rankName(rank) : `${rankName(rank)} on ${rank.host}`;
    return `${name}: ${formatDuration(figure)} a step, others ${formatDuration(typical)}, ${percentMore(figure / typical)}`;
  });
  if (slow.length > named.length) named.push(plural(slow.length - named.length, 'more straggler'));
  if (named.length > 0) return named.join('  ·  ');
  if (times.byRank.length < fewestRanksToCompare)
    return `${plural(times.byRank.length, 'rank')}: too few to tell a straggler`;
  return 'No rank is slower than the others';
}
