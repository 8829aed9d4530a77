/** Takes the lines of all streams of a log, has them read, and keeps the books. */
import type { Run, TrainerName } from '../experiment.js';
import { Books } from './books.js';
import { type CommonReader, commonReaders } from './common.js';
import { type Dialect, type LogEvent, needsEpoch, type RankReader } from './event.js';
import { finish } from './finish.js';
import { type Launcher, mixedNote } from './launchers/index.js';
import { RankFold } from './rank-fold.js';
import { numberRanks } from './rank-numbers.js';
import type { RawLine } from './raw-line.js';
import { allTexts, lastTexts, type Text } from './terminal.js';
import type { Stream, StreamKind, Unweaver } from './unweave.js';
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

/** One line, and how it was read. `by` is null where it was not understood. */
export interface ReadLine {
  readonly offset: number;
  readonly rank: number | null;
  readonly stream: StreamKind;
  readonly text: string;
  readonly by: TrainerName | 'common' | null;
  /** Which of a dialect's patterns understood it, where it says so. */
  readonly how: string | undefined;
  readonly events: readonly LogEvent[];
}

const behindLost = 'a record behind lost output: its epoch is not known';

export type Observe = (line: ReadLine) => void;

export class LogFold {
  readonly #options: LogFoldOptions;
  readonly #folds = new Map<number | null, RankFold>();
  readonly #readers = new Map<number | null, RankReader>();
  readonly #common: readonly CommonReader[] = commonReaders.map((make) => make());
  readonly #told: ToldEnd[] = [];
  readonly #books = new Books();
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
    const rank = this.#rankOf(stream);
    const fold = stream.kind === 'launcher' ? undefined : this.#fold(rank);
    const { observe } = this.#options;
    const events: LogEvent[] = [];
    if (raw.doubt && fold) {
      // A record, or an epoch's header, may have been in it.
      fold.isAdrift = true;
      this.#books.quarantine({ offset: last.offset, rank, what: raw.doubt });
      observe?.({ offset: last.offset, rank, stream: stream.kind, text: last.text, by: null, how: undefined, events });
      return;
    }
    let doubt: string | undefined;
    let isFinal = false;
    const emit = (event: LogEvent): void => {
      if (observe) events.push(event);
      if (fold?.isAdrift && needsEpoch(event)) {
        if (event.kind === 'early_stop' || (event.kind === 'figures' && event.final)) doubt = behindLost;
        return;
      }
      if (event.kind === 'doubt') doubt = event.what;
      else if (event.kind === 'figures' && event.final) isFinal = true;
      this.#take(event, fold, event.kind === 'figures' && event.isOfUpdate && before ? before : last);
    };
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
        emit,
      );
    if (isDialects) this.#byDialect += 1;
    const understood = isDialects || this.#readCommon(last.text, stream, rank, emit);
    if (doubt !== undefined) this.#books.quarantine({ offset: last.offset, rank, what: doubt });
    else if (understood) this.#books.understand();
    else this.#books.ignore(last.offset);
    if (isFinal && last.spliced && doubt === undefined) this.#books.repair(last.offset, rank);
    observe?.({
      offset: last.offset,
      rank,
      stream: stream.kind,
      text: last.text,
      by: isDialects ? (this.#options.dialect?.name ?? null) : understood ? 'common' : null,
      how: isDialects ? this.#readers.get(rank)?.how : undefined,
      events,
    });
  }

  /** The beginning of a line that goes on: only its updates. */
  part(stream: Stream, raw: RawLine): void {
    if (stream.kind === 'launcher') return;
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
    if ((this.#options.dialect?.updates !== 'all' && this.#options.maxPoints === null) || stream.kind === 'launcher')
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

  #readCommon(text: string, stream: Stream, rank: number | null, emit: (event: LogEvent) => void): boolean {
    for (const reader of this.#common) {
      const event = reader.line(text, stream.kind, stream.kind === 'launcher' ? null : rank);
      if (!event) continue;
      emit(event);
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
      reader = (this.#options.isMixed && dialect.mixedReader ? dialect.mixedReader : dialect.reader)();
      this.#readers.set(rank, reader);
    }
    return reader;
  }
}
