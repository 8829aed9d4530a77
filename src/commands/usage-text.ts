/** What a watcher cost in the last hour, in one line. `usage` is that of a watcher's status. */
export function describeUsage(usage: unknown): string {
  const { metadataOperations, cpuSeconds, bytesRead, slurmCalls, minutes } = Object(usage);
  const since = Number(minutes) < 60 ? `the last ${String(minutes)} min` : 'the last hour';
  const figures = [
    `${Number(metadataOperations).toLocaleString('en')} metadata operations`,
    `${Number(cpuSeconds).toFixed(1)} s of CPU`,
    `${(Number(bytesRead) / 1e6).toFixed(1)} MB of logs read`,
    `${String(slurmCalls)} calls of squeue and sacct`,
  ];
  return `${since}: ${figures.join(', ')}`;
}
