/** Settings of many experiments that change together, so that the effect of one may be the other's. Pure. */

/** So few experiments tell nothing. */
export const fewest = 5;

/** A setting of all experiments. */
export interface Column {
  readonly setting: string;
  readonly isNumeric: boolean;
  /** Of each experiment the place of its value among all values, numbers in their order, words as first seen; -1 where it has none. */
  readonly codes: Int32Array;
  readonly levels: number;
}

/** For each column the settings that change together with it, in the order of the columns. */
export function settingsThatChangeTogether(columns: readonly Column[]): string[][] {
  const found = columns.map((): string[] => []);
  for (const [i, a] of columns.entries())
    for (const [j, b] of columns.slice(0, i).entries())
      if (changeTogether(a, b)) {
        found[i]?.push(b.setting);
        found[j]?.push(a.setting);
      }
  return found;
}

/**
 * By Spearman's rho of those that have both, summed by level, so that nothing is ranked for each pair of settings; or because each
 * value of one goes with one of the other, which words that stand in no order can.
 */
function changeTogether(a: Column, b: Column): boolean {
  return (a.levels === b.levels && areOneToOne(a, b)) || areCorrelated(a, b);
}

function areOneToOne(a: Column, b: Column): boolean {
  const [toB, toA] = [new Int32Array(a.levels).fill(-1), new Int32Array(b.levels).fill(-1)];
  let n = 0;
  for (let i = 0; i < a.codes.length; i += 1) {
    const [codeA, codeB] = [a.codes[i] ?? -1, b.codes[i] ?? -1];
    if (codeA < 0 || codeB < 0) continue;
    if (toB[codeA] === -1 && toA[codeB] === -1) [toB[codeA], toA[codeB]] = [codeB, codeA];
    if (toB[codeA] !== codeB || toA[codeB] !== codeA) return false;
    n += 1;
  }
  return n >= fewest && toB.filter((code) => code >= 0).length > 1;
}

function areCorrelated(a: Column, b: Column): boolean {
  const [countsA, countsB] = [new Float64Array(a.levels), new Float64Array(b.levels)];
  let n = 0;
  for (let i = 0; i < a.codes.length; i += 1) {
    const [codeA, codeB] = [a.codes[i] ?? -1, b.codes[i] ?? -1];
    if (codeA < 0 || codeB < 0) continue;
    countsA[codeA] = (countsA[codeA] ?? 0) + 1;
    countsB[codeB] = (countsB[codeB] ?? 0) + 1;
    n += 1;
  }
  if (n < fewest) return false;
  const centre = (counts: Float64Array) => ranksOfLevels(counts).map((rank) => rank - (n + 1) / 2);
  const [ranksA, ranksB] = [centre(countsA), centre(countsB)];
  const square = (ranks: Float64Array, counts: Float64Array) =>
    ranks.reduce((sum, rank, level) => sum + rank * rank * (counts[level] ?? 0), 0);
  let product = 0;
  for (let i = 0; i < a.codes.length; i += 1)
    product += (ranksA[a.codes[i] ?? -1] ?? 0) * (ranksB[b.codes[i] ?? -1] ?? 0);
  const squares = square(ranksA, countsA) * square(ranksB, countsB);
  return squares > 0 && Math.abs(product) > 0.9 * Math.sqrt(squares);
}

export function countsOf(codes: Int32Array, levels: number): Float64Array {
  const counts = new Float64Array(levels);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** The rank that all codes of a level share, by how many there are of each. */
export function ranksOfLevels(counts: Float64Array): Float64Array {
  let before = 0;
  return counts.map((count) => {
    before += count;
    return before - count + (count + 1) / 2;
  });
}
