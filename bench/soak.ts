/**
 * Hours of a watcher's life, shortened: experiments arrive at random moments, grow and end, and memory, open files, CPU time and
 * metadata operations are reported for every hour of the watcher's own time; in the end every experiment must be there, once.
 *
 *     npx tsc && node build/bench/soak.js [EXPERIMENTS [HOURS [SPEED]]]
 *
 * The watcher runs under faketime: SPEED hours of its own in one of the machine's. Its deadlines become shorter with it, so that
 * 60 needs an idle machine; on a busy one 20 is enough.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../src/ask/random-from.js';
import { nodeFlags } from '../src/service/unit.js';
import { cpuSeconds, isAlive, tree } from './processes.js';

const experiments = Number(process.argv[2] ?? 500);
const hours = Number(process.argv[3] ?? 6);
const speed = Number(process.argv[4] ?? 20);
const samplesAnHour = 12;
const hourMs = 3_600_000 / speed;

const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const fixtures = fileURLToPath(new URL('../../test/fixtures/experiments', import.meta.url));
const fixture = 'keras-openmpi-nan-one-rank';
const text = readFileSync(join(fixtures, fixture, `${fixture}.log`), 'latin1');

const work = mkdtempSync(join(tmpdir(), 'tlw-soak-'));
const root = join(work, 'root');
const environment = { ...process.env, HOME: work, XDG_STATE_HOME: join(work, 'state'), NODE_OPTIONS: '' };

/** One log grows by a part. */
interface Arrival {
  readonly atMs: number;
  readonly run: number;
  readonly part: string;
}

/** What is measured of the watcher and its children at some moment. */
interface Sample {
  readonly mainMiB: number;
  readonly allMiB: number;
  readonly mainFiles: number;
  readonly allFiles: number;
}

mkdirSync(root);
try {
  await soak();
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function soak(): Promise<void> {
  const arrivals = planArrivals();
  const fast = ['-f', `+0 x${speed}`, process.execPath, ...nodeFlags, cli];
  const watch = spawn('faketime', [...fast, 'watch', '--root', root, '--set', 'log.level=warn'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const began = performance.now();
  await sleep(5000);
  const main = tree(watch.pid ?? 0)[1] ?? 0;
  say('| hour | arrived | MiB, main | MiB, all | open files, main | open files, all | CPU s | metadata operations |');
  say('| ---: | ------: | --------: | -------: | ---------------: | --------------: | ----: | ------------------: |');
  let cpu = 0;
  for (let hour = 1; hour <= hours; hour += 1) {
    const samples: Sample[] = [];
    for (let i = 1; i <= samplesAnHour; i += 1) {
      const untilMs = (hour - 1 + i / samplesAnHour) * hourMs;
      while (performance.now() - began < untilMs) {
        while (arrivals[0] !== undefined && arrivals[0].atMs <= performance.now() - began)
          write(arrivals.shift() as Arrival, began);
        await sleep(50);
      }
      samples.push(sampleOf(main));
    }
    const now = cpuOfAll(main);
    const range = (of: (sample: Sample) => number): string => {
      const all = samples.map(of);
      return `${Math.min(...all)} to ${Math.max(...all)}`;
    };
    const ranges = [
      range((s) => s.mainMiB),
      range((s) => s.allMiB),
      range((s) => s.mainFiles),
      range((s) => s.allFiles),
    ];
    const { metadataOperations } = tlw('status', '--json').usage;
    say(
      `| ${[hour, readdirSync(root).filter((name) => name.startsWith('lr_')).length, ...ranges, (now - cpu).toFixed(0), metadataOperations].join(' | ')} |`,
    );
    cpu = now;
  }
  // What came last must settle first.
  for (let parsed = 0; parsed < experiments && isAlive(main); parsed = tlw('status', '--json').logs.parsed)
    await sleep(2000);
  const runs: { readonly experiment: string; readonly revision?: number }[] = tlw(
    'runs',
    '--format',
    'json',
    '--limit',
    'all',
  );
  const names = new Set(runs.map(({ experiment }) => experiment));
  say(
    `${runs.length} rows of ${names.size} experiments, ${experiments} arrived; ${cpuOfAll(main).toFixed(0)} s of CPU in all`,
  );
  process.kill(main, 'SIGTERM');
  await once(watch, 'exit');
  if (runs.length !== experiments || names.size !== experiments) process.exitCode = 1;
}

/** Each log comes in three parts at random moments; nothing new comes in the last tenth of the time. */
function planArrivals(): Arrival[] {
  const random = randomFrom(20_261_130);
  const lastMs = 0.9 * hours * hourMs;
  const cut = (share: number): number => text.indexOf('\n', Math.floor(share * text.length)) + 1;
  const parts = [text.slice(0, cut(0.3)), text.slice(cut(0.3), cut(0.7)), text.slice(cut(0.7))];
  return Array.from({ length: experiments }, (_, run) => {
    const moments = parts.map(() => random() * hourMs).sort((a, b) => a - b);
    const startMs = random() * Math.max(0, lastMs - hourMs);
    return parts.map((part, i) => ({ atMs: startMs + (moments[i] ?? 0), run, part }));
  })
    .flat()
    .sort((a, b) => a.atMs - b.atMs);
}

/** Its time of change is told by the watcher's clock, as a file server's would be. */
function write({ run, part }: Arrival, began: number): void {
  const file = join(root, `lr_${run}`, `lr_${run}.log`);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, part, 'latin1');
  const now = (performance.timeOrigin + began + (performance.now() - began) * speed) / 1000;
  utimesSync(file, now, now);
}

function sampleOf(main: number): Sample {
  const pids = tree(main).filter(isAlive);
  const miB = (pid: number): number =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  const files = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
  const sum = (of: (pid: number) => number): number =>
    pids.map((pid) => orZero(() => of(pid))).reduce((a, b) => a + b, 0);
  return {
    mainMiB: Math.round(miB(main)),
    allMiB: Math.round(sum(miB)),
    mainFiles: files(main),
    allFiles: sum(files),
  };
}

/** A child may end while it is looked at. */
function orZero(read: () => number): number {
  try {
    return read();
  } catch {
    return 0;
  }
}

/** CPU time of the watcher, its children and those that have ended. */
function cpuOfAll(main: number): number {
  const fields = readFileSync(`/proc/${main}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  const ended = Number(fields[13]) + Number(fields[14]);
  return cpuSeconds(tree(main)) + ended / 100;
}

function tlw(...words: readonly string[]) {
  const [command = '', ...rest] = words;
  const args = [cli, command, '--root', root, ...rest];
  return JSON.parse(
    execFileSync(process.execPath, args, { env: environment, cwd: work, encoding: 'utf8', maxBuffer: 2 ** 27 }),
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
