/** The PDF of a whole sweep: what it says, for sweeps of any size. */

import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { renderSweepPdf, sweepPdfMark } from '../src/outputs/sweep-pdf.js';
import { buildSweep } from './sweep-case.js';

test('the same rows give the same bytes, with the mark at the end', async (t) => {
  const [first, second] = [await renderSweepPdf(buildSweep(40)), await renderSweepPdf(buildSweep(40))];
  t.deepEqual(first, second);
  t.true(Buffer.from(first).subarray(-4096).includes(sweepPdfMark));
});

test('leaderboard, curves, settings, scaling and failures, in this order', async (t) => {
  const pages = await textOf(t, await renderSweepPdf(buildSweep(40)));
  if (!pages) return;
  const headings = pages.map((page) => page.trim().split(/ {3,}|\n/)[0]);
  t.deepEqual(headings, [
    'OUTPUTS',
    'Leaderboard',
    'Curves of val_dsc',
    'Settings and val_dsc',
    'Scaling and cost',
    'What failed',
  ]);
  const [leaderboard = '', , curves = '', settings = '', scaling = '', failures = ''] = pages;
  t.regex(leaderboard, /40 experiments\s+·\s+by val_dsc, higher is better\s+·\s+36 finished with a figure/);
  t.regex(leaderboard, /30\s+completed\s+6\s+early stopped\s+4\s+diverged/);
  t.regex(leaderboard, /^ *=?1 +0\.9\d+ +0\.9\d+ +29 +0\.01 +\d+ +50 +35 min 26 s/m);
  t.regex(curves, /diverged +NaN/);
  t.regex(settings, /lr +share explained|lr +rank correlation/);
  t.regex(scaling, /nodes +processes +cores each +runs +time\/epoch +speed-up +efficiency/);
  t.regex(failures, /4× +DIVERGED +loss and val_loss not finite at epoch 2/);
});

test('each page has a bookmark, and every place its row', async (t) => {
  const progress: string[] = [];
  const pdf = await renderSweepPdf(buildSweep(300, 8), (done, of) => progress.push(`${done}/${of}`));
  const pages = await textOf(t, pdf);
  t.is(progress.at(-1), `${progress.length}/${progress.length}`);
  if (!pages) return;
  t.is(pages.length, progress.length);
  t.regex(pages[3] ?? '', /180 more experiments: in the workbook/);
  t.true(pages.filter((page) => page.includes('Curves of val_dsc')).length === 5);
});

for (const [what, data] of [
  ['one experiment', buildSweep(1)],
  ['one epoch', buildSweep(12, 1)],
  [
    'nothing but dead runs',
    buildSweep(10, 5, { experiments: buildSweep(20).experiments.filter(({ run }) => run.status === 'diverged') }),
  ],
  ['no metric at all', buildSweep(6, 5, { objective: null })],
  [
    'no settings',
    buildSweep(6, 5, { experiments: buildSweep(6).experiments.map((each) => ({ ...each, hyperparameters: [] })) }),
  ],
] as const) {
  test(`a sweep with ${what} has its pages`, async (t) => {
    const pages = await textOf(t, await renderSweepPdf(data));
    if (pages) t.regex(pages[0] ?? '', /^\s*OUTPUTS/);
    if (pages) t.notRegex(pages.join(''), /undefined|Infinity/);
  });
}

/** Page by page; undefined, and said so, where pdftotext is missing. */
async function textOf(t: ExecutionContext, pdf: Uint8Array): Promise<string[] | undefined> {
  const { stdout, code } = await execa('pdftotext', ['-layout', '-', '-'], { input: pdf, reject: false });
  if (code !== 'ENOENT') return stdout.split('\f').slice(0, -1);
  t.log('skipped: pdftotext (poppler-utils) is not installed');
  t.pass();
  return undefined;
}
