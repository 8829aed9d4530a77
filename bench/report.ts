/**
 * What a report costs, beside the same pages by matplotlib: `node build/bench/report.js [PYTHON]`. Everything is warm,
 * and the quickest of a few runs; CPU time is what a machine with other work to do can be judged by.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Experiment } from '../src/experiment.js';
import { openPaper } from '../src/outputs/report/canvas.js';
import { reportDataOf } from '../src/outputs/report/data.js';
import { metricPagesOf } from '../src/outputs/report/metric-pages.js';
import { renderReport } from '../src/outputs/report.js';
import { buildExperiment } from '../test/build-experiment.js';
import { independentRanks, summaryOf } from '../test/report-cases.js';

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

const python = process.argv[2] ?? 'python3';
const context = { varying: null, sweepBest: null, programVersion: 'bench', dateText: '' };
const runs = 4;
const shapes = [
  { ranks: 8, epochs: 50, target: 'target 400 ms, 300 kB' },
  { ranks: 64, epochs: 100, target: '' },
  { ranks: 256, epochs: 200, target: 'target 6000 ms' },
];

await main();

async function main(): Promise<void> {
  const peer = maybePeer();
  say('', 'wall ms', 'CPU ms', 'kB', '');
  const chart = await chartCost();
  say('one chart, 8 ranks × 50 epochs', chart.wallMs.toFixed(1), chart.cpuMs.toFixed(1), '', 'target 25 ms');
  for (const { ranks, epochs, target } of shapes) {
    const experiment = experimentOf(ranks, epochs);
    const ours = await reportCost(experiment);
    sayCost(`report, ${ranks} ranks × ${epochs} epochs`, ours, target);
    if (!peer) continue;
    const theirs = peerCost(experiment, ranks, epochs);
    sayCost(`  the same by matplotlib ${peer}`, theirs, `${(theirs.cpuMs / ours.cpuMs).toFixed(1)} times the CPU time`);
  }
}

/** Its version; undefined, and said so, where it is missing. */
function maybePeer(): string | undefined {
  const code = 'import matplotlib; print(matplotlib.__version__)';
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  const remedy = 'python3 -m venv DIR && DIR/bin/pip install matplotlib, then give DIR/bin/python';
  process.stdout.write(`left out: matplotlib, since ${python} cannot import it (${remedy})\n`);
  return undefined;
}

/** A chart of a zoom page with all its marks and its legend. */
async function chartCost(): Promise<Cost> {
  const experiment = experimentOf(8, 50);
  const zoom = metricPagesOf(reportDataOf(experiment, summaryOf(experiment), context)).at(-1);
  if (!zoom) throw new Error('a report has a zoom page');
  const paper = await openPaper();
  const pages = 20;
  // A zoom page of independent ranks has two charts side by side.
  const { wallMs, cpuMs } = await quickest(async () => {
    for (let page = 0; page < pages; page++) {
      zoom.draw(paper.context, paper);
      paper.nextPage();
    }
    return 0;
  });
  return { wallMs: wallMs / pages / 2, cpuMs: cpuMs / pages / 2, bytes: 0 };
}

function reportCost(experiment: Experiment): Promise<Cost> {
  return quickest(async () => (await renderReport(experiment, summaryOf(experiment), context)).length);
}

/** After one run that does not count. */
async function quickest(run: () => Promise<number>): Promise<Cost> {
  let cost: Cost = { wallMs: Infinity, cpuMs: Infinity, bytes: await run() };
  for (let index = 0; index < runs; index++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const bytes = await run();
    const { user, system } = process.cpuUsage(before);
    const wallMs = Math.min(cost.wallMs, performance.now() - start);
    cost = { wallMs, cpuMs: Math.min(cost.cpuMs, (user + system) / 1000), bytes };
  }
  return cost;
}

function peerCost(experiment: Experiment, ranks: number, epochs: number): Cost {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-report-'));
  try {
    const data = path.join(folder, 'figures.json');
    writeFileSync(data, JSON.stringify(figuresOf(experiment)));
    const script = path.join(process.cwd(), 'bench', 'report-matplotlib.py');
    const args = [script, data, path.join(folder, 'report.pdf'), String(ranks), String(epochs), String(runs)];
    const printed = execFileSync(python, args, { encoding: 'utf8' }).split(' ').map(Number);
    const [wallMs = Number.NaN, cpuMs = Number.NaN, bytes = Number.NaN] = printed;
    return { wallMs, cpuMs, bytes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Metric → rank → figures. */
function figuresOf({ run }: Experiment): Record<string, number[][]> {
  const columns = [...run.metricNames.keys()].map((name) => [
    name,
    run.ranks.map(({ epochs }) => [...(epochs.metrics.get(name)?.values ?? [])]),
  ]);
  return { ...Object.fromEntries(columns), time: run.ranks.map(({ epochs }) => [...epochs.secondsPerStep]) };
}

function experimentOf(ranks: number, epochs: number): Experiment {
  return buildExperiment({ ranks: independentRanks({ ranks, epochs }) });
}

function sayCost(what: string, { wallMs, cpuMs, bytes }: Cost, remark: string): void {
  say(what, wallMs.toFixed(0), cpuMs.toFixed(0), (bytes / 1000).toFixed(0), remark);
}

function say(what: string, wall: string, cpu: string, size: string, remark: string): void {
  process.stdout.write(`${what.padEnd(34)}${wall.padStart(9)}${cpu.padStart(9)}${size.padStart(7)}   ${remark}\n`);
}
