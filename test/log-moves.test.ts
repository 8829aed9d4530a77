/** Logs that are written, truncated or replaced while they are read. */

import { fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { loadConfig } from '../src/config.js';
import { parseBeside } from '../src/daemon/parse-beside.js';
import { readLog } from '../src/daemon/read-log.js';
import type { ReadOrder } from '../src/watch/readings.js';

const { config } = loadConfig({ environment: { HOME: '/nowhere' }, folder: '/' });

/** A root whose only log, `a/a.log`, another process moves under the reader's hands. */
async function movingLog(t: ExecutionContext): Promise<{ readonly root: string; readonly log: string }> {
  const root = mkdtempSync(join(tmpdir(), 'tlw-moves-'));
  mkdirSync(join(root, 'a'));
  const log = join(root, 'a/a.log');
  writeFileSync(log, '');
  const mover = fork(fileURLToPath(new URL('./move-log-child.js', import.meta.url)), [log], { execArgv: [] });
  t.teardown(() => {
    mover.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });
  while (!existsSync(`${log}.new`) && readFileSync(log).length === 0) await sleep(10);
  return { root, log };
}

test('what a reading takes for one state of a log is one, whatever is done to the log meanwhile', async (t) => {
  const { root } = await movingLog(t);
  const order: ReadOrder = {
    ...{ path: 'a/a.log', file: 'a/a.log', name: 'a' },
    ...{ purpose: 'final', because: 'silence', previous: null },
  };
  const seen = { still: 0, moving: 0 };
  while (seen.still < 10 || seen.moving < 10) {
    const { outcome, experiment, failure } = await readLog(root, order, config);
    // Between two states there may be no log, or none that says anything.
    if (!('sizeBytes' in outcome) || experiment === null) {
      t.regex(failure ?? '', /ENOENT|^not there/);
      continue;
    }
    seen[outcome.changedMeanwhile ? 'moving' : 'still'] += 1;
    const [rank] = experiment.run.ranks;
    if (outcome.changedMeanwhile || rank === undefined) continue;
    const losses = new Set(rank.epochs.metrics.get('loss')?.values);
    t.is(losses.size, 1, 'of one generation');
    t.is(rank.epochs.length, rank.plannedEpochs ?? 0);
    t.is(experiment.run.receipt.bytes, outcome.sizeBytes);
    await sleep(1);
  }
});

test('a package says that it shows a log only where that is all that was read', async (t) => {
  const { root, log } = await movingLog(t);
  const only = { ...config, outputs: { ...config.outputs, report: false, csv: false } };
  const seen = { written: 0, failed: 0, present: 0 };
  while (seen.written < 5 || seen.failed < 5) {
    const parsed = await parseBeside({ root, log, config: only });
    seen[parsed.state] += 1;
    if (parsed.state === 'failed') t.regex(parsed.message, /it was written to while it was read|ENOENT/);
    if (parsed.state !== 'written') continue;
    const made = JSON.parse(readFileSync(join(root, 'a/a.tlw.json'), 'utf8'));
    t.is(made.receipt.bytes, made.log.bytes);
  }
});
