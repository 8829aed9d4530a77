/** Which settings matter for a metric: rank correlation for numbers, share of explained variance of ranks for words. Pure. */

import type { Hyperparameter } from '../experiment.js';
import type { ListedExperiment } from '../summary.js';
import { chanceOfEtaSquared, chanceOfRho, type Measure } from './chance.js';
import { type Column, countsOf, fewest, ranksOfLevels, settingsThatChangeTogether } from './change-together.js';
import { settingText, varyingSettings } from './fields.js';

export interface Effect {
  readonly setting: string;
  /** `numeric`: Spearman's rho, −1 to 1. `categorical`: eta² on ranks (Kruskal-Wallis), 0 to 1. */
  readonly kind: 'numeric' | 'categorical';
  /** null where the data cannot tell; `because` says why. */
  readonly size: number | null;
  /** Probability of an effect at least this large if the setting did not matter; null with `size`. */
  readonly p: number | null;
  /** `p` as it is when as many settings are looked at as here (Holm and Bonferroni): of twenty that do not matter, one has p < 0.05. */
  readonly pAmongAll: number | null;
  readonly n: number;
  /** Distinct values. */
  readonly levels: number;
  readonly because: string | null;
  /** Other settings that change together with this one (|rho| of their ranks above 0.9), so that theirs may be the effect. */
  readonly confoundedWith: readonly string[];
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
  const rows = Int32Array.from(figures.keys()).filter((i) => Number.isFinite(figures[i]));
  const measured = measuredOf(
    rows,
    figures.filter((figure) => Number.isFinite(figure)),
  );
  const together = settingsThatChangeTogether(columns);
  const effects = amongAll(columns.map((column, i) => effectOf(column, measured, together[i] ?? [])));
  return effects.sort(
    (a, b) =>
      Number(a.size === null) - Number(b.size === null) ||
      Number(isChance(a)) - Number(isChance(b)) ||
      Math.abs(b.size ?? 0) - Math.abs(a.size ?? 0),
  );
}

/** Whether the data cannot tell the effect from chance, at the usual one in twenty for all settings together. */
export function isChance({ pAmongAll }: Effect): boolean {
  return pAmongAll === null || pAmongAll >= chanceAllowed;
}

/** Whether it would be none if no other setting had been looked at. */
export function isOnlyOneOfMany(effect: Effect): boolean {
  return effect.p !== null && effect.p < chanceAllowed && isChance(effect);
}

const chanceAllowed = 0.05;

/** What is to be kept in mind of one of these effects: half a sentence, or nothing. */
export function remarkOn(effect: Effect, effects: readonly Effect[]): string {
  const { because, confoundedWith } = effect;
  if (because !== null) return `cannot tell: ${because}`;
  const tried = effects.filter(({ p }) => p !== null).length;
  const chance = isOnlyOneOfMany(effect) ? `may be chance, as one of ${tried} settings` : 'may be chance';
  const together = confoundedWith.length > 0 ? `changes together with ${confoundedWith.join(', ')}` : '';
  return [isChance(effect) ? chance : '', together].filter((each) => each !== '').join('; ');
}

function amongAll(effects: readonly Omit<Effect, 'pAmongAll'>[]): Effect[] {
  const known = effects.flatMap(({ p }) => p ?? []).sort((a, b) => a - b);
  let least = 0;
  const adjusted = known.map((p, i) => {
    least = Math.max(least, Math.min(1, p * (known.length - i)));
    return least;
  });
  return effects.map((effect) => ({
    ...effect,
    pAmongAll: effect.p === null ? null : (adjusted[known.indexOf(effect.p)] ?? null),
  }));
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

/** The experiments that have the metric. */
interface Measured {
  /** Their places among all. */
  readonly rows: Int32Array;
  /** All finite. */
  readonly figures: Float64Array;
  readonly ranks: Float64Array;
}

function measuredOf(rows: Int32Array, figures: Float64Array): Measured {
  return { rows, figures, ranks: Float64Array.from(midRanks(figures)) };
}

function effectOf(column: Column, all: Measured, confoundedWith: readonly string[]): Omit<Effect, 'pAmongAll'> {
  const { setting, codes, isNumeric, levels } = column;
  const { rows, figures, ranks } = having(column, all);
  const own = rows.map((row) => codes[row] ?? 0);
  const count = countsOf(own, levels).filter((n) => n > 0).length;
  const base = { setting, n: rows.length, levels: count, kind: isNumeric ? 'numeric' : 'categorical' } as const;
  const because = whyNot(figures, count);
  if (because !== null) return { ...base, size: null, p: null, because, confoundedWith: [] };
  const measure = isNumeric ? rhoWith(ranksOfCodes(own, levels)) : etaSquaredOf(own, levels);
  const size = measure(ranks);
  const p = isNumeric ? chanceOfRho(size, ranks, measure) : chanceOfEtaSquared(size, count, ranks, measure);
  return { ...base, size, p, because: null, confoundedWith };
}

/** Those of the experiments that have the setting: most often all, whose figures need no sorting again. */
function having({ codes }: Column, all: Measured): Measured {
  const isHere = (row: number): boolean => (codes[row] ?? -1) >= 0;
  if (all.rows.every(isHere)) return all;
  return measuredOf(
    all.rows.filter(isHere),
    all.figures.filter((_, i) => isHere(all.rows[i] ?? 0)),
  );
}

function whyNot(figures: Float64Array, levels: number): string | null {
  if (figures.length < fewest)
    return `only ${figures.length} ${figures.length === 1 ? 'run has' : 'runs have'} both it and the metric; ${fewest} are the least`;
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
  const ranks = ranksOfLevels(countsOf(codes, levels));
  return Float64Array.from(codes, (code) => ranks[code] ?? 0);
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
