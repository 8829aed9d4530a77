/** What the report of a whole sweep costs, as a PDF and as a page: `node build/bench/sweep-report.js [EXPERIMENTS]`. */

import { renderSweepHtml } from '../src/outputs/sweep-html.js';
import { renderSweepPdf } from '../src/outputs/sweep-pdf.js';
import { buildSweep } from '../test/sweep-case.js';

const experiments = Number(process.argv[2] ?? 1000);
const epochs = 50;

process.stdout.write(`${experiments} experiments, ${epochs} epochs, 8 metrics\n`);
const data = await measure('asking the data', () => buildSweep(experiments, epochs));
const pdf = await measure('PDF', () => renderSweepPdf(data));
const html = await measure('page', () => renderSweepHtml(data));
say('sizes', `PDF ${megabytes(pdf.length)} MB, page ${megabytes(Buffer.byteLength(html))} MB`);

async function measure<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  say(what, `${((user + system) / 1e6).toFixed(2)} s of CPU time`);
  return result;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(16)} ${figure}\n`);
}
