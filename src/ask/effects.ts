/** Which settings matter for a metric: rank correlation for numbers, share of explained variance of ranks for words. Pure. */

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

/** A setting of all experiments, undefined where one lacks it, and its codes: numbers as they are, words by first occurrence. */
interface Column {
  readonly setting: string;
  readonly levels: readonly (string | undefined)[];
  readonly isNumeric: boolean;
}

/** Effects of all settings that vary but those named in `without`, the strongest first; those that may be chance, and those that the data cannot tell of, last. */
export function effectsOn(
  experiments: readonly ListedExperiment[],
  metric: string,
  without: readonly string[] = [],
): Effect[] {
  const figures = experiments.map(({ summary }) => summary.metrics.get(metric)?.final);
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
  const levels = experiments.map(({ hyperparameters }) => {
    const found = hyperparameters.find(({ name }) => name === setting);
    return found && settingText(found);
  });
  return { setting, levels, isNumeric: levels.every((level) => level === undefined || isNumber(level)) };
}

function effectOf(
  { setting, levels, isNumeric }: Column,
  columns: readonly Column[],
  figures: readonly (number | undefined)[],
): Effect {
  const rows = levels.flatMap((level, i) => {
    const figure = figures[i];
    return level !== undefined && figure !== undefined && Number.isFinite(figure) ? [{ level, figure }] : [];
  });
  const count = new Set(rows.map(({ level }) => level)).size;
  const base = {
    ...{ setting, n: rows.length, levels: count },
    kind: isNumeric ? 'numeric' : 'categorical',
  } as const;
  const because = whyNot(rows, count);
  if (because !== null) return { ...base, size: null, p: null, because, confoundedWith: [] };
  const ranks = Float64Array.from(midRanks(rows.map(({ figure }) => figure)));
  const texts = rows.map(({ level }) => level);
  const measure = isNumeric ? rhoWith(midRanks(texts.map(Number))) : etaSquaredOf(texts);
  const size = measure(ranks);
  const p = isNumeric ? chanceOfRho(size, ranks, measure) : chanceOfEtaSquared(size, count, ranks, measure);
  const confoundedWith = columns.filter((other) => other.setting !== setting && changeTogether(levels, other.levels));
  return { ...base, size, p, because: null, confoundedWith: confoundedWith.map((other) => other.setting) };
}

function whyNot(rows: readonly { readonly figure: number }[], levels: number): string | null {
  if (rows.length < fewest) return `only ${rows.length} of the experiments have both; ${fewest} are the least`;
  if (levels < 2) return 'it has one value only where the metric is known';
  if (levels === rows.length && levels < 2 * fewest) return 'every experiment has a value of its own';
  if (rows.every(({ figure }) => figure === rows[0]?.figure)) return 'the metric is the same everywhere';
  return null;
}

/** Spearman's rho of any order of ranks with these: Pearson's r of ranks. */
function rhoWith(levels: readonly number[]): Measure {
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
function etaSquaredOf(texts: readonly string[]): Measure {
  const seen = new Map([...new Set(texts)].map((text, i) => [text, i]));
  const groups = Int32Array.from(texts, (text) => seen.get(text) ?? 0);
  const counts = new Float64Array(seen.size);
  for (const group of groups) counts[group] = (counts[group] ?? 0) + 1;
  const mean = (texts.length + 1) / 2;
  return (ranks) => {
    const sums = new Float64Array(counts.length);
    let total = 0;
    for (let i = 0; i < ranks.length; i += 1) {
      const rank = (ranks[i] ?? 0) - mean;
      sums[groups[i] ?? 0] = (sums[groups[i] ?? 0] ?? 0) + rank;
      total += rank * rank;
    }
    const between = sums.reduce((sum, value, group) => sum + (value * value) / (counts[group] ?? 1), 0);
    return total === 0 ? 0 : between / total;
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
export function midRanks(values: readonly number[]): number[] {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let i = start; i < end; i += 1) ranks[order[i] ?? 0] = (start + 1 + end) / 2;
  }
  return ranks;
}

function changeTogether(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): boolean {
  const both = a.flatMap((level, i) => {
    const other = b[i];
    return level !== undefined && other !== undefined ? [[level, other] as const] : [];
  });
  if (both.length < fewest) return false;
  const [left, right] = [both.map(([level]) => level), both.map(([, level]) => level)];
  return Math.abs(rhoWith(midRanks(codes(left)))(Float64Array.from(midRanks(codes(right))))) > 0.9;
}

/** Numbers as they are, words by the order in which they first occur, from 0. */
function codes(values: readonly string[]): number[] {
  if (values.every(isNumber)) return values.map(Number);
  const seen = new Map<string, number>();
  return values.map((value) => {
    const code = seen.get(value) ?? seen.size;
    seen.set(value, code);
    return code;
  });
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
