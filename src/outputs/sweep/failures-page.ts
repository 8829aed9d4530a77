/** Dead runs by their last words. */

import type { FailureCluster } from '../../ask/failures.js';
import { type Context, paperHeight } from '../report/canvas.js';
import { grey, hairline, ink } from '../report/colours.js';
import { formatCount, plural } from '../report/format.js';
import { contentWidth, margin, type Page } from '../report/page.js';
import { breakLines, type TextStyle, widthOf, write } from '../report/text.js';
import { statusLooks } from '../report/verdict.js';
import type { SweepData } from './data.js';
import { drawSweepHeader } from './header.js';

const [countWidth, statusWidth] = [64, 96];
const bottom = paperHeight - 44;
/** A cluster of one run after another tells nothing new. */
const maxClusters = 60;

export function failuresPagesOf(data: SweepData): Page[] {
  const { clusters, experiments } = data;
  if (clusters.length === 0) return [];
  const dead = clusters.reduce((sum, cluster) => sum + cluster.experiments.length, 0);
  const note = `${formatCount(dead)} of ${plural(experiments.length, 'experiment')}, grouped by their last words; settings that occur more often among them than elsewhere are named with the counts that show it.`;
  const shown = clusters.slice(0, maxClusters);
  const pages = paginate(shown, 86);
  return pages.map((piece, index) => ({
    bookmark: `What failed${pages.length > 1 ? ` (${index + 1} of ${pages.length})` : ''}`,
    draw(context) {
      let y = drawSweepHeader(context, data, 'What failed', note) + 8;
      for (const cluster of piece) y = drawCluster(context, cluster, y);
      const left = clusters.length - shown.length;
      if (index === pages.length - 1 && left > 0)
        write(context, `and ${left} more: tlw failures lists them`, margin, y + 12, { size: 8, colour: grey });
    },
  }));
}

/** As many on a page as have room, each reckoned with its lines. */
function paginate(clusters: readonly FailureCluster[], top: number): FailureCluster[][] {
  const pages: FailureCluster[][] = [[]];
  let y = top;
  for (const cluster of clusters) {
    const height = heightOf(cluster);
    if (y + height > bottom && pages.at(-1)?.length) {
      pages.push([]);
      y = top;
    }
    pages.at(-1)?.push(cluster);
    y += height;
  }
  return pages;
}

const [wordsSize, noteHeight, paddingHeight] = [9, 11, 20];

function heightOf(cluster: FailureCluster): number {
  return wordsHeightOf(cluster) + noteHeight * (1 + Math.min(3, cluster.overRepresented.length)) + paddingHeight;
}

/** Two lines where one has no room: a monospaced character is 0.6 of its size wide. */
function wordsHeightOf(cluster: FailureCluster): number {
  const room = (contentWidth - countWidth - statusWidth) / (0.6 * wordsSize);
  return wordsOf(cluster).length > room ? 24 : 13;
}

function wordsOf({ example, shape }: FailureCluster): string {
  return example || shape || 'no last words';
}

function drawCluster(context: Context, cluster: FailureCluster, top: number): number {
  const { experiments, status, firstMs, overRepresented } = cluster;
  context.fillStyle = hairline;
  context.fillRect(margin, top, contentWidth, 0.8);
  const baseline = top + 17;
  write(context, `${formatCount(experiments.length)}×`, margin + countWidth - 14, baseline + 2, {
    size: 15,
    isBold: true,
    align: 'right',
  });
  const { text, colour } = statusLooks[status];
  const pill = widthOf(context, text, { size: 7.5, isBold: true }) + 10;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(margin + countWidth, baseline - 9, pill, 13, 3);
  context.fill();
  write(context, text, margin + countWidth + 5, baseline, { size: 7.5, isBold: true, colour: '#ffffff' });
  const left = margin + countWidth + statusWidth;
  const style: TextStyle = { size: wordsSize, isMono: true, colour: ink, maxWidth: margin + contentWidth - left };
  breakLines(context, wordsOf(cluster), style, 2).forEach((line, index) => {
    write(context, line, left, baseline + 11 * index, style);
  });
  let y = baseline + wordsHeightOf(cluster);
  const since = new Date(firstMs).toISOString().slice(0, 16).replace('T', ' ');
  const more = experiments.length > 1 ? ` and ${experiments.length - 1} more` : '';
  const notes = [
    `first ${since} UTC: ${experiments[0]?.name ?? ''}${more}`,
    ...overRepresented
      .slice(0, 3)
      .map(
        (found) =>
          `${found.setting} ${found.value}: ${found.inCluster} of ${found.clusterSize} here, ${found.elsewhere} of ${found.othersSize} elsewhere (p ${found.p < 0.001 ? '<0.001' : found.p.toFixed(3)})`,
      ),
  ];
  for (const note of notes) {
    write(context, note, left, y, { size: 8, colour: grey, maxWidth: margin + contentWidth - left });
    y += noteHeight;
  }
  return top + heightOf(cluster);
}
