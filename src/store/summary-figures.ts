/** Column `figures` of table summaries: what a summary has of each metric, as JSON, since reading rows costs four times as much. */

import type { MetricSummary, Summary } from '../summary.js';
import { maybeFigure, toJson } from './figures-json.js';

/** `[metric, final, min, max, best, bestEpoch, mean at the objective's best epoch]`; null is missing, and NaN is text. */
type Entry = readonly [metric: string, ...figures: (number | string | null)[]];

export type SummaryFigures = Pick<Summary, 'metrics'> & { readonly atBest: ReadonlyMap<string, number> };

/** The metrics of a summary as JSON. */
export function renderSummaryFigures({ metrics, best }: Summary): string {
  const names = new Set([...metrics.keys(), ...(best?.metrics.keys() ?? [])]);
  const entries = Array.from(names, (name): Entry => {
    const figures = metrics.get(name);
    const range = [figures?.final, figures?.min, figures?.max, figures?.best].map(toJson);
    return [name, ...range, figures?.bestEpoch ?? null, toJson(best?.metrics.get(name))];
  });
  return JSON.stringify(entries);
}

/** What `renderSummaryFigures` wrote. */
export function parseSummaryFigures(json: string): SummaryFigures {
  const metrics = new Map<string, MetricSummary>();
  const atBest = new Map<string, number>();
  const entries: readonly Entry[] = JSON.parse(json);
  for (const [name, final, min, max, best, bestEpoch, mean] of entries) {
    const finalFigure = maybeFigure(final);
    if (finalFigure !== undefined) {
      metrics.set(name, {
        final: finalFigure,
        min: maybeFigure(min) ?? Number.NaN,
        max: maybeFigure(max) ?? Number.NaN,
        best: maybeFigure(best) ?? null,
        bestEpoch: maybeFigure(bestEpoch) ?? null,
      });
    }
    const figure = maybeFigure(mean);
    if (figure !== undefined) atBest.set(name, figure);
  }
  return { metrics, atBest };
}
