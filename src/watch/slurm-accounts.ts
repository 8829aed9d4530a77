/** What Slurm's accounting knows of jobs, by `sacct`. */

import { isJobOver, type SlurmJob } from '../slurm-job.js';
import { askSlurm } from './slurm-command.js';

const fields = 'JobID,JobIDRaw,State,ExitCode,Start,End,ElapsedRaw,NNodes,NodeList,MaxRSS';
/** A word of a command line can hold no more. */
const mostCharacters = 100_000;

/** A job that is asked for, and when the log that it wrote was last written to, ms since 1970. */
export interface WantedJob {
  readonly id: string;
  readonly logMtimeMs: number;
}

/** As many of the jobs as one call can ask for. */
export function takeBatch<Wanted extends WantedJob>(wanted: readonly Wanted[]): Wanted[] {
  let characters = 0;
  return wanted.filter(({ id }) => {
    characters += id.length + 1;
    return characters < mostCharacters;
  });
}

/**
 * What one call of sacct says of jobs, in their order; undefined for one that it does not know. null where there is no
 * accounting, or it does not answer: then nothing is known of any.
 */
export async function readSlurmAccounts(
  wanted: readonly WantedJob[],
  sacct = 'sacct',
): Promise<readonly (SlurmJob | undefined)[] | null> {
  const earliest = Math.min(...wanted.map(({ logMtimeMs }) => logMtimeMs));
  const since = new Date(Math.max(0, earliest - longestJobMs)).toISOString().slice(0, 10);
  const ids = [...new Set(wanted.map(({ id }) => id))].join(',');
  const words = [
    '--allusers',
    '--duplicates',
    '--noheader',
    '--parsable2',
    `--format=${fields}`,
    `--starttime=${since}`,
  ];
  const answer = await askSlurm(sacct, [...words, `--jobs=${ids}`]);
  return 'text' in answer ? findJobs(parseAccounts(answer.text), wanted) : null;
}

const longestJobMs = 366 * 24 * 3_600_000;

/** One start of a job, or of a part of it. */
export interface AccountRecord extends Omit<SlurmJob, 'id' | 'nodeHours' | 'records'> {
  /** `123`, `123_4`, `123+1` */
  readonly jobId: string;
  readonly rawId: string;
}

/** The lines of sacct: allocations, each with the largest memory of its steps. */
export function parseAccounts(text: string): AccountRecord[] {
  const records: AccountRecord[] = [];
  for (const line of text.split('\n')) {
    const [jobId = '', rawId = '', state = '', exitCode = '', start = '', end = '', elapsed, nodes, nodeList, maxRss] =
      line.split('|');
    const maxMemoryBytes = parseMemory(maxRss ?? '');
    const last = records.at(-1);
    if (last !== undefined && jobId.startsWith(`${last.jobId}.`)) {
      const largest = Math.max(last.maxMemoryBytes ?? 0, maxMemoryBytes ?? 0);
      records[records.length - 1] = { ...last, maxMemoryBytes: largest === 0 ? null : largest };
    } else if (/^\d+(?:_\d+)?(?:\+\d+)?$/.test(jobId)) {
      records.push({
        ...{ jobId, rawId, exitCode, maxMemoryBytes, startMs: parseTime(start), endMs: parseTime(end) },
        state: /^[A-Z_]+/.exec(state)?.[0] ?? 'UNKNOWN',
        elapsedSeconds: Number(elapsed) || 0,
        nodes: Number(nodes) || 0,
        nodeList: nodeList === undefined || /^(?:None assigned)?$/.test(nodeList) ? null : nodeList,
      });
    }
  }
  return records;
}

/** `1.5G`, `120K`, `0n` in bytes; null where nothing was measured, which sacct also writes as 0. */
export function parseMemory(text: string): number | null {
  const [, figure, unit = ''] = /^(\d+(?:\.\d+)?)([KMGTPE]?)[nc]?$/.exec(text.trim()) ?? [];
  if (figure === undefined || Number(figure) === 0) return null;
  return Math.round(Number(figure) * 1024 ** ('KMGTPE'.indexOf(unit || ' ') + 1));
}

/** In UTC, since sacct is asked so; null for `Unknown` and `None`. */
function parseTime(text: string): number | null {
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** Clocks of hosts and file servers differ, and output comes late. */
const slackMs = 10 * 60_000;
/** A job that was requeued starts again within this time. */
const longestRequeueMs = 7 * 24 * 3_600_000;

/** The job that each of `wanted` means. Numbers come again after some time, so that one only counts if it ran while the log was written. */
export function findJobs(
  records: readonly AccountRecord[],
  wanted: readonly WantedJob[],
): readonly (SlurmJob | undefined)[] {
  const byId = new Map<string, AccountRecord[]>();
  for (const record of records) {
    // `123+1` is part of job 123; its own number is 124.
    const leader = record.jobId.replace(/\+\d+$/, '');
    for (const id of new Set([record.jobId, record.rawId, leader])) byId.set(id, [...(byId.get(id) ?? []), record]);
  }
  return wanted.map(({ id, logMtimeMs }) => {
    const named = byId.get(id) ?? [];
    // The number of an array is also the own number of one of its tasks, but never two tasks'.
    const own = named.filter(({ rawId, jobId }) => jobId === id || rawId === id || jobId.startsWith(`${id}+`));
    return jobOf(id, own, logMtimeMs);
  });
}

function jobOf(id: string, records: readonly AccountRecord[], logMtimeMs: number): SlurmJob | undefined {
  const started = [...records].sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  const fitting = started.filter(({ startMs, endMs }) => {
    return startMs !== null && startMs - slackMs <= logMtimeMs && (endMs === null || logMtimeMs <= endMs + slackMs);
  });
  const last = fitting.at(-1);
  if (last === undefined) return undefined;
  const parts = fitting.filter(({ startMs }) => startMs === last.startMs);
  const isPart = last.jobId.includes('+');
  const earlier = isPart ? [] : earlierStarts(started, last);
  const all = [...parts, ...earlier];
  const memory = Math.max(...all.map(({ maxMemoryBytes }) => maxMemoryBytes ?? 0));
  const gravest = parts.reduce((a, b) => (gravity(b) < gravity(a) ? b : a));
  return {
    ...{ id, state: gravest.state, exitCode: gravest.exitCode, startMs: last.startMs },
    endMs: parts.some(({ endMs }) => endMs === null) ? null : Math.max(...parts.map(({ endMs }) => endMs ?? 0)),
    elapsedSeconds: Math.max(...parts.map(({ elapsedSeconds }) => elapsedSeconds)),
    nodes: parts.reduce((sum, { nodes }) => sum + nodes, 0),
    nodeList: parts.flatMap(({ nodeList }) => nodeList ?? []).join(',') || null,
    nodeHours: all.reduce((sum, { elapsedSeconds, nodes }) => sum + elapsedSeconds * nodes, 0) / 3600,
    maxMemoryBytes: memory === 0 ? null : memory,
    records: 1 + earlier.length,
  };
}

/** Starts of the same job before this one, each ended not long before the next began. */
function earlierStarts(started: readonly AccountRecord[], last: AccountRecord): AccountRecord[] {
  const earlier: AccountRecord[] = [];
  let next = last;
  for (const record of started.slice(0, started.indexOf(last)).reverse()) {
    const restMs = (next.startMs ?? 0) - (record.endMs ?? Number.NEGATIVE_INFINITY);
    if (record.jobId !== last.jobId || restMs < -slackMs || restMs > longestRequeueMs) break;
    earlier.push(record);
    next = record;
  }
  return earlier;
}

const order = ['NODE_FAIL', 'OUT_OF_MEMORY', 'TIMEOUT', 'DEADLINE', 'PREEMPTED', 'CANCELLED', 'BOOT_FAIL', 'FAILED'];

/** Less is graver; what goes on outweighs what is over. */
function gravity(record: AccountRecord): number {
  if (!isJobOver(record)) return -1;
  const place = order.indexOf(record.state);
  return place === -1 ? order.length : place;
}
