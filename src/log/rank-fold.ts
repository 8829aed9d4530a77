/** Folds the events of one rank into its epochs. A later word wins; a step back opens a segment or voids what follows. */
import type { RankEnd } from '../experiment.js';
import type { LogEvent } from './event.js';
import { lacksValidation, type Row } from './row.js';
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
  restored: number | null = null;
  totalTime: number | null = null;
  end: RankEnd | null = null;
  replacedRows = 0;
  skippedValues = 0;
  /** Byte offset of the last header that stepped back: what was said of an end before it no longer holds. */
  restartedAt = -1;
  /** Output of the rank was lost, and no header came since: whose epoch a record is cannot be known. */
  isAdrift = false;
  readonly headers: number[] = []; // byte offsets of all epochs' headers, to tell whether training went on
  readonly #rows = new Map<string, Row>();
  /** Most points of an epoch that are kept; null: none are wanted. */
  readonly #maxPoints: number | null;
  #points: StepPoint[] = [];
  /** Points of the epoch at hand, not thinned yet. */
  #open: StepPoint[] = [];
  #segment = 1;
  #current: number | null = null;
  #latest = 0;
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
    const rows = [...this.#rows.values()].sort((a, b) => a.segment - b.segment || a.epoch - b.epoch);
    const last = rows.at(-1);
    const isDone = this.totalTime !== null || this.end?.status === 'completed' || last?.epoch === this.planned;
    if (last && !isDone && lacksValidation(rows, last)) {
      rows[rows.length - 1] = { ...last, final: false };
    }
    return rows;
  }

  /** Points within epochs, thinned, by segment, then epoch. */
  get points(): StepPoint[] {
    return this.#maxPoints === null ? [] : [...this.#points, ...thinEpoch(this.#open, this.#maxPoints)];
  }

  /** The same rank as it would stand with one more update; this fold stays as it is. */
  with(update: Extract<LogEvent, { kind: 'figures' }> | undefined): RankFold {
    if (!update) return this;
    const copy = new RankFold(this.rank, this.#maxPoints);
    Object.assign(copy, this);
    copy.#points = this.points;
    for (const [name, row] of this.#rows) copy.#rows.set(name, { ...row });
    copy.#segment = this.#segment;
    copy.#current = this.#current;
    copy.#latest = this.#latest;
    copy.#figures(update, 0, false);
    return copy;
  }

  /** Whether headers and records come in a number that one rank alone cannot have printed. */
  get looksMixed(): boolean {
    return this.#foreign >= 3 || (this.#repeatedHeaders >= 2 && this.#records >= 1.5 * this.#rows.size);
  }

  /** The same of a rank whose number others may have too: their epochs go back and forth. One that resumes goes back or forth once. */
  get looksShared(): boolean {
    return this.looksMixed || (this.#steps.back >= 2 && this.#steps.forth >= 2);
  }

  apply(event: LogEvent, offset: number, spliced: boolean): void {
    switch (event.kind) {
      case 'epoch':
        this.#begin(event.epoch, offset);
        if (event.planned !== null) this.planned = event.planned;
        break;
      case 'figures':
        this.#figures(event, offset, spliced);
        break;
      case 'reopened':
        if (this.#current !== null) this.#row(this.#current, offset).final = false;
        if (!hasFinal(this.#rows.values())) this.steps = null;
        break;
      case 'plan':
        this.planned = event.epochs ?? this.planned;
        this.steps = event.steps ?? this.steps;
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
    this.headers.push(offset);
    this.isAdrift = false;
    if (epoch === this.#latest) this.#repeatedHeaders += 1;
    if (this.#current !== null && epoch < this.#current) this.#steps.back += 1;
    if (this.#current !== null && epoch > this.#current + 1) this.#steps.forth += 1;
    this.#thin();
    if (this.#latest >= epoch) this.#stepBack(epoch, offset);
    this.#current = epoch;
    this.#latest = Math.max(this.#latest, epoch);
    this.#row(epoch, offset);
    // What a rank told of its end does not hold when it goes on: it was caught, a later run resumed, or a callback
    // wanted to stop, but the training went on (Lightning's `min_epochs`).
    this.end = null;
    this.earlyStop = null;
    this.isEarlyStopped = false;
    this.restored = null;
    this.totalTime = null;
  }

  #stepBack(epoch: number, offset: number): void {
    this.restartedAt = offset;
    const seen = this.rows.filter((row) => row.segment === this.#segment);
    if (epoch === 1 && seen.some((row) => row.final || row.epoch > 1)) {
      this.#segment += 1;
    } else {
      for (const row of seen.filter((each) => each.epoch >= epoch)) {
        this.#rows.delete(key(row.segment, row.epoch));
        if (row.final) this.replacedRows += 1;
      }
      this.#points = this.#points.filter((point) => point.segment !== this.#segment || point.epoch < epoch);
    }
    this.#latest = 0;
    if (epoch === 1) this.planned = null;
  }

  #figures(event: Extract<LogEvent, { kind: 'figures' }>, offset: number, spliced: boolean): void {
    const epoch = event.epoch ?? this.#current;
    if (epoch === null) return;
    this.#latest = Math.max(this.#latest, epoch);
    if (event.steps !== undefined) this.steps = event.steps;
    if (!event.final && event.step !== undefined && this.#maxPoints !== null) {
      if (this.#open[0] && this.#open[0].epoch !== epoch) this.#thin();
      this.#open.push({ segment: this.#segment, epoch, step: event.step, figures: event.figures });
    }
    if (event.final && !event.merge) this.#records += 1;
    const row = this.#row(epoch, offset);
    if (!event.final && row.final) return;
    if (event.final && row.final && !event.merge) this.replacedRows += 1;
    const joins = event.merge;
    // Progress does not count beside the epoch's own record.
    const joinsFigures = joins && (row.final || !event.final);
    row.figures = joinsFigures ? new Map([...row.figures, ...event.figures]) : new Map(event.figures);
    row.final = event.final;
    row.repaired = spliced || (joins && row.repaired);
    row.offset = offset;
    row.seconds = event.seconds ?? (joins ? row.seconds : undefined);
    row.secondsPerStep = event.secondsPerStep ?? (joins ? row.secondsPerStep : undefined);
    if (event.local) row.local = event.local;
  }

  #thin(): void {
    if (this.#maxPoints !== null) this.#points.push(...thinEpoch(this.#open, this.#maxPoints));
    this.#open = [];
  }

  #row(epoch: number, offset: number): Row {
    const name = key(this.#segment, epoch);
    let row = this.#rows.get(name);
    if (!row) {
      row = {
        segment: this.#segment,
        epoch,
        offset,
        final: false,
        repaired: false,
        seconds: undefined,
        secondsPerStep: undefined,
        figures: new Map(),
        local: undefined,
      };
      this.#rows.set(name, row);
    }
    return row;
  }
}

/** Stops at the first, since it is asked at every epoch of some trainers. */
function hasFinal(rows: Iterable<Row>): boolean {
  for (const row of rows) if (row.final) return true;
  return false;
}

function key(segment: number, epoch: number): string {
  return `${segment}:${epoch}`;
}
