import type { BackfillStatus, TaskStatus } from '../daemon/backfill/status.js';
import { escapeText } from '../escape-text.js';
import { formatDuration } from '../outputs/report/format.js';

const mostFailures = 5;

/** The lines of `tlw backfill --status`. */
export function statusText(status: BackfillStatus, nowMs: number): string {
  const { tasks, jobId, submittedMs, isQueueKnown, folder } = status;
  const count = (state: TaskStatus['state']): number => tasks.filter((task) => task.state === state).length;
  const sum = (of: (task: TaskStatus) => number): number => tasks.reduce((total, task) => total + of(task), 0);
  const [logs, done] = [sum((task) => task.logs), sum((task) => task.done)];
  const ended = tasks.filter(({ state }) => state === 'ended');
  const failures = tasks.flatMap((task) => task.failures);
  const eta = etaSeconds(status, nowMs);
  const lines = [
    `job    ${jobId ?? (isQueueKnown ? 'not in the queue' : 'unknown: squeue does not answer')}, submitted ${formatDuration((nowMs - submittedMs) / 1000)} ago`,
    `tasks  ${count('done')} done, ${count('running')} running, ${count('waiting')} waiting, ${ended.length} failed`,
    ...ended.slice(0, mostFailures).map(({ task, word, logs: all, done: own }) => {
      return `       task ${task}: ${word ?? 'ended'}, ${all - own} of ${all} logs left`;
    }),
    `logs   ${done} of ${logs} have their package`,
    ...failures.slice(0, mostFailures).map((line) => `       ${line.replace(/^tlw: /, '')}`),
    ...(eta === null ? [] : [`ETA    about ${formatDuration(eta)}`]),
    ...(done < logs && jobId === null ? ['next   tlw backfill --slurm goes on with what is left'] : []),
    `files  ${folder}`,
  ];
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

/** By what was done so far; null where nothing is running or nothing was done yet. */
function etaSeconds({ tasks, submittedMs }: BackfillStatus, nowMs: number): number | null {
  const isRunning = tasks.some(({ state }) => state === 'running');
  const done = tasks.reduce((total, task) => total + task.done, 0);
  const left = tasks.reduce((total, task) => total + (task.state === 'ended' ? 0 : task.logs - task.done), 0);
  return isRunning && done > 0 ? (((nowMs - submittedMs) / done) * left) / 1000 : null;
}
