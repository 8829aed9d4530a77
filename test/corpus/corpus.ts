/** `npm run corpus -- DIR [--json]`: reads every log below DIR that has a truth file beside it, and prints how it went. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { terminalTable } from '../../src/commands/terminal-table.js';
import { parseExperiment } from '../../src/log/parse-experiment.js';
import type { Verdict } from './compare.js';
import { compare, isRight } from './compare.js';
import { readTruths } from './truth.js';

/** One log of the corpus, as it was read. */
export interface CorpusRow extends Verdict {
  /** Relative to the folder that was asked for. */
  readonly log: string;
  readonly launcher: string;
  readonly trainer: string;
  readonly ranks: number;
}

/** Reads and judges every log below a folder that has a truth file, one after the other, in the order of their paths. */
export async function judgeCorpus(folder: string): Promise<CorpusRow[]> {
  const rows: CorpusRow[] = [];
  for (const truth of await readTruths(folder)) {
    const run = parseExperiment(truth.logPath);
    rows.push({
      log: path.relative(folder, truth.logPath),
      launcher: run.launcher,
      trainer: run.trainer,
      ranks: run.ranks.length,
      ...compare(truth, run),
    });
  }
  return rows;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) return fail(64, 'usage: npm run corpus -- DIR [--json]');
  if (!existsSync(folder)) return fail(66, `${folder}: no such folder`);
  const rows = await judgeCorpus(folder);
  if (rows.length === 0) return fail(66, `${folder}: no *.truth.json at or below it`);
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : renderTable(rows));
  return rows.every(isRight) ? 0 : 1;
}

function fail(code: number, message: string): number {
  process.stderr.write(`${message}\n`);
  return code;
}

function renderTable(rows: readonly CorpusRow[]): string {
  const left = ['log', 'launcher', 'trainer'].map((header) => ({ header }));
  const right = ['ranks', 'exact', 'missing', 'wrong', 'facts off'].map(
    (header) => ({ header, align: 'right' }) as const,
  );
  const table = terminalTable(
    [...left, ...right, { header: 'status' }],
    rows.map((row) => [
      ...[shorten(row.log), row.launcher, row.trainer],
      ...[row.ranks, row.exact, row.missing, row.wrong, row.factsOff].map(String),
      row.isStatusRight ? row.status : `${row.status}, not ${row.end}`,
    ]),
  );
  const sum = (name: 'exact' | 'missing' | 'wrong' | 'factsOff') => rows.reduce((total, row) => total + row[name], 0);
  const statuses = rows.filter((row) => row.isStatusRight).length;
  const faults = rows.flatMap((row) => firstFaults(row));
  const totals = `${rows.length} logs, ${sum('exact')} figures exact, ${sum('missing')} missing, ${sum('wrong')} wrong, ${sum('factsOff')} facts off, ${statuses} of ${rows.length} statuses right`;
  return `${table}${faults.join('')}${totals}\n`;
}

/** `experiments_1_nodes/NAME/NAME.log` without saying NAME twice, and without its middle where it is long. */
function shorten(log: string): string {
  const folder = path.dirname(log);
  return folder.length <= 76 ? folder : `${folder.slice(0, 36)}…${folder.slice(-39)}`;
}

function firstFaults(row: CorpusRow, limit = 5): string[] {
  if (row.faults.length === 0) return [];
  const more = row.faults.length > limit ? [`  … and ${row.faults.length - limit} more\n`] : [];
  return [`${row.log}\n`, ...row.faults.slice(0, limit).map((fault) => `  ${fault}\n`), ...more];
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
