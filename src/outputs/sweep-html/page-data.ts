/** What the page is given: a table by columns, and curves. Written as JSON, so that everything is short. */

/** A cell: null is missing; NaN and infinities are the texts that JSON has no number for. */
export type PageCell = number | string | null;

export type PageColumnKind = 'text' | 'setting' | 'figure' | 'integer' | 'seconds' | 'status' | 'place' | 'epochs';

export interface PageColumn {
  /** The name by which the filter knows it, as `--where` does. */
  readonly id: string;
  readonly title: string;
  readonly kind: PageColumnKind;
  /** Whether it is shown before the reader chooses. */
  readonly isShown: boolean;
  /** Cells by experiment; with `words` they are indices into it. */
  readonly cells: readonly PageCell[];
  readonly words?: readonly string[];
}

/** Of one metric: its number in `curveMetrics`, how many decimals, then the differences from figure to figure; with -1 decimals the figures themselves. */
export type PageFigures = readonly [metric: number, decimals: number, ...steps: PageCell[]];

/** Epochs (`n` for 1 to n, else differences), then the metrics. */
export type PageCurve = readonly [epochs: number | readonly number[], ...figures: PageFigures[]];

export interface PageData {
  /** Number of experiments, in the order of the leaderboard. */
  readonly count: number;
  readonly objective: { readonly metric: string; readonly direction: 'max' | 'min' } | null;
  readonly columns: readonly PageColumn[];
  /** Columns of the parallel coordinates, the objective's last. */
  readonly axes: readonly string[];
  readonly curveMetrics: readonly string[];
  /** null where an experiment has none. */
  readonly curves: readonly (PageCurve | null)[];
}
