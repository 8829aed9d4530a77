/** Column `figures` of table summaries: what a summary has of each metric, as JSON, since reading rows costs four times as much. */

import type { MetricSummary, Summary } from '../summary.js';
import { maybeFigure, toJson } from './figures-json.js';
import { quoteText } from './sql-names.js';

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

/** No figure is longer, with the comma behind it. */
const figureLength = 32;

/** Of table summaries: the final figure of a metric with what stands behind it, for `maybeFirstFigure`; NULL where there is no such metric. */
export function firstFigureSql(metric: string): string {
  // Within a JSON text a quotation mark is always escaped, so that nothing but an entry begins like that.
  const begin = `[${JSON.stringify(metric)},`;
  const at = `instr(figures, ${quoteText(begin)})`;
  return `CASE ${at} WHEN 0 THEN NULL ELSE substr(figures, ${at} + ${[...begin].length}, ${figureLength}) END`;
}

/** The figure that such a text begins with; undefined where it is missing. */
export function maybeFirstFigure(text: string | null): number | undefined {
  if (text === null || text.startsWith('null')) return undefined;
  return parseFigure(text.slice(0, text.indexOf(',')));
}

/** The final figure of the objective as JSON, `0.85` or `"NaN"`; null where it is missing. */
export function renderObjectiveFinal({ objective, metrics }: Summary): string | null {
  const figure = objective === null ? undefined : metrics.get(objective.metric)?.final;
  return figure === undefined ? null : JSON.stringify(toJson(figure));
}

/** What `renderObjectiveFinal` wrote of a figure. */
export function parseFigure(json: string): number {
  return Number(json.startsWith('"') ? json.slice(1, -1) : json);
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
