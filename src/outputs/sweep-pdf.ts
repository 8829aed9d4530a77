/** The report of a whole sweep as a PDF: leaderboard, curves, settings, scaling, failures. */

import { openPaper } from './report/canvas.js';
import { plural } from './report/format.js';
import { printable } from './report/glyphs.js';
import { drawPageNumber, type Page } from './report/page.js';
import { finishPdf } from './report/pdf.js';
import { contactSheetOf } from './sweep/contact-sheet.js';
import type { SweepData } from './sweep/data.js';
import { failuresPagesOf } from './sweep/failures-page.js';
import { leaderboardPagesOf } from './sweep/leaderboard-pages.js';
import { scalingPagesOf } from './sweep/scaling-page.js';
import { settingsPagesOf } from './sweep/settings-page.js';

/** At the end of every such report, as a comment of its file format; see `PublishOptions.mark`. */
export const sweepPdfMark = '% sweep report of training-log-wizard';

/** The report as a PDF. The same rows give the same bytes; `onPage` is told of each page that is drawn. */
export async function renderSweepPdf(
  data: SweepData,
  onPage: (done: number, of: number) => void = () => {},
): Promise<Uint8Array> {
  const pages: Page[] = [
    ...leaderboardPagesOf(data),
    ...contactSheetOf(data),
    ...settingsPagesOf(data),
    ...scalingPagesOf(data),
    ...failuresPagesOf(data),
  ];
  const paper = await openPaper();
  pages.forEach((page, index) => {
    if (index > 0) paper.nextPage();
    page.draw(paper.context, paper);
    drawPageNumber(paper.context, index + 1, pages.length);
    onPage(index + 1, pages.length);
  });
  const pdf = await finishPdf(paper.finish(), {
    title: printable(data.title),
    subject: `Report of ${plural(data.experiments.length, 'experiment')}`,
    producer: `TrainingLogWizard ${data.programVersion}`,
    bookmarks: pages.map(({ bookmark }) => printable(bookmark)),
  });
  return Buffer.concat([pdf, Buffer.from(`\n${sweepPdfMark}\n`)]);
}
