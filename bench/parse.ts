/**
 * Reading a log, bytes → Run with its receipt, beside GNU grep and ripgrep that only look for its tags.
 *   node build/bench/parse.js [MEGABYTES]    (default 112)
 * Each log is written to a temporary folder and read once before it is timed, so that it comes from memory. By the clock, and by
 * CPU time, which says more where others use the machine too.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomFrom } from '../src/ask/random-from.js';
import { parseLog } from '../src/log/parse-log.js';

const tag = '\\[[0-9]+,[0-9]+\\]<(stdout|stderr|stddiag)>:';
const ranks = 16;
const steps = 200;
const rounds = 5;

type Chunks = (random: () => number) => number;
const kinds: Readonly<Record<string, Chunks | 'untagged' | 'short lines'>> = {
  'a tag per write': (random) => [60, 220, 260, 260, 300, 4095][Math.floor(random() * 6)] ?? 260,
  'a tag every 60 bytes': () => 60,
  'without tags': 'untagged',
  'a million short lines': 'short lines',
};

if (process.argv[2] === '--one') {
  parseLog(process.argv[3] ?? '');
  process.stdout.write(`${process.resourceUsage().maxRSS}`);
} else main(Number(process.argv[2] ?? 112) * 1e6);

function main(bytes: number): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'tlw-bench-'));
  process.stdout.write(
    'log                       MB  peak MB   this (s) GB/s   grep (s) ×grep     rg (s) of rg   CPU: this   grep ×grep     rg of rg\n',
  );
  for (const [name, kind] of Object.entries(kinds)) {
    const file = path.join(folder, 'train.log');
    writeLog(file, kind, bytes);
    const size = statSync(file).size;
    const ours = medians(() => timed(() => parseLog(file)));
    const peak =
      Number(
        spawnSync(process.execPath, [path.resolve(process.argv[1] ?? ''), '--one', file], { encoding: 'utf8' }).stdout,
      ) / 1000;
    // grep stops at its first match when its output goes nowhere: it is counted, as a person would.
    const grep = peer('grep', `grep -a -o -E '${tag}' '${file}' | wc -l`);
    const rg = peer('rg', `rg -a -o -c '${tag}' '${file}'`);
    const columns = [name.padEnd(23), (size / 1e6).toFixed(0).padStart(5), peak.toFixed(0).padStart(8)];
    for (const by of ['clock', 'cpu'] as const) {
      columns.push(ours[by].toFixed(3).padStart(by === 'clock' ? 10 : 11));
      if (by === 'clock') columns.push((size / 1e9 / ours[by]).toFixed(2).padStart(4));
      for (const times of [grep, rg])
        columns.push(
          (times?.[by].toFixed(3) ?? 'absent').padStart(by === 'clock' ? 10 : 6),
          (times ? (times[by] / ours[by]).toFixed(2) : '').padStart(5),
        );
    }
    process.stdout.write(`${columns.join(' ')}\n`);
    rmSync(file);
  }
  rmSync(folder, { recursive: true });
}

/** Seconds of one run. */
interface Times {
  readonly clock: number;
  readonly cpu: number;
}

/** Median times of a command line, which is started anew each time; undefined where the command is not installed. */
function peer(command: string, line: string): Times | undefined {
  if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) return undefined;
  return medians(() => {
    let cpu = 0;
    const { clock } = timed(() => {
      const { stdout } = spawnSync('bash', ['-c', `{ ${line}; } > /dev/null; times`], { encoding: 'utf8' });
      // User and system time of the children, to the millisecond: the second line of what bash prints.
      for (const [, minutes, seconds] of (stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g))
        cpu += 60 * Number(minutes) + Number(seconds);
    });
    return { clock, cpu };
  });
}

function timed(action: () => unknown): Times {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return { clock: Number(process.hrtime.bigint() - start) / 1e9, cpu: (user + system) / 1e6 };
}

function medians(measure: () => Times): Times {
  measure();
  const times = Array.from({ length: rounds }, measure);
  const median = (by: keyof Times): number =>
    times.map((each) => each[by]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  return { clock: median('clock'), cpu: median('cpu') };
}

function writeLog(file: string, kind: Chunks | 'untagged' | 'short lines', bytes: number): void {
  const fd = openSync(file, 'w');
  const random = randomFrom(1);
  if (kind === 'short lines') {
    const lines = Array.from(
      { length: 1_000_000 },
      (_, i) => `[1,${i % ranks}]<stdout>:step ${i} of the loader is ready\n`,
    );
    writeSync(fd, `[1,0]<stdout>:Epoch 1/2\n${lines.join('')}`);
  } else {
    for (let epoch = 1, size = 0; size < bytes; epoch += 1) size += writeSync(fd, weave(epoch, kind, random));
  }
  closeSync(fd);
}

/** One epoch of all ranks, in pieces as a launcher reads them. */
function weave(epoch: number, kind: Chunks | 'untagged', random: () => number): string {
  const streams = Array.from({ length: ranks }, () => epochText(epoch, random));
  if (kind === 'untagged') return streams[0] ?? '';
  const at = streams.map(() => 0);
  const live = streams.map((_, rank) => rank);
  const parts: string[] = [];
  while (live.length > 0) {
    const i = Math.floor(random() * live.length);
    const rank = live[i] ?? 0;
    const stream = streams[rank] ?? '';
    const start = at[rank] ?? 0;
    const chunk = stream.slice(start, start + kind(random));
    at[rank] = start + chunk.length;
    const mark = `[1,${rank}]<stdout>:`;
    parts.push(mark, chunk.slice(0, -1).replaceAll('\n', `\n${mark}`), chunk.slice(-1));
    if (start + chunk.length >= stream.length) live.splice(i, 1);
  }
  return parts.join('');
}

/** What Keras prints in an epoch: a bar whose updates overwrite each other, and a record. */
function epochText(epoch: number, random: () => number): string {
  const figure = (): string => random().toFixed(4);
  let text = `Epoch ${epoch}/9999\n`;
  let before = '';
  for (let step = 1; step <= steps; step += 1) {
    const bar = `${'='.repeat(Math.max(0, Math.floor((30 * step) / steps) - 1))}>`.padEnd(30, '.');
    const update = `${String(step).padStart(3)}/${steps} [${bar}] - ETA: ${steps - step}s - loss: ${figure()} - accuracy: ${figure()} - dsc: ${(random() / 1000).toExponential(4)}`;
    text += `${'\b'.repeat(before.length)}\r${update}`;
    before = update;
  }
  const metrics = ['loss', 'accuracy', 'dsc', 'val_loss', 'val_accuracy', 'val_dsc'].map(
    (name) => ` - ${name}: ${figure()}`,
  );
  return `${text}${'\b'.repeat(before.length)}\r${steps}/${steps} [${'='.repeat(30)}] - 125s 10s/step${metrics.join('')}\n`;
}
