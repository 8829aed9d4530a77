/** How far a running experiment is, and whether all of its ranks still speak. Pure. */

import type { Experiment, Rank } from '../experiment.js';
import type { Summary } from '../summary.js';

export interface LiveRun {
  readonly key: string;
  readonly name: string;
  /** Epochs that any rank completed, and those that are planned where the log tells. */
  readonly done: number;
  readonly planned: number | null;
  /** s; null where nothing tells how long an epoch takes, or how many there will be, and for a run that may hang. */
  readonly leftSeconds: number | null;
  /** Since the log was last written to, when it was last looked at, ms. */
  readonly quietMs: number;
  /** Longer than an epoch should take: the run may hang. */
  readonly isSilent: boolean;
  /** Ranks that are two epochs or more behind the first one. */
  readonly behind: readonly Rank[];
}

/** Shorter silences mean nothing, however short the epochs are, ms. */
const leastSilenceMs = 120_000;

/** What there is to say of a running experiment at a moment, ms since 1970. */
export function liveRunOf({ key, name, log, run }: Experiment, summary: Summary, nowMs: number): LiveRun {
  const { lastEpoch, plannedEpochs: planned, secondsPerEpoch } = summary;
  const done = lastEpoch ?? 0;
  const quietMs = Math.max(0, nowMs - log.mtimeMs);
  const left = planned === null || secondsPerEpoch === null ? null : Math.max(0, planned - done) * secondsPerEpoch;
  const isSilent = quietMs > Math.max(leastSilenceMs, 3000 * (secondsPerEpoch ?? 0));
  return {
    ...{ key, name, done, planned, quietMs, isSilent },
    leftSeconds: left === null || isSilent ? null : Math.max(0, left - quietMs / 1000),
    behind: run.rankRelation === 'one_rank_prints' ? [] : run.ranks.filter((rank) => done - lastEpochOf(rank) >= 2),
  };
}

/** The last epoch that a rank printed anything of; 0 where it printed none. */
export function lastEpochOf({ epochs }: Rank): number {
  return epochs.epoch[epochs.length - 1] ?? 0;
}

/** By what a list of running experiments can be sorted. */
export const liveOrders = ['time left', 'progress', 'silence', 'name'] as const;
export type LiveOrder = (typeof liveOrders)[number];

/** Sorted: what ends first, is farthest, or is silent for longest comes first; what is not known comes last. */
export function sortLive<Run extends LiveRun>(runs: readonly Run[], order: LiveOrder): Run[] {
  const value: Record<LiveOrder, (run: LiveRun) => number> = {
    'time left': ({ leftSeconds }) => leftSeconds ?? Number.POSITIVE_INFINITY,
    progress: ({ done, planned }) => (planned ? -done / planned : Number.POSITIVE_INFINITY),
    silence: ({ quietMs }) => -quietMs,
    name: () => 0,
  };
  const of = value[order];
  return [...runs].sort((a, b) => {
    const [left, right] = [of(a), of(b)];
    if (left !== right) return left < right ? -1 : 1;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
}
