/**
 * What watching costs when nothing happens: metadata operations (counted by strace), CPU, memory, and the time until the
 * daemon is ready, for 10,000 folders of three files; and the same for chokidar's polling.
 *
 *     npx tsc && node build/bench/at-rest.js [FOLDERS]
 *
 * The daemon runs with the flags of the unit. Operations are counted under faketime, so that a minute of the machine is an hour
 * of the daemon's; CPU and memory are measured without, since faketime takes as much of them as the daemon. RSS counts what processes share (Node's own text) once for each, PSS divides it among all that have it, those of others too.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../src/config.js';
import { databaseOf, stateFolderOf } from '../src/daemon/places.js';
import { keepChanges } from '../src/daemon/watch-records.js';
import type { Experiment } from '../src/experiment.js';
import { nodeFlags } from '../src/service/unit.js';
import { closeStore, openStore } from '../src/store/open.js';
import { inTransaction } from '../src/store/records.js';
import { saveAll } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { fileSystemOf } from '../src/watch/file-system.js';
import { identify } from '../src/watch/identity.js';
import type { WatchChanges } from '../src/watch/records.js';
import { defaultSettings } from '../src/watch/settings.js';
import { startWatcher } from '../src/watch/watcher.js';
import { generateExperiment } from './generate.js';
import { cpuSeconds, isAlive, tree } from './processes.js';

const folders = Number(process.argv[2] ?? 10_000);
const speed = 60;
const countedMs = 60_000;
/** The sweep after the start is over then, and what it left in memory is gone. */
const settledMs = 150_000;
const measuredMs = 240_000;
const chokidarMs = 15_000;
const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const calls = 'statx,stat,lstat,newfstatat,fstat,getdents64,openat,open,read,pread64,statfs,readlink';

const work = mkdtempSync(join(tmpdir(), 'tlw-at-rest-'));
const root = join(work, 'root');
const environment = { ...process.env, XDG_STATE_HOME: join(work, 'state'), NODE_OPTIONS: '' };
const settings = ['package', 'report', 'csv', 'workbook', 'results'].flatMap((name) => [
  '--set',
  `outputs.${name}=false`,
]);

try {
  makeRoot();
  say(`root: ${folders} folders of 3 files, a month old`);
  await fillDatabase();
  // The config is read and remembered by the first start; a watcher is mostly started again.
  await countOperations();
  await measureDaemon();
  await measureChokidar(100);
  await measureChokidar(5000);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measureDaemon(): Promise<void> {
  const { daemon, readyMs } = await startDaemon([]);
  say(`daemon ready after ${(readyMs / 1000).toFixed(2)} s`);
  await sleep(settledMs);
  const pids = tree(daemon.pid ?? 0);
  const cpuBefore = cpuSeconds(pids);
  await sleep(measuredMs);
  const cpu = cpuSeconds(pids) - cpuBefore;
  say(`daemon: ${((100_000 * cpu) / measuredMs).toFixed(3)} % of a core, ${memory(pids)}`);
  daemon.kill('SIGINT');
  await once(daemon, 'exit');
}

async function countOperations(): Promise<void> {
  const { daemon } = await startDaemon(['faketime', '-f', `+0 x${speed}`]);
  // The sweep after the start is over.
  await sleep(20_000);
  const pids = tree(daemon.pid ?? 0);
  const counted = await count(pids, countedMs);
  const seconds = (countedMs / 1000) * speed;
  say(`daemon: ${(counted.metadata / seconds).toFixed(2)} metadata operations/s, ${counted.text}`);
  // faketime waits for what it started, which is the daemon.
  process.kill(pids[1] ?? 0, 'SIGINT');
  await once(daemon, 'exit');
}

async function startDaemon(prefix: readonly string[]) {
  const beganMs = performance.now();
  const [file = '', ...words] = [...prefix, process.execPath, ...nodeFlags, cli];
  const daemon = spawn(file, [...words, 'watch', '--root', root, ...settings], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(daemon.stderr, 'data');
  return { daemon, readyMs: performance.now() - beganMs };
}

async function measureChokidar(intervalMs: number): Promise<void> {
  const program = `
    const { watch } = await import(${JSON.stringify(import.meta.resolve('chokidar'))});
    watch(${JSON.stringify(root)}, { usePolling: true, interval: ${intervalMs}, binaryInterval: ${intervalMs}, ignoreInitial: true })
      .on('ready', () => console.log('ready'));`;
  const began = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  say(`chokidar polling every ${intervalMs} ms: ready after ${((performance.now() - began) / 1000).toFixed(2)} s`);
  const pids = tree(child.pid ?? 0);
  const cpuBefore = cpuSeconds(pids);
  await sleep(chokidarMs);
  const cpu = cpuSeconds(pids) - cpuBefore;
  say(`chokidar: ${((100_000 * cpu) / chokidarMs).toFixed(1)} % of a core, ${memory(pids)}`);
  const counted = await count(pids, chokidarMs);
  say(`chokidar: ${(counted.metadata / (chokidarMs / 1000)).toFixed(0)} metadata operations/s (slowed down by strace)`);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** System calls on the root that these processes and their children make during a time, by strace. */
async function count(pids: readonly number[], ms: number) {
  const output = join(work, 'strace');
  const traced = ['-f', '-y', '-o', output, '-e', `trace=${calls}`, ...pids.flatMap((pid) => ['-p', String(pid)])];
  const strace = spawn('strace', traced, { stdio: 'ignore' });
  await sleep(ms);
  strace.kill('SIGINT');
  await once(strace, 'exit');
  const numbers = new Map<string, number>();
  for await (const line of createInterface(createReadStream(output, 'latin1'))) {
    const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
    // Modules that a child loads, /proc and the state folder are no matter of the file server.
    if (name !== undefined && line.includes(root)) numbers.set(name, (numbers.get(name) ?? 0) + 1);
  }
  const metadata = [...numbers].filter(([name]) => !name.includes('read') || name === 'readlink');
  return {
    metadata: metadata.reduce((sum, [, calls]) => sum + calls, 0),
    text: [...numbers].map(([name, calls]) => `${name} ${calls}`).join(', '),
  };
}

function makeRoot(): void {
  const old = new Date(Date.now() - 30 * 86_400_000);
  for (let index = 0; index < folders; index += 1) {
    const name = `ppn_1-cps_4-lr_0.01-bs_64-run_${index}`;
    const folder = join(root, `experiments_${1 + (index % 4)}_nodes`, name);
    mkdirSync(folder, { recursive: true });
    const log = `Epoch 1/1\n13/13 [==============================] - 5s 400ms/step - loss: 0.${index} - val_loss: 0.5\n`;
    for (const [file, text] of [
      [`${name}.log`, log],
      ['model.h5', ''],
      ['config.yaml', ''],
    ] as const) {
      writeFileSync(join(folder, file), text);
      utimesSync(join(folder, file), old, old);
    }
    utimesSync(folder, old, old);
  }
}

/** Makes the database as it is when all logs have been read, without the reading, which is another bench's business. */
async function fillDatabase(): Promise<void> {
  const { config } = loadConfig({ environment: {}, folder: work });
  const store = openStore(databaseOf(stateFolderOf(root, config, environment)), { fileSystem: 'local' });
  const watcher = startWatcher({
    root,
    settings: (fileSystem) => ({ ...defaultSettings(fileSystem ?? fileSystemOf(0)), settleMs: 0 }),
    isSinglePass: true,
    onNews: () => {
      const made: Experiment[] = [];
      for (let order = watcher.takeReading(); order !== undefined; order = watcher.takeReading()) {
        const { uid, ...log } = identify(join(root, order.file));
        const end = { changedMeanwhile: false, ended: true, expectsMore: false, epochMs: null, jobId: null, tookMs: 0 };
        const verdict = watcher.finishReading(order.path, { ...log, ...end });
        const { sizeBytes, mtimeMs, fingerprint } = log;
        const experiment = generateExperiment(read, { ranks: 1, epochs: 1 });
        read += 1;
        made.push({
          ...experiment,
          key: order.path,
          name: order.name,
          log: { path: order.path, bytes: sizeBytes, mtimeMs, fingerprint },
          revision: verdict?.revision ?? 1,
        });
      }
      saveAll(
        store,
        made.map((experiment) => ({ experiment, summary: summarise(experiment.run, null) })),
      );
      const changes = watcher.takeChanges();
      if (changes !== undefined) inTransaction(store, () => keepChanges(store, longAgo(changes)));
    },
  });
  let read = 0;
  await watcher.pass();
  await watcher.close();
  closeStore(store);
  say(`${read} logs known`);
}

/** As if all had been read a month ago, and verified some time within the last week. */
function longAgo(changes: WatchChanges): WatchChanges {
  const dayMs = 86_400_000;
  const logs = changes.logs.map((log) => ({
    ...log,
    parsedWallMs: Date.now() - 30 * dayMs,
    verifiedWallMs: Date.now() - 5 * dayMs * Math.random(),
  }));
  return { ...changes, logs };
}

function memory(pids: readonly number[]): string {
  const texts = pids.filter(isAlive).map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
  const mib = (name: string): string => {
    const each = texts.map((text) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
    return `${each.reduce((sum, one) => sum + one, 0).toFixed(0)} MiB (${each.map((one) => one.toFixed(0)).join(' + ')})`;
  };
  return `RSS ${mib('Rss')}, PSS ${mib('Pss')}, of its own ${mib('Anonymous')}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
