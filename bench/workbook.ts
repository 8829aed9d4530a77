/**
 * The workbook against XlsxWriter: the sheet Experiments, 10,000 rows × 40 columns, in one run on one machine.
 *
 *     npx tsc && node build/bench/workbook.js
 *
 * PYTHON names a Python that has XlsxWriter (default: python3); without it, only our side is measured.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { childFlags } from '../src/daemon/pool.js';
import type { Hyperparameter } from '../src/experiment.js';
import { experimentTable } from '../src/outputs/workbook/experiment-table.js';
import { sheetOf } from '../src/outputs/workbook/sheet.js';
import { renderXlsx } from '../src/outputs/workbook/xlsx.js';
import { renderWorkbook, type WorkbookInput } from '../src/outputs/workbook.js';
import type { ExperimentOverview } from '../src/summary.js';
import { buildInput, buildOverview } from '../test/build-overview.js';

const [, self = '', side] = process.argv;
const rows = 10_000;
const columns = 40;
const settings = new Map<string, Hyperparameter>();

if (side === 'one' || side === 'all') await measureOurs(side);
else await compare();

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tlw-bench-'));
  try {
    const table = join(folder, 'table.json');
    await writeFile(table, JSON.stringify(cellsOf(makeInput())));
    const python = process.env.PYTHON ?? 'python3';
    const hasXlsxWriter = (await execa(python, ['-c', 'import xlsxwriter'], { reject: false })).exitCode === 0;
    if (!hasXlsxWriter) say(`XlsxWriter is not measured: ${python} does not have it (set PYTHON)`);
    for (let round = 1; round <= 3; round++) {
      say(`round ${round}, ${rows} rows × ${columns} columns`);
      say(`  ours, one sheet  ${(await execa(process.execPath, [...childFlags, self, 'one'])).stdout}`);
      say(`  ours, all sheets ${(await execa(process.execPath, [...childFlags, self, 'all'])).stdout}`);
      if (!hasXlsxWriter) continue;
      const script = fileURLToPath(new URL('../../bench/workbook_xlsxwriter.py', import.meta.url));
      say(`  XlsxWriter       ${(await execa(python, [script, table, join(folder, 'out.xlsx')])).stdout}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureOurs(sheets: 'one' | 'all'): Promise<void> {
  const input = makeInput();
  const before = megabytes();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const bytes = await (sheets === 'one' ? renderExperiments(input) : renderWorkbook(input));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const processor = (user + system) / 1e6;
  say(
    `${seconds.toFixed(2)} s (${processor.toFixed(2)} s of processor), ${megabytes()} MB (${before} MB of it before: the experiments), ${bytes.length >> 10} KiB`,
  );
}

/** The sheet Experiments alone, from the experiments on: sorted, with its columns, widths and styles. */
function renderExperiments({ experiments, options }: WorkbookInput): Promise<Buffer> {
  const table = experimentTable(experiments, { ...options, stragglers: new Map() });
  const sheet = sheetOf(table, { name: 'Experiments', frozenColumns: 11, paper: 'A3' });
  return renderXlsx([sheet], { title: 'Experiments', creator: 'bench', changed: new Date(0) });
}

/** The most that the process has taken so far. */
function megabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** The same cells for the other side. */
function cellsOf({ experiments, options }: WorkbookInput): unknown[][] {
  const table = experimentTable(experiments, { ...options, stragglers: new Map() });
  if (table.columns.length !== columns) throw new Error(`expected ${columns} columns, got ${table.columns.length}`);
  const cells = table.rows.map((row) => table.columns.map(({ value }) => value(row)));
  return [table.columns.map(({ header }) => header), ...cells];
}

function makeInput(): WorkbookInput {
  return buildInput(Array.from({ length: rows }, (_, index) => makeExperiment(index)));
}

function makeExperiment(index: number): ExperimentOverview {
  const value = (salt: number) => ((index * 2_654_435_761 + salt * 40_503) % 1_000_003) / 1_000_003;
  const lr = String([0.1, 0.01, 0.001, 1e-5][index % 4]);
  const bs = String(16 << (index % 5));
  const name = `ppn_${1 + (index % 4)}-cps_24-intra_24-inter_2-bt_60-img_6982-lr_${lr}-mom_0.9-bs_${bs}-dpout_0.5_${index}`;
  const overview = buildOverview({
    name,
    key: `experiments_2_nodes/${name}/${name}.log`,
    nodes: 2,
    hyperparameters: {
      ppn: String(1 + (index % 4)),
      cps: '24',
      lr,
      mom: '0.9',
      bs,
      dpout: ['0.5', String(index)],
      opt: 'adam',
      seed: String(index),
    },
    run: { status: index % 10 === 0 ? 'killed' : 'completed' },
    finals: {
      loss: value(1),
      accuracy: value(2),
      dsc: value(3),
      val_loss: value(4),
      val_accuracy: value(5),
      val_dsc: value(6),
    },
    summary: { totalTrainingTime: 3600 * value(7), secondsPerEpoch: 60 * value(8), ranks: 8 },
    user: index % 20 === 0 ? { notes: `note ${index}`, tags: ['paper'], keep: '' } : {},
  });
  return { ...overview, hyperparameters: overview.hyperparameters.map(knownSetting) };
}

/** As the store reads them: settings that are equal are one object. */
function knownSetting(setting: Hyperparameter): Hyperparameter {
  const text = `${setting.name}=${setting.values}`;
  const known = settings.get(text) ?? setting;
  settings.set(text, known);
  return known;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
