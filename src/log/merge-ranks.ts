/** Joins what single ranks' own files say with what the log says. Pure. */
import type { Rank, RankEnd, Receipt, Run } from '../experiment.js';
import { graverEnd } from './rank-fold.js';
import { rankRelation } from './verdict.js';

/** One rank's own file, read. */
export interface RankRun {
  readonly rank: number;
  /** Its path, relative to the log's folder. */
  readonly file: string;
  readonly run: Run;
}

/** The run with its ranks' own files; a rank that the log itself has figures of keeps those. */
export function mergeRanks(log: Run, parts: readonly RankRun[]): Run {
  const ranks = new Map<number | null, Rank>(log.ranks.map((rank) => [rank.rank, rank]));
  const taken: number[] = [];
  for (const { rank, file, run } of parts) {
    const own = run.ranks.find((each) => each.epochs.length > 0) ?? run.ranks[0];
    const known = ranks.get(rank);
    if (own && (!known || (known.epochs.length === 0 && own.epochs.length > 0))) {
      ranks.set(rank, {
        ...own,
        rank,
        file,
        host: own.host ?? known?.host ?? null,
        end: graverEnd(own.end, known?.end ?? null),
      });
      taken.push(rank);
    } else if (known && own) ranks.set(rank, { ...known, end: graverEnd(known.end, own.end) });
  }
  const all = [...ranks.values()].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const worldSize = Math.max(log.worldSize ?? 0, ...all.map((rank) => (rank.rank ?? 0) + 1));
  const trained = [log, ...parts.map((part) => part.run)].find((run) =>
    run.ranks.some((rank) => rank.epochs.length > 0),
  );
  return {
    ...log,
    trainer: trained?.trainer ?? log.trainer,
    ...status(log, all),
    rankRelation: rankRelation(all, worldSize),
    worldSize,
    metricNames: new Map([log, ...parts.map((part) => part.run)].flatMap((run) => [...run.metricNames])),
    ranks: all,
    receipt: addReceipts(log.receipt, parts, taken),
  };
}

function status(log: Run, ranks: readonly Rank[]): Pick<Run, 'status' | 'reason' | 'reasonRank'> {
  if (log.status === 'killed' || log.status === 'failed') return log;
  let gravest: (RankEnd & { rank: number | null }) | null = null;
  for (const rank of ranks) if (rank.end) gravest = graverEnd(gravest, { ...rank.end, rank: rank.rank });
  const printing = ranks.filter((rank) => rank.epochs.length > 0);
  const isGrave = gravest?.status === 'killed' || gravest?.status === 'failed';
  if (!gravest || !(isGrave || (printing.length > 0 && printing.every((rank) => rank.end)))) return log;
  return { status: gravest.status, reason: gravest.reason, reasonRank: gravest.rank };
}

function addReceipts(log: Receipt, parts: readonly RankRun[], taken: readonly number[]): Receipt {
  const sum = (count: (receipt: Receipt) => number): number =>
    parts.reduce((total, part) => total + count(part.run.receipt), count(log));
  return {
    ...log,
    bytes: sum((receipt) => receipt.bytes),
    lines: sum((receipt) => receipt.lines),
    understood: sum((receipt) => receipt.understood),
    ignored: sum((receipt) => receipt.ignored),
    repaired: sum((receipt) => receipt.repaired),
    quarantined: sum((receipt) => receipt.quarantined),
    cutLines: sum((receipt) => receipt.cutLines),
    nulBytes: sum((receipt) => receipt.nulBytes),
    badUtf8: sum((receipt) => receipt.badUtf8),
    skippedValues: sum((receipt) => receipt.skippedValues),
    replacedRows: sum((receipt) => receipt.replacedRows),
    notes: taken.length > 0 ? [...log.notes, `ranks read from files of their own: ${taken.join(', ')}`] : log.notes,
  };
}
