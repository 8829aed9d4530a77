import { formatBytes, formatDuration, formatFigure } from '../outputs/report/format.js';
import type { JoinedJob } from '../slurm-job.js';

/** One line on a job: `4711 · TIMEOUT · 2 nodes (n[1-2]) · 1.00 h · 2 node-hours · 1.5 GB` */
export function jobText(job: JoinedJob): string {
  const { id, state, exitCode, nodes, nodeList, elapsedSeconds, nodeHours, maxMemoryBytes, records, isAlone } = job;
  return [
    `${id}${isAlone ? '' : ' (of several experiments)'}`,
    exitCode === '0:0' ? state : `${state}, exit code ${exitCode}`,
    `${nodes} ${nodes === 1 ? 'node' : 'nodes'}${nodeList === null ? '' : ` (${nodeList})`}`,
    formatDuration(elapsedSeconds),
    `${formatFigure(nodeHours)} node-hours`,
    ...(maxMemoryBytes === null ? [] : [`at most ${formatBytes(maxMemoryBytes)} a task`]),
    ...(records > 1 ? [`started ${records} times`] : []),
  ].join(' · ');
}
