/** The report of one experiment: a PDF that answers how it went, how each rank did, and which is the odd one. */

import type { Experiment } from '../experiment.js';
import type { Summary } from '../summary.js';
import { openPaper } from './report/canvas.js';
import { type ReportContext, type ReportData, reportDataOf } from './report/data.js';
import { findingsOf } from './report/findings.js';
import { printable } from './report/glyphs.js';
import { metricPagesOf } from './report/metric-pages.js';
import { noEpochsPageOf } from './report/no-epochs-page.js';
import { overviewPageOf } from './report/overview-page.js';
import { drawPageNumber, type Page } from './report/page.js';
import { finishPdf } from './report/pdf.js';
import { rankPagesOf } from './report/rank-pages.js';

export type { ReportContext } from './report/data.js';

/** At the end of every report, as a comment of its file format; see `PublishOptions.mark`. */
export const reportMark = '% report of training-log-wizard';

/** The report as a PDF. The same arguments give the same bytes. */
export async function renderReport(
  experiment: Experiment,
  summary: Summary,
  context: ReportContext,
): Promise<Uint8Array> {
  const data = reportDataOf(experiment, summary, context);
  const pages = pagesOf(data);
  const paper = await openPaper();
  pages.forEach((page, index) => {
    if (index > 0) paper.nextPage();
    page.draw(paper.context, paper);
    drawPageNumber(paper.context, index + 1, pages.length);
  });
  const pdf = await finishPdf(paper.finish(), {
    title: printable(experiment.name),
    subject: printable(`Training report of ${experiment.key}`),
    producer: `TrainingLogWizard ${context.programVersion}`,
    bookmarks: pages.map((page) => printable(page.bookmark)),
  });
  return Buffer.concat([pdf, Buffer.from(`\n${reportMark}\n`)]);
}

function pagesOf(data: ReportData): Page[] {
  if (data.objective === null) return [noEpochsPageOf(data)];
  const findings = findingsOf(data);
  return [overviewPageOf(data, findings), ...metricPagesOf(data), ...rankPagesOf(data, findings)];
}
