/** Dead runs, clustered by their last words, and what their settings have in common. Pure. */

import type { Status } from '../experiment.js';
import type { ListedExperiment } from '../summary.js';
import { settingText } from './fields.js';

export interface FailureCluster {
  /** The last words without what differs from run to run. */
  readonly shape: string;
  readonly status: Status;
  /** Words of the first of them, in full. */
  readonly example: string;
  readonly experiments: readonly ListedExperiment[];
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
export function isDead({ run }: ListedExperiment): boolean {
  return dead.has(run.status);
}

/** Clusters of dead runs, the largest first, then the one that occurred first; `repeatKeys` (seed, rep …) are not looked at. */
export function clusterFailures(
  experiments: readonly ListedExperiment[],
  repeatKeys: readonly string[] = [],
): FailureCluster[] {
  const clusters = new Map<string, ListedExperiment[]>();
  for (const experiment of experiments) {
    if (!isDead(experiment)) continue;
    const key = `${experiment.run.status} ${shapeOf(experiment.run.reason ?? '')}`;
    const cluster = clusters.get(key);
    if (cluster) cluster.push(experiment);
    else clusters.set(key, [experiment]);
  }
  const everywhere = countSettings(experiments, repeatKeys);
  return [...clusters.values()]
    .map((members) => describe(members, experiments.length, everywhere, countSettings(members, repeatKeys)))
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

function describe(
  members: readonly ListedExperiment[],
  size: number,
  everywhere: SettingCounts,
  inside: SettingCounts,
): FailureCluster {
  const sorted = [...members].sort((a, b) => a.log.mtimeMs - b.log.mtimeMs);
  const [first] = sorted;
  return {
    shape: shapeOf(first?.run.reason ?? ''),
    status: first?.run.status ?? 'failed',
    example: first?.run.reason ?? '',
    experiments: sorted,
    firstMs: first?.log.mtimeMs ?? 0,
    overRepresented: overRepresented(members.length, size, everywhere, inside),
  };
}

function overRepresented(
  clusterSize: number,
  size: number,
  everywhere: SettingCounts,
  inside: SettingCounts,
): OverRepresented[] {
  const othersSize = size - clusterSize;
  const compared = [...everywhere.values()].reduce((sum, values) => sum + values.size, 0);
  const found: OverRepresented[] = [];
  for (const [setting, values] of inside) {
    for (const [value, inCluster] of values) {
      const total = everywhere.get(setting)?.get(value) ?? 0;
      // What all runs have tells nothing.
      if (total === size || othersSize === 0) continue;
      const p = atLeast(inCluster, clusterSize, total, size);
      const elsewhere = total - inCluster;
      if (p * compared <= significance)
        found.push({ setting, value, inCluster, clusterSize, elsewhere, othersSize, p });
    }
  }
  return found.sort((a, b) => a.p - b.p);
}

/** Setting → value → how many have it. */
type SettingCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

function countSettings(experiments: readonly ListedExperiment[], repeatKeys: readonly string[]): SettingCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const { hyperparameters } of experiments) {
    for (const setting of hyperparameters) {
      if (repeatKeys.includes(setting.name)) continue;
      const values = counts.get(setting.name) ?? new Map<string, number>();
      const value = settingText(setting);
      counts.set(setting.name, values.set(value, (values.get(value) ?? 0) + 1));
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
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const logFactorials: number[] = [0];

/** Kept, as every setting asks for the same few thousand. */
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i += 1) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}
