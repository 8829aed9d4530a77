/** Dead runs, clustered by their last words, and what their settings have in common. Pure. */

import type { Status } from '../experiment.js';
import type { ExperimentOverview } from '../summary.js';
import { settingText } from './fields.js';

export interface FailureCluster {
  /** The last words without what differs from run to run. */
  readonly shape: string;
  readonly status: Status;
  /** Words of the first of them, in full. */
  readonly example: string;
  readonly experiments: readonly ExperimentOverview[];
  /** When a log of it ended first, ms since 1970, UTC. */
  readonly firstMs: number;
  readonly overRepresented: readonly OverRepresented[];
}

/** A setting that occurs more often among these than elsewhere, with the counts that show it. */
export interface OverRepresented {
  readonly setting: string;
  readonly value: string;
  /** Of the cluster's runs, how many have it; of all other runs, how many. */
  readonly inCluster: number;
  readonly clusterSize: number;
  readonly elsewhere: number;
  readonly othersSize: number;
  /** Probability that chance alone put at least this many into the cluster (hypergeometric, one-sided). */
  readonly p: number;
}

const dead: ReadonlySet<Status> = new Set([
  'failed',
  'killed',
  'diverged',
  'stalled',
  'unrecognised',
  'unreadable',
  'empty',
]);
/** Corrected for how many values are looked at (Bonferroni). */
const significance = 0.05;

/** Whether a run came to an end that nobody wanted. */
export function isDead({ run }: ExperimentOverview): boolean {
  return dead.has(run.status);
}

/** Clusters of dead runs, the largest first, then the one that occurred first. */
export function clusterFailures(experiments: readonly ExperimentOverview[]): FailureCluster[] {
  const clusters = new Map<string, ExperimentOverview[]>();
  for (const experiment of experiments) {
    if (!isDead(experiment)) continue;
    const key = `${experiment.run.status} ${shapeOf(experiment.run.reason ?? '')}`;
    clusters.set(key, [...(clusters.get(key) ?? []), experiment]);
  }
  return [...clusters.values()]
    .map((members) => describe(members, experiments))
    .sort(
      (a, b) => b.experiments.length - a.experiments.length || a.firstMs - b.firstMs || (a.shape < b.shape ? -1 : 1),
    );
}

/** `worker 7: /scratch/a/x.tfrecord: I/O error 5` → `worker #: <path>: I/O error #`. */
export function shapeOf(words: string): string {
  return words
    .replace(/0x[0-9a-f]+/gi, '#')
    .replace(/(?:\/[\w.@%+-]+){2,}\/?/g, '<path>')
    .replace(/\b[0-9a-f]{8,}\b/gi, '#')
    .replace(/\b\d{4}-\d\d-\d\dT?\s?\d\d:\d\d:\d\d(?:\.\d+)?\b/g, '<time>')
    .replace(/\d+(?:\.\d+)?/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

function describe(members: readonly ExperimentOverview[], all: readonly ExperimentOverview[]): FailureCluster {
  const sorted = [...members].sort((a, b) => a.log.mtimeMs - b.log.mtimeMs);
  const [first] = sorted;
  return {
    shape: shapeOf(first?.run.reason ?? ''),
    status: first?.run.status ?? 'failed',
    example: first?.run.reason ?? '',
    experiments: sorted,
    firstMs: first?.log.mtimeMs ?? 0,
    overRepresented: overRepresented(members, all),
  };
}

function overRepresented(
  members: readonly ExperimentOverview[],
  all: readonly ExperimentOverview[],
): OverRepresented[] {
  const inside = countSettings(members);
  const everywhere = countSettings(all);
  const othersSize = all.length - members.length;
  const found: OverRepresented[] = [];
  for (const [key, inCluster] of inside) {
    const [setting = '', value = ''] = JSON.parse(key) as [string, string];
    const total = everywhere.get(key) ?? 0;
    // What all runs have tells nothing.
    if (total === all.length || othersSize === 0) continue;
    const p = atLeast(inCluster, members.length, total, all.length);
    if (p * everywhere.size <= significance) {
      found.push({
        setting,
        value,
        inCluster,
        clusterSize: members.length,
        elsewhere: total - inCluster,
        othersSize,
        p,
      });
    }
  }
  return found.sort((a, b) => a.p - b.p);
}

function countSettings(experiments: readonly ExperimentOverview[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { hyperparameters } of experiments) {
    for (const setting of hyperparameters) {
      const key = JSON.stringify([setting.name, settingText(setting)]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** P(X ≥ hits) for `draws` without replacement from `size` of which `marked` are marked. */
export function atLeast(hits: number, draws: number, marked: number, size: number): number {
  let sum = 0;
  for (let k = hits; k <= Math.min(draws, marked); k += 1) {
    sum += Math.exp(logChoose(marked, k) + logChoose(size - marked, draws - k) - logChoose(size, draws));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
