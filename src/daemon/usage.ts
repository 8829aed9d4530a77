/** What a watcher costs the host and the site: counted while it runs, shown for the last hour. */

import { readFileSync } from 'node:fs';
import { createHourCount, type HourCount } from '../hour-count.js';

export interface UsageLastHour {
  /** Of this process and its children, also those that have ended. */
  readonly cpuSeconds: number;
  /** Of logs that were read. */
  readonly bytesRead: number;
  /** How often squeue and sacct were run. */
  readonly slurmCalls: number;
  /** What part of an hour was counted: less than 60 after a start. */
  readonly minutes: number;
}

export interface Usage {
  addBytes(bytes: number): void;
  addSlurmCall(): void;
  /** Takes in what the processor did since the last time; to be called about once a minute. */
  sample(): void;
  lastHour(): UsageLastHour;
}

/** Counting begins now. */
export function createUsage(nowMs = () => performance.now(), readCpu: () => number | null = readCpuSeconds): Usage {
  const [cpu, bytes, calls] = [createHourCount(), createHourCount(), createHourCount()];
  const beganMs = nowMs();
  let lastCpu = readCpu() ?? 0;
  const sample = (): void => {
    const now = readCpu();
    if (now === null) return;
    cpu.add(Math.max(0, now - lastCpu), nowMs());
    lastCpu = now;
  };
  const hour = (count: HourCount): number => count.lastHour(nowMs());
  return {
    addBytes: (amount) => bytes.add(amount, nowMs()),
    addSlurmCall: () => calls.add(1, nowMs()),
    sample,
    lastHour() {
      sample();
      const minutes = Math.min(60, Math.max(1, Math.round((nowMs() - beganMs) / 60_000)));
      return { cpuSeconds: hour(cpu), bytesRead: hour(bytes), slurmCalls: hour(calls), minutes };
    },
  };
}

/** Linux counts in hundredths of a second wherever Node runs. */
const ticksPerSecond = 100;

/** CPU time of this process, its children that have ended, and those that run; null where the system does not tell. */
function readCpuSeconds(): number | null {
  try {
    const own = readTicks('self');
    // All are started by the main thread, whose number is that of the process.
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').split(' ').filter(Boolean);
    return (own + children.reduce((sum, pid) => sum + (maybeTicks(pid) ?? 0), 0)) / ticksPerSecond;
  } catch {
    return null;
  }
}

function maybeTicks(pid: string): number | undefined {
  try {
    return readTicks(pid);
  } catch {
    // It has just ended, and is counted by its parent.
    return undefined;
  }
}

/** utime, stime, cutime and cstime of proc(5). The name before them may hold anything, brackets too. */
function readTicks(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}
