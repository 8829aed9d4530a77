import test from 'ava';
import { renderReport } from '../src/outputs/report.js';
import { reportCases, summaryOf } from './report-cases.js';

const context = { varying: ['lr'], sweepBest: 0.9, programVersion: '0.0.0', dateText: '2024-05-01 12:00' };

for (const [name, make] of Object.entries(reportCases)) {
  test(`a report is drawn: ${name}`, async (t) => {
    const experiment = make();
    const pdf = await renderReport(experiment, summaryOf(experiment), context);
    t.is(Buffer.from(pdf.subarray(0, 5)).toString(), '%PDF-');
  });
}

test('the same rows give the same bytes', async (t) => {
  const make = reportCases['four ranks averaged'];
  if (!make) return t.fail('the case is gone');
  const first = await renderReport(make(), summaryOf(make()), context);
  const second = await renderReport(make(), summaryOf(make()), context);
  t.deepEqual(Buffer.from(first), Buffer.from(second));
});
