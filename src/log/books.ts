/** Counts what became of every line of a log, and keeps where the first of each kind stands. */
import type { Finding, Receipt } from '../experiment.js';
import type { Repairs } from './terminal.js';

const maxFindings = 100;

export class Books {
  readonly repairs: Repairs = { badUtf8: 0 };
  cutLines = 0;
  lastLineIncomplete = false;
  readonly #counts = { understood: 0, ignored: 0, repaired: 0, quarantined: 0 };
  readonly #first: Record<'ignored' | 'repaired' | 'quarantined', number | null> = {
    ignored: null,
    repaired: null,
    quarantined: null,
  };
  readonly #findings: Finding[] = [];

  understand(): void {
    this.#counts.understood += 1;
  }

  /** `offset`: where the line stands; a blank one needs none. */
  ignore(offset?: number): void {
    this.#counts.ignored += 1;
    if (offset !== undefined) this.#note('ignored', offset);
  }

  quarantine(finding: Finding): void {
    this.#counts.quarantined += 1;
    this.#note('quarantined', finding.offset);
    if (this.#findings.length < maxFindings) this.#findings.push(finding);
  }

  /** An understood line that was joined from pieces. */
  repair(offset: number, rank: number | null): void {
    this.#counts.repaired += 1;
    this.#note('repaired', offset);
    if (this.#findings.length < maxFindings) this.#findings.push({ offset, rank, what: 'joined from pieces' });
  }

  receipt(others: Pick<Receipt, 'bytes' | 'nulBytes' | 'skippedValues' | 'replacedRows' | 'notes'>): Receipt {
    const { understood, ignored, repaired, quarantined } = this.#counts;
    return {
      bytes: others.bytes,
      lines: this.#lines,
      understood,
      ignored,
      repaired,
      quarantined,
      firstIgnored: this.#first.ignored,
      firstRepaired: this.#first.repaired,
      firstQuarantined: this.#first.quarantined,
      cutLines: this.cutLines,
      nulBytes: others.nulBytes,
      ...this.repairs,
      skippedValues: others.skippedValues,
      replacedRows: others.replacedRows,
      lastLineIncomplete: this.lastLineIncomplete,
      findings: [...this.#findings],
      notes: others.notes,
    };
  }

  get #lines(): number {
    return this.#counts.understood + this.#counts.ignored + this.#counts.quarantined;
  }

  /** Lines end in another order than they begin in. */
  #note(kind: 'ignored' | 'repaired' | 'quarantined', offset: number): void {
    this.#first[kind] = Math.min(this.#first[kind] ?? offset, offset);
  }
}
