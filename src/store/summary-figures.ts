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
  for (const entry of entries) {
    const [name] = entry;
    const summary = maybeSummary(entry);
    if (summary !== undefined) metrics.set(name, summary);
    const figure = maybeFigure(entry[6]);
    if (figure !== undefined) atBest.set(name, figure);
  }
  return { metrics, atBest };
}

/** One metric of what `renderSummaryFigures` wrote, a twentieth of the work of them all; undefined where it has no figure. */
export function maybeMetricSummary(json: string, metric: string): MetricSummary | undefined {
  // Within a JSON text a quotation mark is always escaped, so that these are the beginning of an entry and nothing else.
  const begin = `[${JSON.stringify(metric)},`;
  const start = json.indexOf(begin);
  if (start < 0) return undefined;
  const entry: Entry = JSON.parse(json.slice(start, json.indexOf(']', start + begin.length) + 1));
  return maybeSummary(entry);
}

/** Whether `maybeMetricSummary` would give one. */
export function hasMetricSummary(json: string, metric: string): boolean {
  const begin = `[${JSON.stringify(metric)},`;
  return json.includes(begin) && !json.includes(`${begin}null,`);
}

function maybeSummary([, final, min, max, best, bestEpoch]: Entry): MetricSummary | undefined {
  const figure = maybeFigure(final);
  if (figure === undefined) return undefined;
  return {
    final: figure,
    min: maybeFigure(min) ?? Number.NaN,
    max: maybeFigure(max) ?? Number.NaN,
    best: maybeFigure(best) ?? null,
    bestEpoch: maybeFigure(bestEpoch) ?? null,
  };
}
