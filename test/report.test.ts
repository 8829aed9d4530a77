import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import fc from 'fast-check';
import { PDFDict, PDFDocument, PDFName } from 'pdf-lib';
import type { Experiment } from '../src/experiment.js';
import { renderReport } from '../src/outputs/report.js';
import { anyExperiment } from './arbitrary-experiment.js';
import { reportCases, summaryOf } from './report-cases.js';

const context = { varying: ['lr'], sweepBest: 0.9, programVersion: '1.2.3', dateText: '2024-05-01 12:00' };

for (const name of Object.keys(reportCases)) {
  test(`drawn on A4, with a bookmark a page: ${name}`, async (t) => {
    const pdf = await PDFDocument.load(await report(caseOf(name)), { updateMetadata: false });
    for (const page of pdf.getPages()) t.deepEqual(page.getSize(), { width: 842, height: 595 });
    t.is(bookmarkCount(pdf), pdf.getPageCount());
    t.true(pdf.getTitle() !== undefined && pdf.getProducer()?.endsWith('1.2.3'));
  });
}

test('the same rows give the same bytes, whatever was drawn before and whatever the time', async (t) => {
  const first = await report(caseOf('four ranks averaged'));
  await report(caseOf('names of any kind'));
  t.true(Buffer.from(first).equals(await report(caseOf('four ranks averaged'))));
  const pdf = await PDFDocument.load(first, { updateMetadata: false });
  t.is(pdf.getCreationDate(), undefined);
  t.is(pdf.getModificationDate(), undefined);
});

test('OUT14: a node without fonts or fontconfig draws the same bytes, with the fonts that ship with the program', async (t) => {
  const child = fileURLToPath(new URL('report-child.js', import.meta.url));
  const env = { FONTCONFIG_FILE: '/nonexistent/fonts.conf', FONTCONFIG_PATH: '/nonexistent', HOME: '/nonexistent' };
  const { stdout, stderr } = await execa(process.execPath, [child, 'names of any kind'], {
    env,
    extendEnv: false,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  t.is(Buffer.from(stderr).toString(), '');
  t.true(Buffer.from(stdout).equals(await report(caseOf('names of any kind'))));
  const fonts = fontNames(await PDFDocument.load(stdout, { updateMetadata: false }));
  t.true(fonts.length > 0);
  for (const font of fonts) t.regex(font, /^\/[A-Z]{6}\+(IBMPlex|DejaVu)/);
});

test('metrics that were never finite are in the summaries, and have no page of their own', async (t) => {
  const pageCount = async (name: string) => (await PDFDocument.load(await report(caseOf(name)))).getPageCount();
  t.is(await pageCount('never finite'), 4);
  t.true((await pageCount('diverged')) > 4);
});

test('OUT13: any experiment can be drawn, whatever it is called', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyExperiment, async (experiment) => {
      await report(experiment);
    }),
    { numRuns: 30 },
  );
  t.pass();
});

test('eight ranks of fifty epochs take at most 300 kB', async (t) => {
  t.true((await report(caseOf('eight ranks independent'))).length <= 300_000);
});

interface TextCase {
  readonly name: string;
  readonly says: readonly RegExp[];
  readonly pages?: number;
}

const texts: readonly TextCase[] = [
  {
    name: 'four ranks averaged',
    says: [
      /EARLY STOPPED\s+31\/40 +· +best val_dsc 0\.\d{4} at 28 +· +last 0\.\d{4} +· +4 ranks, averaged/,
      /job 4711523/,
    ],
    pages: 9,
  },
  { name: 'eight ranks independent', says: [/28–50\/50/, /Nothing stands out/, /of those still running/] },
  { name: 'odd rank of eight', says: [/rank 5 on node01 loss 0\.\d+, others 0\.\d+ +· +time per step .*\+\d\d %/] },
  { name: 'two hundred and fifty-six ranks', says: [/rank 201 on node50/] },
  { name: 'one rank prints', says: [/16 ranks, one prints/, /the others are silent by design/] },
  { name: 'no tags', says: [/The log has no rank tags/] },
  {
    name: 'failed before the first epoch',
    says: [/No epoch was completed/, /OOM when allocating/, /failed: 2/],
    pages: 1,
  },
  {
    name: 'partial epochs only',
    says: [/No epoch was completed/, /epoch 1, loss 0\.7100, accuracy 0\.5000/],
    pages: 1,
  },
  { name: 'empty log', says: [/EMPTY LOG/, /The log is empty/], pages: 1 },
  { name: 'not recognised', says: [/NOT RECOGNISED/, /no epoch lines matched/], pages: 1 },
  { name: 'diverged', says: [/DIVERGED/, /not finite from 14/, /NaN or ∞/] },
  { name: 'three segments', says: [/restart\s+restart/] },
  { name: 'loss only', says: [/the log has no validation figures/] },
  { name: 'decades', says: [/1\.000e\+09|1e\+09/, /0\.001\s/] },
  { name: 'names of any kind', says: [/λ=0\.1/, /emoji=😀/, /esc=�/, /nl=↵/, /lone=�/, /RuntimeError/] },
];

for (const { name, says, pages } of texts) {
  test(`can be searched: ${name}`, async (t) => {
    const pdf = await report(caseOf(name));
    if (pages !== undefined) t.is((await PDFDocument.load(pdf)).getPageCount(), pages);
    const text = await textOf(t, pdf);
    for (const pattern of text === undefined ? [] : says) t.regex(text ?? '', pattern);
  });
}

function caseOf(name: string): Experiment {
  const make = reportCases[name];
  if (!make) throw new Error(`no case ${name}`);
  return make();
}

function report(experiment: Experiment): Promise<Uint8Array> {
  return renderReport(experiment, summaryOf(experiment), context);
}

/** undefined, and said so, where pdftotext is missing. */
async function textOf(t: ExecutionContext, pdf: Uint8Array): Promise<string | undefined> {
  const { stdout, code } = await execa('pdftotext', ['-layout', '-', '-'], { input: pdf, reject: false });
  if (code !== 'ENOENT') return stdout.replaceAll('\u2009', ' ');
  t.log('skipped: pdftotext (poppler-utils) is not installed');
  t.pass();
  return undefined;
}

function bookmarkCount(pdf: PDFDocument): number {
  const outlines = pdf.catalog.lookup(PDFName.of('Outlines'), PDFDict);
  let count = 0;
  let entry = outlines.lookupMaybe(PDFName.of('First'), PDFDict);
  for (; entry; entry = entry.lookupMaybe(PDFName.of('Next'), PDFDict)) count++;
  return count;
}

function fontNames(pdf: PDFDocument): string[] {
  return pdf.context.enumerateIndirectObjects().flatMap(([, object]) => {
    const isFont = object instanceof PDFDict && object.get(PDFName.of('Type')) === PDFName.of('Font');
    return isFont ? [String(object.get(PDFName.of('BaseFont')))] : [];
  });
}
