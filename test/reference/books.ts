/** Every text of every line is given to the dialect, and what comes of it counted; the reference of `src/log/log-fold.ts`. */
import type { Finding, Run } from '../../src/experiment.js';
import { commonReaders } from '../../src/log/common.js';
import { type Dialect, type LogEvent, needsEpoch, type RankReader } from '../../src/log/event.js';
import { finish } from '../../src/log/finish.js';
import { type Launcher, mixedNote } from '../../src/log/launchers/index.js';
import { RankFold } from '../../src/log/rank-fold.js';
import { canBeRank, noRanksTag } from '../../src/log/rank-numbers.js';
import type { ToldEnd } from '../../src/log/verdict.js';
import type { StreamLine } from './streams.js';
import { textsOf, type WrittenText } from './terminal.js';

export interface Book {
  readonly lines: readonly StreamLine[];
  readonly launcher: Launcher;
  readonly dialect: Dialect | undefined;
  readonly isMixed: boolean;
  readonly maxPoints: number | null;
  readonly bytes: number;
  readonly nulBytes: number;
}

interface OneRank {
  readonly fold: RankFold;
  readonly reader: RankReader | undefined;
}

const maxFindings = 100;

export function keepBooks(book: Book): { run: Run; looksMixed: boolean } {
  const { dialect, isMixed, maxPoints } = book;
  const ranks = new Map<number | null, OneRank>();
  const common = commonReaders.map((make) => make());
  const told: ToldEnd[] = [];
  const findings: Finding[] = [];
  const count = { understood: 0, ignored: 0, repaired: 0, quarantined: 0, badUtf8: 0 };
  const first: Record<'ignored' | 'repaired' | 'quarantined', number | null> = {
    ignored: null,
    repaired: null,
    quarantined: null,
  };
  let byDialect = 0;
  let worldSize: number | null = null;
  let jobId: string | null = null;

  const rankOf = (line: StreamLine): number | null => (isMixed ? null : line.rank);
  const oneRank = (rank: number | null): OneRank => {
    const known = ranks.get(rank);
    if (known) return known;
    const reader = (isMixed && dialect?.mixedReader ? dialect.mixedReader : dialect?.reader)?.();
    const made = { fold: new RankFold(rank, maxPoints), reader };
    ranks.set(rank, made);
    return made;
  };
  const take = (event: LogEvent, rank: OneRank | undefined, { offset, spliced }: WrittenText): void => {
    if (event.kind === 'world_size') worldSize = Math.max(worldSize ?? 0, event.ranks);
    else if (event.kind === 'job') jobId ??= event.id;
    else if (event.kind === 'end' && (!rank || (event.rank ?? rank.fold.rank) !== rank.fold.rank))
      told.push({ status: event.status, reason: event.reason, offset, rank: event.rank ?? null });
    else if (event.kind === 'host' && event.rank !== undefined && !isMixed)
      oneRank(event.rank).fold.apply(event, offset, spliced);
    else rank?.fold.apply(event, offset, spliced);
  };
  const note = (kind: 'repaired' | 'quarantined', offset: number, rank: number | null, what: string): void => {
    count[kind] += 1;
    first[kind] = Math.min(first[kind] ?? offset, offset);
    if (findings.length < maxFindings) findings.push({ offset, rank, what });
  };

  for (const line of book.lines) {
    const isNobodys = line.rank !== null && !canBeRank(line.rank, book.launcher.pairBase);
    const isRanks = line.kind !== 'launcher' && !isNobodys;
    const wantsAll = isRanks && (dialect?.updates === 'all' || maxPoints !== null);
    const all = textsOf(line);
    const texts = wantsAll ? all : all.slice(-2);
    count.badUtf8 += texts.filter((text) => text.isBadUtf8).length;
    const last = texts.at(-1);
    if (wantsAll)
      for (const text of texts.slice(0, -1)) {
        const rank = oneRank(rankOf(line));
        if (!rank.fold.isAdrift) rank.reader?.update?.(text.text, (event) => take(event, rank, text));
      }
    if (!last) {
      count.ignored += 1;
      continue;
    }
    if (isNobodys) {
      note('quarantined', last.offset, null, noRanksTag);
      continue;
    }
    const rank = isRanks ? oneRank(rankOf(line)) : undefined;
    if (line.doubt !== undefined && rank) {
      rank.fold.isAdrift = true;
      note('quarantined', last.offset, rankOf(line), line.doubt);
      continue;
    }
    let doubt: string | undefined;
    let hasRecord = false;
    const emit = (event: LogEvent): void => {
      if (rank?.fold.isAdrift && needsEpoch(event)) {
        if (event.kind !== 'epoch' && (event.kind !== 'figures' || event.final))
          doubt = 'a record behind lost output: its epoch is not known';
        return;
      }
      if (event.kind === 'doubt') doubt = event.what;
      else if (event.kind === 'figures' && event.final) hasRecord = true;
      const isOfUpdate = event.kind === 'figures' && event.isOfUpdate === true;
      take(event, rank, (isOfUpdate && texts.at(-2)) || last);
    };
    const isDialects = rank?.reader?.line(
      {
        text: last.text,
        update: texts.at(-2)?.text ?? null,
        terminated: line.terminated,
        spliced: last.spliced,
        stream: line.kind === 'stderr' ? 'stderr' : 'stdout',
      },
      emit,
    );
    if (isDialects) byDialect += 1;
    const speaker = isRanks ? rankOf(line) : null;
    const event = isDialects
      ? undefined
      : common
          .map((one) => () => one.line(last.text, line.kind, speaker))
          .reduce<LogEvent | undefined>((found, ask) => found ?? ask(), undefined);
    if (event) emit(event);
    if (doubt !== undefined) note('quarantined', last.offset, rankOf(line), doubt);
    else if (isDialects || event) count.understood += 1;
    else {
      count.ignored += 1;
      first.ignored = Math.min(first.ignored ?? last.offset, last.offset);
    }
    if (hasRecord && last.spliced && doubt === undefined)
      note('repaired', last.offset, rankOf(line), 'joined from pieces');
  }

  const folds = [...ranks.values()].map((one) => one.fold);
  const looks = book.launcher.name === 'none' ? 'looksMixed' : 'looksShared';
  const looksMixed = book.launcher.sharesNumbers === true && !isMixed && folds.some((fold) => fold[looks]);
  const run = finish({
    launcher: book.launcher.name,
    trainer: dialect?.name ?? 'none',
    isUnknown: byDialect === 0 && !isMixed,
    folds: folds.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0)),
    told,
    worldSize,
    jobId,
    isMixed,
    maxPoints,
    receipt: {
      bytes: book.bytes,
      lines: book.lines.length,
      understood: count.understood,
      ignored: count.ignored,
      repaired: count.repaired,
      quarantined: count.quarantined,
      firstIgnored: first.ignored,
      firstRepaired: first.repaired,
      firstQuarantined: first.quarantined,
      cutLines: 0,
      nulBytes: book.nulBytes,
      badUtf8: count.badUtf8,
      skippedValues: folds.reduce((sum, fold) => sum + fold.skippedValues, 0),
      replacedRows: folds.reduce((sum, fold) => sum + fold.replacedRows, 0),
      lastLineIncomplete: book.lines.some((line) => !line.terminated),
      findings,
      notes: isMixed ? [mixedNote(book.launcher)] : [],
    },
  });
  return { run, looksMixed };
}
