/** Ends that one line tells. */
import type { End } from './ends.js';
import { maybeRankNumber } from './numbers.js';

export interface ToldByLine {
  readonly end: End;
  /** Those who clean up after a failed rank make the others end so. */
  readonly isCleanUp: boolean;
}

/** What a line tells of an end, if it does; the line is the reason. */
export function readEndLine(text: string): ToldByLine | undefined {
  for (const rule of rules) {
    const match = rule.pattern.exec(text);
    if (!match) continue;
    const status = typeof rule.status === 'function' ? rule.status(match) : rule.status;
    if (status === undefined) return undefined;
    const rank = maybeRankNumber(match.groups?.rank);
    return {
      end: {
        kind: 'end',
        status,
        // What was glued in front of the message, an unfinished bar perhaps, is not part of it.
        reason: text.slice(match.index).replaceAll(/\s+/g, ' ').trim().slice(0, 300),
        ...(rank === undefined ? {} : { rank }),
      },
      isCleanUp: rule.isCleanUp ?? false,
    };
  }
  return undefined;
}

/** SIGKILL is what schedulers and the kernel send; a process that ends by any other code has failed. */
export function statusOfExit(code: number): End['status'] {
  return code === -9 || code === 128 + 9 ? 'killed' : 'failed';
}

/** `9 (Killed)` → killed, any other signal → failed. */
export function statusOfSignal(signal: string): End['status'] {
  return /^9\b|Killed|SIGKILL/.test(signal) ? 'killed' : 'failed';
}

interface Rule {
  readonly pattern: RegExp;
  /** undefined: the line says nothing of its own. */
  readonly status: End['status'] | ((match: RegExpExecArray) => End['status'] | undefined);
  readonly isCleanUp?: boolean;
}

const byCode =
  (group: number) =>
  (match: RegExpExecArray): End['status'] | undefined =>
    Number(match[group]) === 0 ? undefined : statusOfExit(Number(match[group]));

const slurm: readonly Rule[] = [
  {
    pattern:
      /slurmstepd[\w.-]*: error: \*{3} .{0,300}(?:DUE TO (?:TIME LIMIT|PREEMPTION|NODE FAILURE|JOB REQUEUE)|STEPD TERMINATED ON)/i,
    status: 'killed',
  },
  {
    pattern: /slurmstepd[\w.-]*: error: \*{3} .{0,300}(?:DUE TO TASK FAILURE|FAILED \(non-zero exit code)/i,
    status: 'failed',
  },
  { pattern: /slurmstepd[\w.-]*: error: \*{3} STEP \S+ ON \S+ CANCELLED AT /, status: 'killed', isCleanUp: true },
  { pattern: /slurmstepd[\w.-]*: error: \*{3} .{0,300}CANCELLED AT /, status: 'killed' },
  { pattern: /(?:slurmstepd[\w.-]*: error: .{0,300})?Detected \d+ oom[-_]kill event/i, status: 'killed' },
  { pattern: /(?:slurmstepd[\w.-]*: error: .{0,300})?Exceeded job memory limit/, status: 'killed' },
  { pattern: /srun: error: [^:]+: tasks? (?<rank>\d+)[^:]*: Out Of Memory/, status: 'killed' },
  { pattern: /srun: error: [^:]+: tasks? (?<rank>\d+)[^:]*: Killed/, status: 'killed', isCleanUp: true },
  { pattern: /srun: error: [^:]+: tasks? (?<rank>\d+)[^:]*: Exited with exit code (\d+)/, status: byCode(2) },
  {
    pattern: /srun: error: [^:]+: tasks? (?<rank>\d+)[^:]*: (?:Segmentation|Aborted|Bus error|Floating|Illegal)/,
    status: 'failed',
  },
  { pattern: /srun: (?:forcing job termination|error: Node failure|error: Timed out)/, status: 'killed' },
];

const schedulers: readonly Rule[] = [
  {
    pattern: /TERM_(?:RUNLIMIT|MEMLIMIT|OWNER|ADMIN|PREEMPT|SWAP|CPULIMIT|DEADLINE|FORCE_\w+|REQUEUE_\w+)\b/,
    status: 'killed',
  },
  { pattern: /^Exited with exit code (\d+)\.$/, status: byCode(1) },
  { pattern: /^Successfully completed\.$/, status: 'completed' },
  { pattern: /=>> PBS: job killed: /, status: 'killed' },
];

const mpi: readonly Rule[] = [
  { pattern: /MPI_ABORT was invoked on rank (?<rank>\d+)/, status: 'failed' },
  {
    pattern: /(?:Abort\(-?\d+\) on node \d+ \(rank (?<rank>\d+) in comm \d+\)|application called MPI_Abort\()/,
    status: 'failed',
  },
  { pattern: /\*{3} An error occurred in MPI_\w+/, status: 'failed' },
  { pattern: /has exited due to process rank (?<rank>\d+) with PID/, status: 'failed' },
  { pattern: /KILLED BY SIGNAL: (\d+ \(.*\))/, status: (match) => statusOfSignal(match[1] ?? ''), isCleanUp: true },
  {
    pattern: /YOUR APPLICATION TERMINATED WITH THE EXIT STRING: (.+) \(signal (\d+)\)/,
    status: (match) => statusOfSignal(match[2] ?? ''),
    isCleanUp: true,
  },
  // Of a process that was killed by a signal, this is the signal; the next lines name it.
  {
    pattern: /^= +EXIT (?:CODE|STATUS): (\d+)/,
    status: (match) => (Number(match[1]) === 9 ? undefined : byCode(1)(match)),
  },
  {
    pattern: /There are not enough slots available in the system|was unable to launch the specified application/,
    status: 'failed',
  },
  { pattern: /^mpi(?:run|exec)(?:\.\w+)?: killing job/, status: 'killed' },
];

const launchers: readonly Rule[] = [
  { pattern: /Horovod has been shut down\. This was caused by an exception/, status: 'failed' },
  { pattern: /^Process (?<rank>\d+) exit with status code (\d+)\./, status: byCode(2) },
  { pattern: /\[launch\.py:\d+:\w+\] Process \d+ exits successfully/, status: 'completed' },
  { pattern: /exits with return code = (-?\d+)/, status: byCode(1) },
  {
    pattern: /Main process received SIGTERM, exiting|Received (?:Signals\.)?(?:SIGTERM|15) death signal/,
    status: 'killed',
  },
  { pattern: /Some NCCL operations have failed or timed out\..*taking the entire process down/, status: 'failed' },
];

const processes: readonly Rule[] = [
  { pattern: /(?:: line \d+:|^) *\d+ Killed\b|^Killed\s*$|^\S+: line \d+: +\d+ +Killed/, status: 'killed' },
  {
    pattern:
      /(?:^|: line \d+: +\d+ +)(?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception)(?: *\(core dumped\)|$)/,
    status: 'failed',
  },
  { pattern: /\bSignal: [A-Z][\w ]+ \((\d+)\)/, status: (match) => statusOfSignal(match[1] ?? '') },
  { pattern: /Fatal Python error: /, status: 'failed' },
  { pattern: /terminate called after throwing an instance of 'std::bad_alloc'/, status: 'killed' },
  { pattern: /terminate called (?:after throwing|without an active|recursively)/, status: 'failed' },
];

const loops: readonly Rule[] = [
  {
    pattern: /^\W*(?:training (?:is )?(?:finished|completed?|done|ended)|(?:finished|done) training)\W*$/i,
    status: 'completed',
  },
];

const rules: readonly Rule[] = [...slurm, ...schedulers, ...mpi, ...launchers, ...processes, ...loops];
