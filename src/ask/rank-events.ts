/** What happened to the ranks of a run, and at which epoch: who broke first. Pure. */

import { median } from 'simple-statistics';
import type { EpochTable, Rank } from '../experiment.js';

/** Of one rank; epochs are those of its last segment. */
export interface RankEvents {
  readonly rank: Rank;
  /** First epoch with a figure of its own that is not finite; null where there is none. */
  readonly notFiniteAt: number | null;
  /** Last epoch that it printed anything of, where other ranks went on for as many epochs as mean something; else null. */
  readonly silentAfter: number | null;
}

/** How unlike the ranks were in one epoch. */
export interface EpochSkew {
  readonly epoch: number;
  /** Median over ranks of the time per step, s. */
  readonly typicalSeconds: number;
  readonly slowest: Rank;
  readonly slowestSeconds: number;
  /** What the slowest took more than the median, as a share of it: 0.5 for half as much again. */
  readonly skew: number;
}

/** Ranks of a run that goes on are read a little apart. */
const leastLag = { running: 2, ended: 1 } as const;

/** The events of each rank; of no rank's silence where only one of them prints. */
export function rankEventsOf(
  ranks: readonly Rank[],
  { isRunning, doesOnePrint }: { readonly isRunning: boolean; readonly doesOnePrint: boolean },
): RankEvents[] {
  const segment = Math.max(0, ...ranks.map(({ epochs }) => epochs.segment[epochs.length - 1] ?? 0));
  const lasts = ranks.map(({ epochs }) =>
    rowsOf(epochs, segment).reduce((last, i) => Math.max(last, epochs.epoch[i] ?? 0), 0),
  );
  const farthest = Math.max(0, ...lasts);
  const lag = isRunning ? leastLag.running : leastLag.ended;
  return ranks.map((rank, i) => {
    const last = lasts[i] ?? 0;
    return {
      rank,
      notFiniteAt: notFiniteAt(rank.epochs, segment),
      silentAfter: !doesOnePrint && farthest - last >= lag ? last : null,
    };
  });
}

/** By epoch of the last segment, where two ranks or more say how long a step took. */
export function epochSkewsOf(ranks: readonly Rank[]): EpochSkew[] {
  const segment = Math.max(0, ...ranks.map(({ epochs }) => epochs.segment[epochs.length - 1] ?? 0));
  const byEpoch = new Map<number, { readonly rank: Rank; readonly seconds: number }[]>();
  for (const rank of ranks) {
    for (const i of rowsOf(rank.epochs, segment)) {
      const seconds = rank.epochs.secondsPerStep[i] ?? Number.NaN;
      if (!Number.isFinite(seconds)) continue;
      const epoch = rank.epochs.epoch[i] ?? 0;
      byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), { rank, seconds }]);
    }
  }
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .flatMap(([epoch, times]) => {
      const [first, ...others] = times;
      if (first === undefined || others.length === 0) return [];
      const slowest = others.reduce((most, each) => (each.seconds > most.seconds ? each : most), first);
      const typicalSeconds = median(times.map(({ seconds }) => seconds));
      const skew = typicalSeconds > 0 ? slowest.seconds / typicalSeconds - 1 : 0;
      return [{ epoch, typicalSeconds, slowest: slowest.rank, slowestSeconds: slowest.seconds, skew }];
    });
}

function rowsOf({ length, segment }: EpochTable, wanted: number): number[] {
  return Array.from({ length }, (_, i) => i).filter((i) => segment[i] === wanted);
}

/** Figures that are averaged over ranks are no rank's own: then what it saw itself counts, where that was printed. */
function notFiniteAt(epochs: EpochTable, segment: number): number | null {
  const columns = [...epochs.local.values(), ...epochs.metrics.values()];
  const row = rowsOf(epochs, segment).find((i) =>
    columns.some(({ present, values }) => present[i] && !Number.isFinite(values[i])),
  );
  return row === undefined ? null : (epochs.epoch[row] ?? null);
}

/** What happened first, as half a sentence each, the earliest first; one that happened to all ranks at once names none. */
export function eventTextsOf(events: readonly RankEvents[]): string[] {
  const found = [
    ...textsOf(
      events,
      ({ notFiniteAt: at }) => at,
      (who, at) => `${who} not finite from epoch ${at} on`,
    ),
    ...textsOf(
      events,
      ({ silentAfter: at }) => at,
      (who, at) => (at === 0 ? `${who} never completed an epoch` : `${who} silent after epoch ${at}`),
    ),
  ];
  return found.sort((a, b) => a.epoch - b.epoch).map(({ text }) => text);
}

function textsOf(
  events: readonly RankEvents[],
  epochOf: (events: RankEvents) => number | null,
  describe: (who: string, epoch: number) => string,
): { readonly epoch: number; readonly text: string }[] {
  const at = new Map<number, RankEvents[]>();
  for (const each of events) {
    const epoch = epochOf(each);
    if (epoch !== null) at.set(epoch, [...(at.get(epoch) ?? []), each]);
  }
  return [...at].map(([epoch, those]) => {
    const names = those
      .slice(0, 4)
      .map(({ rank }) => rank.rank ?? '?')
      .join(', ');
    const more = those.length > 4 ? ` and ${those.length - 4} more` : '';
    const who =
      those.length === events.length && those.length > 1
        ? `all ${those.length} ranks`
        : `${those.length > 1 ? 'ranks' : 'rank'} ${names}${more}`;
    return { epoch, text: describe(who, epoch) };
  });
}
