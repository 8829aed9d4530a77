import type { MetricSummary } from '../summary.js';
import { hasMetricSummary, maybeMetricSummary, parseSummaryFigures } from './summary-figures.js';

/** Column `figures` of many summaries, of which a question usually wants one metric or two: each is parsed when asked for. */
export class StoredFigures {
  readonly #metrics = new Map<string, readonly (MetricSummary | undefined)[]>();

  constructor(private readonly json: readonly string[]) {}

  /** A metric of all rows. */
  metric(name: string): readonly (MetricSummary | undefined)[] {
    const known = this.#metrics.get(name);
    if (known) return known;
    const column = this.json.map((figures) => maybeMetricSummary(figures, name));
    this.#metrics.set(name, column);
    return column;
  }

  /** Whether a row has the metric. */
  has(row: number, name: string): boolean {
    const known = this.#metrics.get(name);
    return known ? known[row] !== undefined : hasMetricSummary(this.json[row] ?? '[]', name);
  }

  /** All that is known of one row. */
  whole(row: number) {
    return parseSummaryFigures(this.json[row] ?? '[]');
  }
}

/** The metrics of one of the rows, as `Summary` has them. */
export class StoredMetrics implements ReadonlyMap<string, MetricSummary> {
  constructor(
    private readonly figures: StoredFigures,
    private readonly row: number,
  ) {}

  get(metric: string): MetricSummary | undefined {
    return this.figures.metric(metric)[this.row];
  }

  has(metric: string): boolean {
    return this.figures.has(this.row, metric);
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
    return this.figures.whole(this.row).metrics;
  }
}
