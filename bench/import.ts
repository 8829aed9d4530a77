/**
 * Packages into the database: by the program's own way, and beside it what no program of Node can do without, which is
 * JSON.parse of the same files and bare INSERTs of the same rows. One core for each (the second figure: what the main process itself does
 * where children read the packages), and how long the loop of a pass stands still.
 *
 *     taskset -c 0 node build/bench/import.js [packages=2000] [ranks=8] [epochs=50]
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { loadConfig } from '../src/config.js';
import { reloadOnce } from '../src/daemon/reload-once.js';
import { closeSession, openSession } from '../src/daemon/session.js';
import { createLogMessages } from '../src/log-messages.js';
import { outputPathOf } from '../src/outputs/output-names.js';
import { renderPackage } from '../src/outputs/package.js';
import { parsePackage } from '../src/outputs/package-parse.js';
import { program } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { saveAll } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { identify } from '../src/watch/identity.js';
import { generateExperiment } from './generate.js';

const [packages = 2000, ranks = 8, epochs = 50] = process.argv.slice(2).map(Number);
const objective: Objective = { metric: 'val_dsc', direction: 'max' };
const folder = mkdtempSync(join(tmpdir(), 'tlw-import-'));
const root = join(folder, 'root');
const files = Array.from({ length: packages }, (_, n) => makePackage(n));
const megabytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / 1e6;
print(`${packages} packages of ${ranks} ranks x ${epochs} epochs, ${megabytes.toFixed(0)} MB`);

const floor = measureFloor();
const parsed = spentMs(() => files.map((file) => readPackage(file)));
say('read, checked and parsed', parsed.ms);
const records = parsed.result.map((experiment) => ({ experiment, summary: summarise(experiment.run, objective) }));
const saved = measureSaving();
say('all of it on one core', parsed.ms + saved);
print(`  the bare floor takes ${(floor / (parsed.ms + saved)).toFixed(2)} of that`);
await measurePass();
rmSync(folder, { recursive: true });

/** What a job leaves: a log, and the package of it. */
function makePackage(n: number): string {
  const experiment = generateExperiment(n, { ranks, epochs });
  const log = join(root, experiment.key);
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, `log ${n}\n`.repeat(20));
  utimesSync(log, 1.7e9 + n, 1.7e9 + n);
  const { sizeBytes: bytes, mtimeMs, fingerprint } = identify(log);
  const made = { ...experiment, log: { path: experiment.key, bytes, mtimeMs, fingerprint } };
  const file = join(root, outputPathOf(experiment.key, 'json'));
  writeFileSync(file, renderPackage(made, summarise(made.run, objective), program));
  return file;
}

function measureFloor(): number {
  const database = new Database(join(folder, 'floor.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const metrics = ['loss', 'accuracy', 'dsc', 'iou', 'val_loss', 'val_accuracy', 'val_dsc', 'val_iou'];
  const columns = ['experiment', 'rank', 'segment', 'epoch', 'offset', 'seconds', 'seconds_per_step', ...metrics];
  database.exec(
    `CREATE TABLE epochs (${columns.join(', ')}, PRIMARY KEY (experiment, rank, segment, epoch)) WITHOUT ROWID`,
  );
  const insert = database.prepare(`INSERT INTO epochs VALUES (${columns.map(() => '?').join(', ')})`);
  const parse = spentMs(() => files.map((file) => JSON.parse(readFileSync(file, 'utf8'))));
  say('floor: JSON.parse', parse.ms);
  const inserted = spentMs(() => {
    for (let first = 0; first < files.length; first += 20) {
      database.transaction(() => {
        for (let n = first; n < Math.min(files.length, first + 20); n++) {
          for (const { rank, epochs: rows } of parse.result[n].ranks) {
            for (const row of rows) {
              const figures = metrics.map((metric) => row.metrics[metric]);
              insert.run(n, rank, row.segment, row.epoch, row.offset, row.seconds, row.seconds_per_step, ...figures);
            }
          }
        }
      })();
    }
  });
  say('floor: INSERTs', inserted.ms);
  say('floor: both', parse.ms + inserted.ms);
  database.close();
  return parse.ms + inserted.ms;
}

function readPackage(file: string) {
  const found = parsePackage(readFileSync(file, 'utf8'));
  if ('trouble' in found) throw new Error(found.detail);
  return found.experiment;
}

function measureSaving(): number {
  const store = openStore(join(folder, 'own.db'), { fileSystem: 'local' });
  const { ms } = spentMs(() => {
    for (let first = 0; first < records.length; first += 20) saveAll(store, records.slice(first, first + 20));
  });
  say('saved, all tables: the main process', ms);
  closeStore(store);
  return ms;
}

/** A whole pass of the watcher, with a child that reads; not on one core. */
async function measurePass(): Promise<void> {
  const { config } = loadConfig({
    ...{ environment: {}, file: undefined, flags: [], folder },
    settings: ['outputs.report=false', 'outputs.csv=false', 'outputs.workbook=false', 'outputs.results=false'],
  });
  const log = createLogMessages({
    level: 'error',
    format: 'text',
    stream: process.stderr,
    isTerminal: false,
    isJournal: false,
    environment: {},
  });
  const session = await openSession({
    root,
    config,
    environment: { HOME: folder },
    log,
    children: 1,
    isSinglePass: true,
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const startMs = performance.now();
  let readMs = startMs;
  delay.enable();
  const result = await reloadOnce(session, 0, {
    onRead: () => {
      readMs = performance.now();
    },
    onWritten: () => {},
  });
  delay.disable();
  print(
    `  a pass: ${result.read} taken over, ${((1000 * result.read) / (readMs - startMs)).toFixed(0)} a second; loop held at most ${(delay.max / 1e6).toFixed(0)} ms, 99 % below ${(delay.percentile(99) / 1e6).toFixed(0)} ms`,
  );
  await closeSession(session);
}

function spentMs<Result>(action: () => Result): { readonly result: Result; readonly ms: number } {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

function say(what: string, ms: number): void {
  print(
    `  ${what.padEnd(40)} ${((1000 * packages) / ms).toFixed(0).padStart(6)} packages/s of one core (${(ms / packages).toFixed(2)} ms each)`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
