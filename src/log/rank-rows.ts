/** The rows of one rank, by segment, then epoch. */
import type { Figures } from './event.js';
import { createPacker, joined, noFigures, type PackedFigures } from './packed-figures.js';
import type { Row } from './row.js';

/** Stepping back, or a record out of turn, costs no look at the rows that stay: a log may do so at every epoch. */
export class RankRows {
  /** The segment at hand, from 1. */
  segment = 1;
  readonly #closed: Row[] = [];
  /** Of the segment at hand, by epoch. */
  readonly #open: Row[] = [];
  readonly #pack = { records: createPacker(), updates: createPacker(), local: createPacker() };
  /** Asked of the same names again and again. */
  #known: { readonly names: readonly string[]; readonly areValidated: boolean } = { names: [], areValidated: false };
  /** Rows with a record of their own: in all segments, in the one at hand, and those of it that have validation figures. */
  readonly #finals = { all: 0, here: 0, validated: 0 };

  /** Rows of all segments, in order. */
  all(): Row[] {
    return [...this.#closed, ...this.#open];
  }

  get size(): number {
    return this.#closed.length + this.#open.length;
  }

  /** The last row of the segment at hand. */
  get last(): Row | undefined {
    return this.#open.at(-1);
  }

  /** Rows with a record of their own, in all segments. */
  get finals(): number {
    return this.#finals.all;
  }

  /** Whether the segment at hand got further than a first epoch without its record. */
  get isBegun(): boolean {
    return this.#finals.here > 0 || (this.last?.epoch ?? 0) > 1;
  }

  /**
   * Whether the last row has no validation figures, where every row of its segment before it has: then it is the bar at its
   * last step, and the epoch's own record never came.
   */
  get lastLacksValidation(): boolean {
    const { last } = this;
    if (!last || this.#isValidated(last.figures)) return false;
    const earlier = this.#finals.here - (last.final ? 1 : 0);
    return earlier > 0 && this.#finals.validated === earlier;
  }

  /** The row of an epoch of the segment at hand, if there is one. */
  find(epoch: number): Row | undefined {
    const row = this.#open[this.#place(epoch)];
    return row?.epoch === epoch ? row : undefined;
  }

  /** The row of an epoch of the segment at hand, made when first asked for. */
  row(epoch: number, offset: number): Row {
    const place = this.#place(epoch);
    const found = this.#open[place];
    if (found?.epoch === epoch) return found;
    const row: Row = {
      segment: this.segment,
      epoch,
      offset,
      final: false,
      repaired: false,
      seconds: undefined,
      secondsPerStep: undefined,
      figures: noFigures,
      local: undefined,
      points: noPoints,
    };
    if (place === this.#open.length) this.#open.push(row);
    else this.#open.splice(place, 0, row);
    return row;
  }

  /** What a row says from now on. */
  replace(row: Row, figures: Figures, final: boolean): void {
    this.#count(row, -1);
    row.figures = this.#pack[final ? 'records' : 'updates'](figures);
    row.final = final;
    this.#count(row, 1);
  }

  /** Adds to what a row says. */
  join(row: Row, figures: Figures): void {
    this.#count(row, -1);
    row.figures = joined(row.figures, figures);
    this.#count(row, 1);
  }

  /** What the rank itself saw before a row's record. */
  setLocal(row: Row, figures: Figures): void {
    row.local = this.#pack.local(figures);
  }

  /** A row's record turns out not to be its own. */
  reopen(row: Row): void {
    this.#count(row, -1);
    row.final = false;
  }

  /** The rows from now on are of a new training. */
  openSegment(): void {
    for (const row of this.#open) this.#closed.push(row);
    this.#open.length = 0;
    this.#finals.here = 0;
    this.#finals.validated = 0;
    this.segment += 1;
  }

  /** Takes the epochs from `epoch` on off the segment at hand; returns how many of them had a record. */
  void(epoch: number): number {
    const before = this.#finals.all;
    for (let { last } = this; last && last.epoch >= epoch; { last } = this) {
      this.#count(last, -1);
      this.#open.pop();
    }
    return before - this.#finals.all;
  }

  /** The same rows, apart from these. */
  copy(): RankRows {
    const copy = new RankRows();
    copy.segment = this.segment;
    for (const row of this.#closed) copy.#closed.push({ ...row });
    for (const row of this.#open) copy.#open.push({ ...row });
    Object.assign(copy.#finals, this.#finals);
    return copy;
  }

  #count(row: Row, by: 1 | -1): void {
    if (!row.final) return;
    this.#finals.all += by;
    this.#finals.here += by;
    if (this.#isValidated(row.figures)) this.#finals.validated += by;
  }

  /** Whether there is a figure of a validation among these. */
  #isValidated({ names }: PackedFigures): boolean {
    if (names !== this.#known.names) this.#known = { names, areValidated: names.some((name) => validation.test(name)) };
    return this.#known.areValidated;
  }

  /** Where the row of an epoch stands, or would stand; nearly always it is the last or behind it. */
  #place(epoch: number): number {
    const rows = this.#open;
    let high = rows.length;
    if (high === 0 || (rows[high - 1] as Row).epoch < epoch) return high;
    let low = high - 1;
    if ((rows[low] as Row).epoch === epoch) return low;
    for (low = 0; low < high; ) {
      const middle = (low + high) >> 1;
      if ((rows[middle] as Row).epoch < epoch) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Most logs are read without points: one list for all their rows. */
const noPoints: Row['points'] = [];
const validation = /^(?:val|valid|eval|test)[_/]/i;
