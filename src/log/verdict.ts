/** What became of a run, from what its ranks and its launcher said; the rules are in docs/data-rules.md. */
import type { Rank, RankEnd, RankRelation, Status } from '../experiment.js';
import { graverEnd, type RankFold } from './rank-fold.js';
import type { Row } from './row.js';

/** An end that the launcher or the scheduler told, or a rank's own; `rank` is null where nobody is named. */
export interface ToldEnd extends RankEnd {
  readonly rank: number | null;
}

export interface Verdict {
  readonly status: Status;
  readonly reason: string | null;
  readonly reasonRank: number | null;
}

/** How one rank ended, by its own words, else by its figures; null where nothing tells. */
export function rankEnd(fold: RankFold): RankEnd | null {
  const last = lastRow(fold);
  const diverged = last?.final && isDiverged(last);
  const byFigures = diverged ? ({ status: 'diverged', reason: notFinite(last), offset: last.offset } as const) : null;
  const told = graverEnd(fold.end, byFigures);
  if (told && told.status !== 'completed') return told;
  if (fold.isEarlyStopped) return { status: 'early_stopped', reason: null, offset: null };
  if (!last || (told && fold.isDone)) return told;
  // Where nobody prints how many epochs are planned, a log that ends right behind a whole one is the best that a completed run can show.
  const isWhole = last.final && (fold.planned === null || last.epoch >= fold.planned);
  if (isWhole) return { status: 'completed', reason: null, offset: null };
  if (last.final && (told || fold.totalTime !== null)) {
    return {
      status: 'early_stopped',
      reason: `ended normally after epoch ${last.epoch} of ${fold.planned}`,
      offset: null,
    };
  }
  return told;
}

/** The status of the whole run: over its ranks and what was told of it, the gravest. */
export function verdict(
  folds: readonly RankFold[],
  ends: ReadonlyMap<RankFold, RankEnd | null>,
  told: readonly ToldEnd[],
  isMixed: boolean,
): Verdict {
  let gravest: ToldEnd | null = null;
  const all: ToldEnd[] = [...told.filter((end) => holds(end, folds))];
  for (const fold of folds) {
    const end = ends.get(fold);
    if (end) all.push({ ...end, rank: fold.rank });
  }
  all.sort((a, b) => (a.offset ?? Number.POSITIVE_INFINITY) - (b.offset ?? Number.POSITIVE_INFINITY));
  for (const end of all) gravest = graverEnd<ToldEnd>(gravest, end);
  const printing = folds.filter((fold) => lastRow(fold));
  const isSettled = printing.length > 0 && printing.every((fold) => ends.get(fold));
  if (!gravest) return { status: 'stalled', reason: null, reasonRank: null };
  if (gravest.status === 'completed' || gravest.status === 'early_stopped' || gravest.status === 'diverged') {
    if (!isSettled && !isMixed && printing.length > 0) {
      return { status: 'stalled', reason: 'the log stops without an end', reasonRank: null };
    }
  }
  return { status: gravest.status, reason: gravest.reason, reasonRank: gravest.rank };
}

/** What was told of the run's end holds unless training began anew behind it, or simply went on for epochs (a requeued job). */
function holds(end: ToldEnd, folds: readonly RankFold[]): boolean {
  const offset = end.offset;
  if (offset === null) return true;
  if (folds.some((fold) => fold.restartedAt > offset)) return false;
  return !(end.status === 'killed' && folds.some(({ lastHeaders }) => lastHeaders[1] > offset));
}

function lastRow(fold: RankFold): Row | undefined {
  return fold.rows.at(-1);
}

function isDiverged(row: Row): boolean {
  return divergedMetrics(row).length > 0;
}

function notFinite(row: Row): string {
  return `${divergedMetrics(row).join(' and ')} not finite at epoch ${row.epoch}`;
}

function divergedMetrics({ figures: { names, values } }: Row): string[] {
  return names.filter(
    (name, i) => /^(?:(?:train|val|valid|eval|test)[_/])?loss$/i.test(name) && !Number.isFinite(values[i]),
  );
}

/** How the figures of the ranks relate; null for a run of one rank. */
export function rankRelation(ranks: readonly Rank[], worldSize: number): RankRelation | null {
  const printing = ranks.filter((rank) => rank.epochs.length > 0);
  if (worldSize < 2 || printing.length === 0) return null;
  if (printing.length === 1) return 'one_rank_prints';
  return isAveraged(printing) ? 'averaged' : 'independent';
}

/** Whether all ranks have equal validation figures (or, without validation, equal figures) in every epoch that two of them completed. */
function isAveraged(ranks: readonly Rank[]): boolean {
  const names = [...new Set(ranks.flatMap((rank) => [...rank.epochs.metrics.keys()]))].filter(
    (name) => name !== 'learning_rate',
  );
  const validation = names.filter((name) => name.startsWith('val_'));
  const compared = validation.length > 0 ? validation : names;
  const seen = new Map<string, number>();
  let shared = 0;
  for (const { epochs } of ranks) {
    for (let i = 0; i < epochs.length; i += 1) {
      if ((epochs.flags[i] as number) & 1) continue;
      for (const name of compared) {
        const column = epochs.metrics.get(name);
        if (!column?.present[i]) continue;
        const place = `${epochs.segment[i]} ${epochs.epoch[i]} ${name}`;
        const value = column.values[i] as number;
        const other = seen.get(place);
        if (other === undefined) seen.set(place, value);
        else if (!Object.is(other, value)) return false;
        else shared += 1;
      }
    }
  }
  return shared > 0;
}
