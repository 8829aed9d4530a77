/**
 * Many finished experiments dropped at once under a running daemon: how long until all is read and written, with how much
 * memory and how many processes, in which order, how often the workbook is written meanwhile, and how long the daemon's own
 * loop did not turn, beside the loop of a process that does nothing.
 *
 *     npx tsc && node build/bench/backfill.js [LOGS] [RANKS] [EPOCHS]
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../src/config.js';
import { askControl, socketPathsOf } from '../src/daemon/control-server.js';
import { startLoopMeter } from '../src/daemon/loop-delay.js';
import { stateFolderOf } from '../src/daemon/places.js';

const [logs = 1000, ranks = 8, epochs = 30] = process.argv.slice(2).map(Number);
const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const loopCpu = new URL('./loop-cpu.js', import.meta.url).href;
const work = mkdtempSync(join(tmpdir(), 'tlw-backfill-'));
const root = join(work, 'root');
const environment = { ...process.env, XDG_STATE_HOME: join(work, 'state') };

try {
  makeLogs(join(work, 'sweep'));
  mkdirSync(root);
  await measure();
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const daemon = spawn(process.execPath, ['--import', loopCpu, cli, 'watch', '--root', root, '--log-format', 'json'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const read: number[] = [];
  let workbooks = 0;
  createInterface(daemon.stderr).on('line', (line) => {
    const [, index] = /"message":"experiment was read","experiment":"run_(\d+)"/.exec(line) ?? [];
    if (index !== undefined) read.push(Number(index));
    if (line.includes('"message":"workbook written"')) workbooks += 1;
    if (line.startsWith('loop at one go')) say(`daemon's ${line}`);
    if (line.includes('"message":"working through many logs"')) say(`  ${/"backlog":"([^"]*)"/.exec(line)?.[1]}`);
  });
  await once(daemon.stderr, 'data');
  // The one of a root without experiments.
  while (workbooks === 0) await sleep(1000);
  workbooks = 0;
  const { config } = loadConfig({ environment: {}, folder: work });
  const [socket = ''] = socketPathsOf(stateFolderOf(root, config, environment), environment);
  const idle = startLoopMeter();
  idle.busy(true);
  renameSync(join(work, 'sweep'), join(root, 'sweep'));
  const beganMs = performance.now();
  const seconds = (): string => ((performance.now() - beganMs) / 1000).toFixed(0);
  let [mostProcesses, mostPss, mostRss, readMs] = [0, 0, 0, 0];
  for (;;) {
    await sleep(1000);
    const memory = tree(daemon.pid ?? 0).map(memoryOf);
    mostProcesses = Math.max(mostProcesses, memory.length);
    mostPss = Math.max(
      mostPss,
      memory.reduce((sum, { pss }) => sum + pss, 0),
    );
    mostRss = Math.max(
      mostRss,
      memory.reduce((sum, { rss }) => sum + rss, 0),
    );
    if (read.length < logs) continue;
    if (readMs === 0) {
      readMs = performance.now() - beganMs;
      say(`${logs} logs of ${ranks} ranks and ${epochs} epochs are read and saved after ${seconds()} s`);
    }
    const { backlog } = Object(await askControl(socket, 'status', null));
    if (backlog.toWrite === 0 && existsSync(join(root, 'master.xlsx')) && reports() === logs) break;
  }
  say(`all files are written after ${seconds()} s, ${workbooks} workbooks among them`);
  say(`${mostProcesses} processes at most, ${mostPss.toFixed(0)} MiB (PSS; RSS ${mostRss.toFixed(0)} MiB)`);
  const inOrder = read.filter((index, at) => at === 0 || index > (read[at - 1] ?? 0)).length;
  say(`${((100 * inOrder) / logs).toFixed(1)} % were read after the next newer one`);
  const { loopDelay } = Object(await askControl(socket, 'status', null));
  say(
    `daemon's loop: ${JSON.stringify(loopDelay)}; a loop of a process that does little: ${JSON.stringify(idle.read())}`,
  );
  idle.close();
  daemon.kill('SIGINT');
  await once(daemon, 'exit');
}

/** The first is the newest. */
function makeLogs(folder: string): void {
  for (let index = 0; index < logs; index += 1) {
    const name = `run_${index}`;
    const file = join(folder, name, `${name}.log`);
    mkdirSync(join(folder, name), { recursive: true });
    let text = '';
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      for (let rank = 0; rank < ranks; rank += 1) {
        const tag = `[1,${rank}]<stdout>:`;
        const loss = (1 / epoch + index / 1e5 + rank / 1e3).toFixed(4);
        text += `${tag}Epoch ${epoch}/${epochs}\n${tag}13/13 [==============================] - 5s 400ms/step - loss: ${loss} - accuracy: 0.9${index % 10} - dsc: 0.5 - val_loss: ${loss} - val_accuracy: 0.8 - val_dsc: 0.${(index % 89) + 10}\n`;
      }
    }
    writeFileSync(file, text);
    const at = Date.now() / 1000 - 86_400 - 60 * index;
    utimesSync(file, at, at);
  }
}

function reports(): number {
  return readdirSync(join(root, 'sweep')).filter((name) => existsSync(join(root, 'sweep', name, `${name}.tlw.pdf`)))
    .length;
}

/** A process and all below it. */
function tree(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, 'latin1').split(' ').filter(Boolean).map(Number) : [];
  return [pid, ...children.flatMap(tree)];
}

/** MiB. */
function memoryOf(pid: number): { readonly pss: number; readonly rss: number } {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
    return { pss: mib('Pss'), rss: mib('Rss') };
  } catch {
    return { pss: 0, rss: 0 };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
