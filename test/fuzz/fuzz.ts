/**
 * `npm run fuzz -- [--runs N] [--seed S] [--from CASE]`: mutated logs, read by the reader and by the reference. Stops at the
 * first that fails, shrinks it and writes it to a file. A worker does the work, so that one that hangs is found as well.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Presets, SingleBar } from 'cli-progress';
import { casesOf } from './cases.js';
import { shrink } from './shrink.js';

interface Plan {
  readonly seed: number;
  readonly runs: number;
  readonly from: number;
  readonly folder: string;
}

type News =
  | { readonly kind: 'at'; readonly number: number }
  | { readonly kind: 'failed'; readonly number: number; readonly log: Uint8Array; readonly faults: readonly string[] }
  | { readonly kind: 'done'; readonly bytes: number };

const hangMs = 20_000;

if (isMainThread) process.exitCode = await main(process.argv.slice(2));
else work(workerData as Plan, (news) => parentPort?.postMessage(news));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
      from: { type: 'string', default: '0' },
    },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'tlw-fuzz-'));
  const plan = { seed: Number(values.seed), runs: Number(values.runs), from: Number(values.from), folder };
  if (![plan.seed, plan.runs, plan.from].every(Number.isSafeInteger)) {
    process.stderr.write('--runs, --seed and --from: expected whole numbers\n');
    return 64;
  }
  process.stdout.write(`${plan.runs} mutated logs, seed ${plan.seed}\n`);
  try {
    return await watch(plan);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Follows the worker to its end, its first failure, or until it says nothing for too long. */
async function watch(plan: Plan): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), { workerData: plan });
  const bar = new SingleBar(
    { stream: process.stderr, format: '{bar} {value} of {total} logs, {eta_formatted} left', fps: 2, hideCursor: true },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start(plan.runs, 0);
  let at = plan.from;
  let peakBytes = 0;
  const startMs = Date.now();
  return new Promise((resolve, reject) => {
    let alarm: NodeJS.Timeout | undefined;
    const finish = (code: number, text: string): void => {
      clearTimeout(alarm);
      bar.stop();
      process.stdout.write(`${text}\n`);
      void worker.terminate().then(() => resolve(code));
    };
    const watchdog = (): void => {
      clearTimeout(alarm);
      alarm = setTimeout(() => {
        const file = `fuzz-${plan.seed}-${at}.log`;
        writeFileSync(file, casesOf(plan.seed, '').logOf(at));
        finish(1, `case ${at} hangs: no answer for ${hangMs / 1000} s; written to ${file}`);
      }, hangMs);
    };
    worker.on('error', reject);
    worker.on('message', (news: News) => {
      watchdog();
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      if (news.kind === 'at') {
        at = news.number;
        bar.update(at - plan.from);
      } else if (news.kind === 'failed') {
        const file = `fuzz-${plan.seed}-${news.number}.log`;
        writeFileSync(file, news.log);
        const again = `npm run fuzz -- --seed ${plan.seed} --from ${news.number} --runs 1`;
        finish(
          1,
          `case ${news.number} fails, ${news.log.length} bytes in ${file}\n${news.faults.join('\n')}\n${again}`,
        );
      } else {
        const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
        const read = `${(news.bytes / 1e6).toFixed(0)} MB in ${seconds} s, at most ${(peakBytes / 1e6).toFixed(0)} MB of memory`;
        finish(0, `${plan.runs} logs hold, ${read}`);
      }
    });
  });
}

function work({ seed, runs, from, folder }: Plan, tell: (news: News) => void): void {
  const cases = casesOf(seed, path.join(folder, 'fuzz.log'));
  let bytes = 0;
  for (let number = from; number < from + runs; number += 1) {
    tell({ kind: 'at', number });
    const { log, faults } = cases.judge(number);
    bytes += log.length;
    if (faults.length === 0) continue;
    const isSame = (other: readonly string[]): boolean => kindOf(other[0]) === kindOf(faults[0]);
    const small = shrink(log, (part) => {
      tell({ kind: 'at', number });
      return isSame(cases.judge(number, part).faults);
    });
    tell({ kind: 'failed', number, log: small, faults: cases.judge(number, small).faults });
    return;
  }
  tell({ kind: 'done', bytes });
}

/** What failed, without the figures. */
function kindOf(fault: string | undefined): string {
  return (fault ?? '').replaceAll(/\d+/g, '#').slice(0, 60);
}
