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
  const begin = beginningOf(metric);
  const start = json.indexOf(begin);
  if (start < 0 || json.startsWith('null', start + begin.length)) return undefined;
  return new CutSummary(json, start + begin.length);
}

const beginnings = new Map<string, string>();

/** How the entry of a metric begins: within a JSON text a quotation mark is always escaped, so that nothing else does. */
function beginningOf(metric: string): string {
  const known = beginnings.get(metric);
  if (known !== undefined) return known;
  const begin = `[${JSON.stringify(metric)},`;
  beginnings.set(metric, begin);
  return begin;
}

/** A metric of which questions to thousands of experiments want but one figure. */
class CutSummary implements MetricSummary {
  /** `at` is where the first figure stands. */
  constructor(
    private readonly json: string,
    private readonly at: number,
  ) {}

  get final() {
    const text = this.json.slice(this.at, this.json.indexOf(',', this.at));
    return Number(text.startsWith('"') ? text.slice(1, -1) : text);
  }

  get min() {
    return this.#rest().min;
  }

  get max() {
    return this.#rest().max;
  }

  get best() {
    return this.#rest().best;
  }

  get bestEpoch() {
    return this.#rest().bestEpoch;
  }

  #rest() {
    const figures = JSON.parse(`[${this.json.slice(this.at, this.json.indexOf(']', this.at) + 1)}`);
    return figuresOf(['', ...figures]);
  }
}

/** Whether `maybeMetricSummary` would give one. */
export function hasMetricSummary(json: string, metric: string): boolean {
  const begin = beginningOf(metric);
  return json.includes(begin) && !json.includes(`${begin}null,`);
}

function maybeSummary(entry: Entry): MetricSummary | undefined {
  return maybeFigure(entry[1]) === undefined ? undefined : figuresOf(entry);
}

function figuresOf([, final, min, max, best, bestEpoch]: Entry): MetricSummary {
  return {
    final: maybeFigure(final) ?? Number.NaN,
    min: maybeFigure(min) ?? Number.NaN,
    max: maybeFigure(max) ?? Number.NaN,
    best: maybeFigure(best) ?? null,
    bestEpoch: maybeFigure(bestEpoch) ?? null,
  };
}
