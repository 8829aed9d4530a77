/** The epochs of an experiment as a sweep shows them: means over ranks, of its last training. */

import type { EpochMeanRow } from '../../summarise/epoch-means.js';

/** Columns of equal length, by epoch. */
export interface SweepCurve {
  readonly epochs: readonly number[];
  /** By metric; null where no rank printed it. NaN and infinities are data. */
  readonly figures: ReadonlyMap<string, readonly (number | null)[]>;
}

/** `metrics` of the last training in the log. */
export function sweepCurveOf(rows: readonly EpochMeanRow[], metrics: readonly string[]): SweepCurve {
  const last = rows.reduce((segment, row) => Math.max(segment, row.segment), 0);
  const own = rows.filter(({ segment }) => segment === last);
  const columns = metrics.map((metric) => [metric, own.map((row) => row.metrics.get(metric) ?? null)] as const);
  return {
    epochs: own.map(({ epoch }) => epoch),
    figures: new Map(columns.filter(([, column]) => column.some((figure) => figure !== null))),
  };
}

/** At most about `maxPoints` of its epochs: the first, the last, the best, and the lowest and highest of each part, by the first of `leading` that it has. */
export function thinCurve(curve: SweepCurve, leading: readonly string[], maxPoints: number): SweepCurve {
  const { epochs, figures } = curve;
  if (epochs.length <= maxPoints) return curve;
  const kept = new Set([0, epochs.length - 1]);
  const lead = leading.flatMap((metric) => [figures.get(metric) ?? []]).find((column) => column.length > 0) ?? [];
  const broken = lead.findIndex((figure) => figure !== null && !Number.isFinite(figure));
  if (broken >= 0) kept.add(broken);
  const parts = Math.max(1, Math.floor((maxPoints - kept.size) / 2));
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * epochs.length) / parts);
    const to = Math.floor(((part + 1) * epochs.length) / parts);
    const indices = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => isNumber(lead[i]));
    const byFigure = indices.sort((a, b) => (lead[a] ?? 0) - (lead[b] ?? 0) || a - b);
    for (const i of [byFigure[0], byFigure.at(-1)]) if (i !== undefined) kept.add(i);
  }
  const order = [...kept].sort((a, b) => a - b);
  return {
    epochs: order.map((i) => epochs[i] ?? 0),
    figures: new Map([...figures].map(([metric, column]) => [metric, order.map((i) => column[i] ?? null)])),
  };
}

function isNumber(figure: number | null | undefined): boolean {
  return figure !== null && figure !== undefined && Number.isFinite(figure);
}
