/** Which settings matter for a metric: rank correlation for numbers, share of explained variance of ranks for words. Pure. */

import { sampleRankCorrelation } from 'simple-statistics';
import type { ExperimentOverview } from '../summary.js';
import { fieldOf, varyingSettings } from './fields.js';

export interface Effect {
  readonly setting: string;
  /** `numeric`: Spearman's rho, −1 to 1. `categorical`: eta² on ranks (Kruskal-Wallis), 0 to 1. */
  readonly kind: 'numeric' | 'categorical';
  /** null where the data cannot tell; `because` says why. */
  readonly size: number | null;
  /** Probability of an effect at least this large if the setting did not matter, by shuffling; null with `size`. */
  readonly p: number | null;
  readonly n: number;
  /** Distinct values. */
  readonly levels: number;
  readonly because: string | null;
  /** Other settings that change together with this one (|rho| of their ranks above 0.9), so that theirs may be the effect. */
  readonly confoundedWith: readonly string[];
}

const fewest = 5;
const shuffles = 2000;

interface Sample {
  readonly levels: readonly string[];
  readonly figures: readonly number[];
}

/** Effects of all settings that vary, the strongest first; those that the data cannot tell of last. */
export function effectsOn(experiments: readonly ExperimentOverview[], metric: string): Effect[] {
  const settings = varyingSettings(experiments);
  const effects = settings.map((setting) => effectOf(experiments, setting, settings, metric));
  return effects.sort((a, b) => Math.abs(b.size ?? -1) - Math.abs(a.size ?? -1));
}

function effectOf(
  experiments: readonly ExperimentOverview[],
  setting: string,
  settings: readonly string[],
  metric: string,
): Effect {
  const sample = sampleOf(experiments, setting, metric);
  const levels = new Set(sample.levels).size;
  const kind = sample.levels.every((level) => level !== '' && Number.isFinite(Number(level)))
    ? 'numeric'
    : 'categorical';
  const base = { setting, kind, n: sample.figures.length, levels } as const;
  const because = whyNot(sample, levels);
  if (because !== null) return { ...base, size: null, p: null, because, confoundedWith: [] };
  const measure = kind === 'numeric' ? rho(sample.levels.map(Number)) : etaSquared(sample.levels);
  const size = measure(sample.figures);
  return {
    ...base,
    size,
    p: shuffled(sample.figures, measure, Math.abs(size)),
    because: null,
    confoundedWith: confounders(experiments, setting, settings),
  };
}

function sampleOf(experiments: readonly ExperimentOverview[], setting: string, metric: string): Sample {
  const pairs = experiments.flatMap((experiment) => {
    const level = fieldOf(experiment, setting);
    const figure = experiment.summary.metrics.get(metric)?.final;
    return level !== undefined && figure !== undefined && Number.isFinite(figure)
      ? [{ level: String(level), figure }]
      : [];
  });
  return { levels: pairs.map(({ level }) => level), figures: pairs.map(({ figure }) => figure) };
}

function whyNot({ figures }: Sample, levels: number): string | null {
  if (figures.length < fewest) return `only ${figures.length} of the experiments have both; ${fewest} are the least`;
  if (levels < 2) return 'it has one value only where the metric is known';
  if (levels === figures.length && levels < 2 * fewest) return 'every experiment has a value of its own';
  if (new Set(figures).size < 2) return 'the metric is the same everywhere';
  return null;
}

function rho(levels: readonly number[]): (figures: readonly number[]) => number {
  return (figures) => {
    const value = sampleRankCorrelation([...levels], [...figures]);
    return Number.isFinite(value) ? value : 0;
  };
}

function etaSquared(levels: readonly string[]): (figures: readonly number[]) => number {
  return (figures) => {
    const ranks = midRanks(figures);
    const all = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    const groups = new Map<string, number[]>();
    for (const [i, level] of levels.entries()) groups.set(level, [...(groups.get(level) ?? []), ranks[i] ?? 0]);
    let between = 0;
    for (const group of groups.values()) {
      const own = group.reduce((sum, rank) => sum + rank, 0) / group.length;
      between += group.length * (own - all) ** 2;
    }
    const total = ranks.reduce((sum, rank) => sum + (rank - all) ** 2, 0);
    return total === 0 ? 0 : between / total;
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
export function midRanks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (const i of order.slice(start, end)) ranks[i] = (start + 1 + end) / 2;
  }
  return ranks;
}

/** Share of random orders whose effect is at least as large; the same figures give the same answer. */
function shuffled(figures: readonly number[], measure: (figures: readonly number[]) => number, size: number): number {
  const random = seeded(figures.length);
  let reached = 1;
  const order = [...figures];
  for (let round = 0; round < shuffles; round += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
    }
    if (Math.abs(measure(order)) >= size - 1e-12) reached += 1;
  }
  return reached / (shuffles + 1);
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function confounders(
  experiments: readonly ExperimentOverview[],
  setting: string,
  settings: readonly string[],
): string[] {
  return settings.filter((other) => {
    if (other === setting) return false;
    const pairs = experiments.flatMap((experiment) => {
      const [a, b] = [fieldOf(experiment, setting), fieldOf(experiment, other)];
      return a === undefined || b === undefined ? [] : [[a, b] as const];
    });
    const [left, right] = [codes(pairs.map(([a]) => a)), codes(pairs.map(([, b]) => b))];
    return pairs.length >= fewest && Math.abs(sampleRankCorrelation(left, right)) > 0.9;
  });
}

/** Numbers as they are, words by the order in which they first occur. */
function codes(values: readonly (string | number)[]): number[] {
  if (values.every((value) => value !== '' && Number.isFinite(Number(value)))) return values.map(Number);
  const seen = [...new Set(values)];
  return values.map((value) => seen.indexOf(value));
}
