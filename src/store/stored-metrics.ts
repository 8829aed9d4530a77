import type { MetricSummary } from '../summary.js';
import type { ExperimentColumns } from './experiment-columns.js';
import { parseSummaryFigures } from './summary-figures.js';

/** The metrics of one of many summaries. A question usually wants the final figure of one metric, which SQLite cuts out. */
export class StoredMetrics implements ReadonlyMap<string, MetricSummary> {
  constructor(
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {}

  get(metric: string): MetricSummary | undefined {
    const final = this.#final(metric);
    return final === undefined ? undefined : new StoredMetric(final, metric, this.columns, this.row);
  }

  has(metric: string): boolean {
    return this.#final(metric) !== undefined;
  }

  get size(): number {
    return this.#whole().size;
  }

  forEach(call: (value: MetricSummary, key: string, map: ReadonlyMap<string, MetricSummary>) => void): void {
    this.#whole().forEach(call);
  }

  keys() {
    return this.#whole().keys();
  }

  values() {
    return this.#whole().values();
  }

  entries() {
    return this.#whole().entries();
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  #whole(): ReadonlyMap<string, MetricSummary> {
    return parseSummaryFigures(this.columns.summary<string>('figures').at(this.row)).metrics;
  }

  #final(metric: string): number | undefined {
    return this.columns.finals(metric).at(this.row);
  }
}

/** What is not its final figure is read when it is looked at. */
class StoredMetric implements MetricSummary {
  constructor(
    readonly final: number,
    private readonly metric: string,
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {}

  get min() {
    return this.#whole().min;
  }

  get max() {
    return this.#whole().max;
  }

  get best() {
    return this.#whole().best;
  }

  get bestEpoch() {
    return this.#whole().bestEpoch;
  }

  #whole(): MetricSummary {
    const found = parseSummaryFigures(this.columns.summary<string>('figures').at(this.row)).metrics.get(this.metric);
    if (found === undefined) throw new Error(`${this.metric}: the database has but its final figure`);
    return found;
  }
}
