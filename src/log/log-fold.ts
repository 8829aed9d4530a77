/** Takes the lines of all streams of a log, has them read, and keeps the books. */
import type { Run } from '../experiment.js';
import { Books } from './books.js';
import { type CommonReader, commonReaders } from './common.js';
import { commonWordsIn } from './common-words.js';
import { type Dialect, type LogEvent, needsEpoch, type RankReader } from './event.js';
import { finish } from './finish.js';
import { type Launcher, mixedNote } from './launchers/index.js';
import { noLineYet } from './line-at-hand.js';
import { RankFold } from './rank-fold.js';
import { canBeRank, noRanksTag, numberRanks } from './rank-numbers.js';
import type { RawLine } from './raw-line.js';
import type { Observe, ReadLine } from './read-line.js';
import { allTexts, lastTexts, type Text } from './terminal.js';
import type { Stream, Unweaver } from './unweave.js';
import type { ToldEnd } from './verdict.js';

export interface LogFoldOptions {
  readonly launcher: Launcher;
  readonly dialect: Dialect | undefined;
  /** Several ranks wrote the log without any tag. */
  readonly isMixed: boolean;
  readonly maxPoints: number | null;
  /** Is told of every line, how it was read. */
  readonly observe?: Observe;
}

const behindLost = 'a record behind lost output: its epoch is not known';

export class LogFold {
  readonly #options: LogFoldOptions;
  readonly #folds = new Map<number | null, RankFold>();
  readonly #readers = new Map<number | null, RankReader>();
  readonly #common: readonly CommonReader[] = commonReaders.map((make) => make());
  readonly #told: ToldEnd[] = [];
  readonly #books = new Books();
  /** The line at hand, and what became of it so far. */
  readonly #at = noLineYet();
  #byDialect = 0;
  #worldSize: number | null = null;
  #jobId: string | null = null;

  constructor(options: LogFoldOptions) {
    this.#options = options;
  }

  /** One line of one stream, in the order in which the lines ended. */
  line(stream: Stream, raw: RawLine): void {
    if (!raw.terminated) this.#books.lastLineIncomplete = true;
    const { last, before } = this.#texts(stream, raw);
    if (!last) {
      this.#books.ignore();
      return;
    }
    const isNobodys = this.#isNobodys(stream);
    const rank = isNobodys ? null : this.#rankOf(stream);
    const fold = stream.kind === 'launcher' || isNobodys ? undefined : this.#fold(rank);
    const distrust = isNobodys ? noRanksTag : fold && raw.doubt;
    if (distrust) {
      // A record, or an epoch's header, may have been in it.
      if (fold) fold.isAdrift = true;
      this.#books.quarantine({ offset: last.offset, rank, what: distrust });
      this.#observe(last, stream, null, [{ kind: 'doubt', what: distrust }]);
      return;
    }
    const line = this.#at;
    line.fold = fold;
    line.last = last;
    line.before = before;
    line.doubt = undefined;
    line.isFinal = false;
    if (this.#options.observe) line.events = [];
    const isDialects =
      fold !== undefined &&
      this.#options.dialect !== undefined &&
      this.#reader(rank, this.#options.dialect).line(
        {
          text: last.text,
          update: before?.text ?? null,
          terminated: raw.terminated,
          spliced: last.spliced,
          stream: stream.kind === 'stderr' ? 'stderr' : 'stdout',
        },
        this.#emit,
      );
    if (isDialects) this.#byDialect += 1;
    const understood = isDialects || this.#readCommon(last.text, stream, rank);
    const doubt = line.doubt as string | undefined;
    if (doubt !== undefined) this.#books.quarantine({ offset: last.offset, rank, what: doubt });
    else if (understood) this.#books.understand();
    else this.#books.ignore(last.offset);
    if (line.isFinal && last.spliced && doubt === undefined) this.#books.repair(last.offset, rank);
    this.#observe(
      last,
      stream,
      isDialects ? (this.#options.dialect?.name ?? null) : understood ? 'common' : null,
      line.events,
    );
  }

  /** Takes what the line at hand says. */
  readonly #emit = (event: LogEvent): void => {
    const line = this.#at;
    const { fold, before, last } = line;
    if (this.#options.observe) line.events.push(event);
    if (fold?.isAdrift && needsEpoch(event)) {
      if (event.kind === 'early_stop' || (event.kind === 'figures' && event.final)) line.doubt = behindLost;
      return;
    }
    if (event.kind === 'doubt') line.doubt = event.what;
    else if (event.kind === 'figures' && event.final) line.isFinal = true;
    if (last) this.#take(event, fold, event.kind === 'figures' && event.isOfUpdate && before ? before : last);
  };

  #observe(text: Text, stream: Stream, by: ReadLine['by'], events: readonly LogEvent[]): void {
    const { observe } = this.#options;
    if (!observe) return;
    const rank = this.#isNobodys(stream) ? stream.rank : this.#rankOf(stream);
    const how = by === null || by === 'common' ? undefined : this.#readers.get(rank)?.how;
    observe({ offset: text.offset, rank, stream: stream.kind, text: text.text, by, how, events });
  }

  /** The beginning of a line that goes on: only its updates. */
  part(stream: Stream, raw: RawLine): void {
    if (stream.kind === 'launcher' || this.#isNobodys(stream)) return;
    for (const text of allTexts(raw, this.#books.repairs)) this.#update(this.#rankOf(stream), text);
  }

  cut(): void {
    this.#books.cutLines += 1;
  }

  /** Whether the records under one number can only be those of several ranks. */
  get looksMixed(): boolean {
    const { name, sharesNumbers } = this.#options.launcher;
    const looks = name === 'none' ? 'looksMixed' : 'looksShared';
    return sharesNumbers === true && [...this.#folds.values()].some((fold) => fold[looks]);
  }

  run(unweaver: Unweaver, bytes: number, nulBytes: number): Run {
    const folds = [...this.#folds.values()].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    const live = this.#live(unweaver);
    const run = finish({
      launcher: this.#options.launcher.name,
      trainer: this.#options.dialect?.name ?? 'none',
      folds: folds.map((fold) => fold.with(live.get(fold))),
      told: this.#told,
      worldSize: this.#worldSize,
      jobId: this.#jobId,
      isMixed: this.#options.isMixed,
      isUnknown: this.#byDialect === 0 && !this.#options.isMixed,
      maxPoints: this.#options.maxPoints,
      receipt: this.#books.receipt({
        bytes,
        nulBytes,
        skippedValues: folds.reduce((sum, fold) => sum + fold.skippedValues, 0),
        replacedRows: folds.reduce((sum, fold) => sum + fold.replacedRows, 0),
        notes: this.#options.isMixed ? [mixedNote(this.#options.launcher)] : [],
      }),
    });
    const { pairBase } = this.#options.launcher;
    return pairBase === undefined || this.#options.isMixed ? run : numberRanks(run, pairBase);
  }

  /** What the unfinished lines of a log that still grows show of the epoch at hand. */
  #live(unweaver: Unweaver): Map<RankFold, LogEvent & { kind: 'figures' }> {
    const live = new Map<RankFold, LogEvent & { kind: 'figures' }>();
    unweaver.unfinished((stream, raw) => {
      const fold = this.#folds.get(this.#rankOf(stream));
      const reader = this.#readers.get(this.#rankOf(stream));
      const text = lastTexts(raw, { badUtf8: 0 }).before?.text;
      const figures = text === undefined ? undefined : reader?.peek?.(text);
      if (fold && figures) live.set(fold, figures);
    });
    return live;
  }

  #texts(stream: Stream, raw: RawLine): { last: Text | undefined; before: Text | undefined } {
    const { dialect, maxPoints } = this.#options;
    if ((dialect?.updates !== 'all' && maxPoints === null) || stream.kind === 'launcher' || this.#isNobodys(stream))
      return lastTexts(raw, this.#books.repairs);
    const texts = allTexts(raw, this.#books.repairs);
    for (const text of texts.slice(0, -1)) this.#update(this.#rankOf(stream), text);
    return { last: texts.at(-1), before: texts.at(-2) };
  }

  #update(rank: number | null, text: Text): void {
    const { dialect } = this.#options;
    if (!dialect || this.#fold(rank).isAdrift) return;
    this.#reader(rank, dialect).update?.(text.text, (event) => this.#take(event, this.#fold(rank), text));
  }

  #readCommon(text: string, stream: Stream, rank: number | null): boolean {
    const words = commonWordsIn(text);
    for (const reader of this.#common) {
      const event = reader.line(text, stream.kind, stream.kind === 'launcher' ? null : rank, words);
      if (!event) continue;
      this.#emit(event);
      return true;
    }
    return false;
  }

  #take(event: LogEvent, fold: RankFold | undefined, text: Text): void {
    if (event.kind === 'world_size') this.#worldSize = Math.max(this.#worldSize ?? 0, event.ranks);
    else if (event.kind === 'job') this.#jobId ??= event.id;
    else if (event.kind === 'end' && (!fold || (event.rank !== undefined && event.rank !== fold.rank))) {
      this.#told.push({ status: event.status, reason: event.reason, offset: text.offset, rank: event.rank ?? null });
    } else if (event.kind === 'host' && event.rank !== undefined && !this.#options.isMixed)
      this.#fold(event.rank).apply(event, text.offset, text.spliced);
    else fold?.apply(event, text.offset, text.spliced);
  }

  /** Whether a stream's tag names a rank that no run has. */
  #isNobodys({ rank }: Stream): boolean {
    return rank !== null && !canBeRank(rank, this.#options.launcher.pairBase);
  }

  #rankOf(stream: Stream): number | null {
    return this.#options.isMixed ? null : stream.rank;
  }

  #fold(rank: number | null): RankFold {
    let fold = this.#folds.get(rank);
    if (!fold) {
      fold = new RankFold(rank, this.#options.maxPoints);
      this.#folds.set(rank, fold);
    }
    return fold;
  }

  #reader(rank: number | null, dialect: Dialect): RankReader {
    let reader = this.#readers.get(rank);
    if (!reader) {
      const { isMixed, launcher } = this.#options;
      reader = isMixed && dialect.mixedReader ? dialect.mixedReader() : dialect.reader(launcher.name === 'none');
      this.#readers.set(rank, reader);
    }
    return reader;
  }
}
