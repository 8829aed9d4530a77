/**
 * Loaded before a program (`node --import`), measures the processor time that its loop takes at one go, which other programs do not
 * change as they do the time by the clock; says it on stderr at the end.
 */

import { readFileSync } from 'node:fs';

const tickMs = 5;
const file = `/proc/self/task/${process.pid}/schedstat`;
const cpuMs = (): number => Number(readFileSync(file, 'latin1').split(' ')[0]) / 1e6;
const taken: number[] = [];
let lastMs: number | undefined;

// A watcher says when it is ready; what came before is the start of the program.
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (chunk: string | Uint8Array) => {
  lastMs ??= cpuMs();
  return write(chunk);
};

setInterval(() => {
  if (lastMs === undefined) return;
  const nowMs = cpuMs();
  taken.push(nowMs - lastMs);
  lastMs = nowMs;
}, tickMs).unref();

process.on('exit', () => {
  taken.sort((a, b) => b - a);
  const [most = 0, p99 = 0] = [taken[0], taken[Math.floor(taken.length / 100)]];
  write(`loop at one go: ${most.toFixed(0)} ms of processor time at most, p99 ${p99.toFixed(1)} ms\n`);
});
