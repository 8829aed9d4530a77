import type { MetricSummary } from '../summary.js';
import type { LazyColumn } from './lazy-column.js';
import { hasMetricSummary, maybeMetricSummary, parseSummaryFigures } from './summary-figures.js';

/** The metrics of a row of column `figures` of table summaries; a question usually wants one of them, which is cut out. */
export class StoredMetrics implements ReadonlyMap<string, MetricSummary> {
  constructor(
    private readonly figures: LazyColumn<string>,
    private readonly row: number,
  ) {}

  get(metric: string): MetricSummary | undefined {
    return maybeMetricSummary(this.figures.at(this.row), metric);
  }

  has(metric: string): boolean {
    return hasMetricSummary(this.figures.at(this.row), metric);
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
    return parseSummaryFigures(this.figures.at(this.row)).metrics;
  }
}
