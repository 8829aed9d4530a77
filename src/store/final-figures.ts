/** The final figure of one metric of all experiments, each read when it is first looked at. */

import type { LazyColumn } from './lazy-column.js';
import type { Store } from './store.js';
import { maybeFirstFigure, parseFigure } from './summary-figures.js';

export interface FinalColumns {
  /** `firstFigureSql` of the metric. */
  readonly cut: LazyColumn<string | null>;
  /** Column `objective_final`. */
  readonly ofObjective: LazyColumn<string | null>;
}

/** Where the metric is the objective, its figures stand ready; cutting them out of the JSON of all metrics takes five times as long. */
export class FinalFigures {
  /** Places of the experiments whose figure does not stand ready, or is missing; undefined where that may be all of them. */
  readonly #others: ReadonlySet<number> | undefined;

  /** `ids` are those of all experiments in ascending order. */
  constructor(
    store: Store,
    ids: readonly number[],
    metric: string,
    private readonly columns: FinalColumns,
  ) {
    const others = store.connection
      .prepare<[string], number>(
        'SELECT experiment FROM summaries WHERE objective IS NOT ? OR objective_final IS NULL ORDER BY experiment',
      )
      .pluck()
      .all(metric);
    if (others.length === ids.length) return;
    const places = new Map(ids.map((id, row) => [id, row]));
    this.#others = new Set(others.map((id) => places.get(id) ?? -1));
  }

  /** Of the experiment at this place in `ids`; undefined where it has no such metric, NaN where it is that. */
  at(row: number): number | undefined {
    if (this.#others === undefined || this.#others.has(row)) return maybeFirstFigure(this.columns.cut.at(row));
    return parseFigure(this.columns.ofObjective.at(row) ?? '');
  }
}
