/** Which settings matter for a metric: rank correlation for numbers, share of explained variance of ranks for words. Pure. */

import type { Hyperparameter } from '../experiment.js';
import type { ListedExperiment } from '../summary.js';
import { chanceOfEtaSquared, chanceOfRho, type Measure } from './chance.js';
import { settingText, varyingSettings } from './fields.js';

export interface Effect {
  readonly setting: string;
  /** `numeric`: Spearman's rho, −1 to 1. `categorical`: eta² on ranks (Kruskal-Wallis), 0 to 1. */
  readonly kind: 'numeric' | 'categorical';
  /** null where the data cannot tell; `because` says why. */
  readonly size: number | null;
  /** Probability of an effect at least this large if the setting did not matter; null with `size`. */
  readonly p: number | null;
  readonly n: number;
  /** Distinct values. */
  readonly levels: number;
  readonly because: string | null;
  /** Other settings that change together with this one (|rho| of their ranks above 0.9), so that theirs may be the effect. */
  readonly confoundedWith: readonly string[];
}

const fewest = 5;

/** A setting of all experiments. */
interface Column {
  readonly setting: string;
  readonly isNumeric: boolean;
  /** Of each experiment the place of its value among all values, numbers in their order, words as first seen; -1 where it has none. */
  readonly codes: Int32Array;
  readonly levels: number;
}

/** Effects of all settings that vary but those named in `without`, the strongest first; those that may be chance, and those that the data cannot tell of, last. */
export function effectsOn(
  experiments: readonly ListedExperiment[],
  metric: string,
  without: readonly string[] = [],
): Effect[] {
  const figures = Float64Array.from(experiments, ({ summary }) => summary.metrics.get(metric)?.final ?? Number.NaN);
  const columns = varyingSettings(experiments)
    .filter((setting) => !without.includes(setting))
    .map((setting) => columnOf(experiments, setting));
  const effects = columns.map((column) => effectOf(column, columns, figures));
  return effects.sort(
    (a, b) => Number(isChance(a)) - Number(isChance(b)) || Math.abs(b.size ?? -1) - Math.abs(a.size ?? -1),
  );
}

/** Whether the data cannot tell the effect from chance, at the usual one in twenty. */
export function isChance({ p }: Effect): boolean {
  return p === null || p >= 0.05;
}

function columnOf(experiments: readonly ListedExperiment[], setting: string): Column {
  const codes = new Int32Array(experiments.length).fill(-1);
  const texts = new Map<string, number>();
  // The same setting of many experiments is most often the same object.
  const known = new Map<Hyperparameter, number>();
  for (const [i, { hyperparameters }] of experiments.entries()) {
    const own = hyperparameters.find(({ name }) => name === setting);
    if (own === undefined) continue;
    const text = known.has(own) ? '' : settingText(own);
    const code = known.get(own) ?? texts.get(text) ?? texts.size;
    if (!known.has(own)) texts.set(text, code);
    known.set(own, code);
    codes[i] = code;
  }
  const isNumeric = [...texts.keys()].every(isNumber);
  if (!isNumeric) return { setting, isNumeric, codes, levels: texts.size };
  // `0.1` and `1e-1` are one value.
  const numbers = [...new Set([...texts.keys()].map(Number))].sort((a, b) => a - b);
  const places = Int32Array.from(texts.keys(), (text) => numbers.indexOf(Number(text)));
  return { setting, isNumeric, codes: codes.map((code) => places[code] ?? -1), levels: numbers.length };
}

function effectOf(column: Column, columns: readonly Column[], figures: Float64Array): Effect {
  const { setting, codes, isNumeric, levels } = column;
  const rows = Int32Array.from(codes.keys()).filter((i) => (codes[i] ?? -1) >= 0 && Number.isFinite(figures[i]));
  const own = rows.map((i) => codes[i] ?? 0);
  const values = Float64Array.from(rows, (i) => figures[i] ?? 0);
  const count = new Set(own).size;
  const base = { setting, n: rows.length, levels: count, kind: isNumeric ? 'numeric' : 'categorical' } as const;
  const because = whyNot(values, count);
  if (because !== null) return { ...base, size: null, p: null, because, confoundedWith: [] };
  const ranks = Float64Array.from(midRanks(values));
  const measure = isNumeric ? rhoWith(ranksOfCodes(own, levels)) : etaSquaredOf(own, levels);
  const size = measure(ranks);
  const p = isNumeric ? chanceOfRho(size, ranks, measure) : chanceOfEtaSquared(size, count, ranks, measure);
  const confoundedWith = columns.filter((other) => other.setting !== setting && changeTogether(column, other));
  return { ...base, size, p, because: null, confoundedWith: confoundedWith.map((other) => other.setting) };
}

function whyNot(figures: Float64Array, levels: number): string | null {
  if (figures.length < fewest) return `only ${figures.length} of the experiments have both; ${fewest} are the least`;
  if (levels < 2) return 'it has one value only where the metric is known';
  if (levels === figures.length && levels < 2 * fewest) return 'every experiment has a value of its own';
  if (figures.every((figure) => figure === figures[0])) return 'the metric is the same everywhere';
  return null;
}

/** Spearman's rho of any order of ranks with these: Pearson's r of ranks. */
function rhoWith(levels: Float64Array): Measure {
  const mean = (levels.length + 1) / 2;
  const centred = Float64Array.from(levels, (rank) => rank - mean);
  const square = centred.reduce((sum, value) => sum + value * value, 0);
  return (ranks) => {
    let [product, own] = [0, 0];
    for (let i = 0; i < ranks.length; i += 1) {
      const rank = (ranks[i] ?? 0) - mean;
      product += rank * (centred[i] ?? 0);
      own += rank * rank;
    }
    return own === 0 || square === 0 ? 0 : product / Math.sqrt(own * square);
  };
}

/** Share of the variance of any order of ranks that lies between these groups. */
function etaSquaredOf(groups: Int32Array, levels: number): Measure {
  const counts = new Float64Array(levels);
  for (const group of groups) counts[group] = (counts[group] ?? 0) + 1;
  const mean = (groups.length + 1) / 2;
  return (ranks) => {
    const sums = new Float64Array(levels);
    let total = 0;
    for (let i = 0; i < ranks.length; i += 1) {
      const rank = (ranks[i] ?? 0) - mean;
      sums[groups[i] ?? 0] = (sums[groups[i] ?? 0] ?? 0) + rank;
      total += rank * rank;
    }
    const between = sums.reduce((sum, value, group) => sum + (value * value) / (counts[group] || 1), 0);
    return total === 0 ? 0 : between / total;
  };
}

/** Ranks from 1; equal values, none of which is NaN, share the mean of theirs. */
export function midRanks(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort();
  const ranks = new Map<number, number>();
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end += 1;
    ranks.set(sorted[start] ?? 0, (start + 1 + end) / 2);
  }
  return Array.from(values, (value) => ranks.get(value) ?? 0);
}

/** `midRanks` of codes below `levels`: they need not be sorted, only counted. */
function ranksOfCodes(codes: Int32Array, levels: number): Float64Array {
  const counts = new Float64Array(levels);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  let before = 0;
  const ranks = counts.map((count) => {
    before += count;
    return before - count + (count + 1) / 2;
  });
  return Float64Array.from(codes, (code) => ranks[code] ?? 0);
}

function changeTogether(a: Column, b: Column): boolean {
  const both = Int32Array.from(a.codes.keys()).filter((i) => (a.codes[i] ?? -1) >= 0 && (b.codes[i] ?? -1) >= 0);
  if (both.length < fewest) return false;
  const ranksOf = ({ codes, levels }: Column) =>
    ranksOfCodes(
      both.map((i) => codes[i] ?? 0),
      levels,
    );
  return Math.abs(rhoWith(ranksOf(a))(ranksOf(b))) > 0.9;
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
