/** Writes the report of the named case to stdout: run with another environment, by a test. */

import { renderReport } from '../src/outputs/report.js';
import { reportCases, summaryOf } from './report-cases.js';

const experiment = reportCases[process.argv[2] ?? '']?.();
if (!experiment) throw new Error(`no case ${process.argv[2]}`);
const context = { varying: ['lr'], sweepBest: 0.9, programVersion: '1.2.3', dateText: '2024-05-01 12:00' };
process.stdout.write(await renderReport(experiment, summaryOf(experiment), context));
