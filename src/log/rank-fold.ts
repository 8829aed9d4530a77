/** Folds the events of one rank into its epochs. A later word wins; a step back opens a segment or voids what follows. */
import type { RankEnd } from '../experiment.js';
import type { LogEvent } from './event.js';
import { maybeCount, mostCount } from './numbers.js';
import { RankRows } from './rank-rows.js';
import type { Row } from './row.js';
import { type StepPoint, thinEpoch } from './thin-steps.js';

const gravity: Readonly<Record<RankEnd['status'], number>> = {
  killed: 4,
  failed: 3,
  diverged: 2,
  early_stopped: 1,
  completed: 0,
};

/** The graver of two ends; the first said where they are equally grave. */
export function graverEnd<End extends { readonly status: RankEnd['status'] }>(
  a: End | null,
  b: End | null,
): End | null {
  if (!a || !b) return a ?? b;
  return gravity[b.status] > gravity[a.status] ? b : a;
}

export class RankFold {
  readonly rank: number | null;
  host: string | null = null;
  planned: number | null = null;
  steps: number | null = null;
  earlyStop: number | null = null;
  isEarlyStopped = false;
  /** The trainer said that it trained all epochs, whichever of them can be read. */
  isDone = false;
  restored: number | null = null;
  totalTime: number | null = null;
  end: RankEnd | null = null;
  replacedRows = 0;
  skippedValues = 0;
  /** Byte offset of the last header that stepped back: what was said of an end before it no longer holds. */
  restartedAt = -1;
  /** Output of the rank was lost, and no header came since: whose epoch a record is cannot be known. */
  isAdrift = false;
  /** Byte offsets of the epochs' headers that stand last in the log and last but one, to tell whether training went on. */
  readonly lastHeaders: [number, number] = [-1, -1];
  #rows = new RankRows();
  /** Most points of an epoch that are kept; null: none are wanted. */
  readonly #maxPoints: number | null;
  /** Points of the epoch at hand, not thinned yet. */
  #open: StepPoint[] = [];
  #current: number | null = null;
  #latest = 0;
  /** Where figures stood last, and of which epoch: a record that only says again what was read stands there. */
  readonly #heard = { epoch: 0, offset: 0 };
  #repeatedHeaders = 0;
  /** Headers that do not follow the one before. */
  readonly #steps = { back: 0, forth: 0 };
  #records = 0;
  #foreign = 0;

  constructor(rank: number | null, maxPoints: number | null = null) {
    this.rank = rank;
    this.#maxPoints = maxPoints;
  }

  /** Rows by segment, then epoch. */
  get rows(): Row[] {
    const rows = this.#rows.all();
    const last = rows.at(-1);
    if (last && !this.#isDone(last) && this.#rows.lastLacksValidation)
      rows[rows.length - 1] = { ...last, final: false };
    return rows;
  }

  /** Points within epochs, thinned, by segment, then epoch. */
  get points(): StepPoint[] {
    if (this.#maxPoints === null) return [];
    const thinned = thinEpoch(this.#open, this.#maxPoints);
    const { epoch } = this.#open[0] ?? {};
    return this.#rows.all().flatMap((row) => {
      const isOpen = row.segment === this.#rows.segment && row.epoch === epoch;
      return isOpen ? [...row.points, ...thinned] : row.points;
    });
  }

  /** The same rank as it would stand with one more update; this fold stays as it is. */
  with(update: Extract<LogEvent, { kind: 'figures' }> | undefined): RankFold {
    if (!update) return this;
    const copy = new RankFold(this.rank, this.#maxPoints);
    Object.assign(copy, this);
    copy.#rows = this.#rows.copy();
    copy.#open = [...this.#open];
    copy.#current = this.#current;
    copy.#latest = this.#latest;
    copy.#figures(update, 0, false);
    return copy;
  }

  /** Whether headers and records come in a number that one rank alone cannot have printed. */
  get looksMixed(): boolean {
    return (
      this.#foreign >= 3 ||
      // A rank that begins an epoch again has no record too many.
      (this.#foreign >= 1 && this.#repeatedHeaders >= 1) ||
      (this.#repeatedHeaders >= 2 && this.#records >= 1.5 * this.#rows.size)
    );
  }

  /** The same of a rank whose number others may have too: their epochs go back and forth. One that resumes goes back or forth once. */
  get looksShared(): boolean {
    return this.looksMixed || (this.#steps.back >= 2 && this.#steps.forth >= 2);
  }

  apply(event: LogEvent, offset: number, spliced: boolean): void {
    switch (event.kind) {
      case 'epoch':
        if (event.epoch > mostCount) {
          this.isAdrift = true;
          break;
        }
        this.#begin(event.epoch, offset);
        this.planned = maybeCount(event.planned) ?? this.planned;
        break;
      case 'figures':
        if ((event.epoch ?? 0) > mostCount) this.skippedValues += event.figures.size;
        else this.#figures(event, offset, spliced);
        break;
      case 'reopened':
        if (this.#current !== null) this.#rows.reopen(this.#rows.row(this.#current, offset));
        if (this.#rows.finals === 0) this.steps = null;
        break;
      case 'plan':
        this.planned = maybeCount(event.epochs) ?? this.planned;
        this.steps = event.steps ?? this.steps;
        this.isDone = event.isDone ?? this.isDone;
        break;
      case 'early_stop':
        this.isEarlyStopped = true;
        this.earlyStop = event.epoch ?? this.#latest;
        break;
      case 'restored':
        this.restored = event.epoch;
        break;
      case 'total_time':
        this.totalTime = event.seconds;
        break;
      case 'host':
        this.host ??= event.host;
        break;
      case 'end':
        this.end = graverEnd(this.end, { status: event.status, reason: event.reason, offset });
        break;
      case 'skipped_value':
        this.skippedValues += 1;
        break;
      case 'doubt':
        this.#records += 1;
        break;
      case 'foreign':
        this.#foreign += 1;
        break;
    }
  }

  #begin(epoch: number, offset: number): void {
    this.#noteHeader(offset);
    this.isAdrift = false;
    if (epoch === this.#latest) this.#repeatedHeaders += 1;
    if (this.#current !== null && epoch < this.#current) this.#steps.back += 1;
    if (this.#current !== null && epoch > this.#current + 1) this.#steps.forth += 1;
    // Torchrun reads a rank's two streams one after the other, so that the end may stand before the last epochs.
    const isLate = this.isDone && epoch === this.#latest + 1 && epoch <= (this.planned ?? 0);
    this.#thin();
    if (this.#latest >= epoch) this.#stepBack(epoch, offset);
    this.#current = epoch;
    this.#latest = Math.max(this.#latest, epoch);
    this.#rows.row(epoch, offset);
    if (isLate) return;
    // What a rank told of its end does not hold when it goes on: it was caught, a later run resumed, or a callback
    // wanted to stop, but the training went on (Lightning's `min_epochs`).
    this.end = null;
    this.earlyStop = null;
    this.isEarlyStopped = false;
    this.isDone = false;
    this.restored = null;
    this.totalTime = null;
  }

  #noteHeader(offset: number): void {
    const [last, before] = this.lastHeaders;
    if (offset > last) [this.lastHeaders[0], this.lastHeaders[1]] = [offset, last];
    else if (offset > before) this.lastHeaders[1] = offset;
  }

  #stepBack(epoch: number, offset: number): void {
    this.restartedAt = offset;
    const rows = this.#rows;
    if (epoch === 1 && rows.isBegun) rows.openSegment();
    else {
      const { last } = rows;
      // The bar at its last step is no record that is lost.
      const isBar = last?.final && last.epoch >= epoch && !this.#isDone(last) && rows.lastLacksValidation;
      this.replacedRows += rows.void(epoch) - (isBar ? 1 : 0);
    }
    this.#latest = 0;
    if (epoch === 1) this.planned = null;
  }

  #isDone(last: Row): boolean {
    return this.totalTime !== null || this.end?.status === 'completed' || last.epoch === this.planned;
  }

  #figures(event: Extract<LogEvent, { kind: 'figures' }>, offset: number, spliced: boolean): void {
    const epoch = event.epoch ?? this.#current;
    if (epoch === null) return;
    this.#latest = Math.max(this.#latest, epoch);
    if (event.steps !== undefined) this.steps = event.steps;
    if (!event.final && maybeCount(event.step) !== null && event.step !== undefined && this.#maxPoints !== null) {
      if (this.#open[0] && this.#open[0].epoch !== epoch) this.#thin();
      this.#open.push({ segment: this.#rows.segment, epoch, step: event.step, figures: event.figures });
    }
    const joins = event.merge;
    if (event.final && !joins) this.#records += 1;
    const place = event.restated === true && this.#heard.epoch === epoch ? this.#heard.offset : offset;
    if (event.restated !== true) {
      this.#heard.epoch = epoch;
      this.#heard.offset = offset;
    }
    const row = this.#rows.row(epoch, offset);
    if (!event.final && row.final) return;
    if (event.final && row.final && !joins) this.replacedRows += 1;
    // Progress does not count beside the epoch's own record.
    if (joins && (row.final || !event.final)) this.#rows.join(row, event.figures);
    else this.#rows.replace(row, event.figures, event.final);
    row.repaired = (spliced && event.restated !== true) || (joins && row.repaired);
    row.offset = place;
    row.seconds = event.seconds ?? (joins ? row.seconds : undefined);
    row.secondsPerStep = event.secondsPerStep ?? (joins ? row.secondsPerStep : undefined);
    if (event.local) this.#rows.setLocal(row, event.local);
  }

  #thin(): void {
    const [first] = this.#open;
    if (this.#maxPoints === null || !first) return;
    const row = this.#rows.find(first.epoch);
    if (row) row.points = [...row.points, ...thinEpoch(this.#open, this.#maxPoints)];
    this.#open = [];
  }
}
