/** How probable an effect of such a size is by chance alone. Pure. */

import jstat from 'jstat';
import { randomFrom } from './random-from.js';

/** Up to so many figures chance is tried out; beyond, the distributions that statistics packages use are as good. */
const mostShuffled = 100;
const shuffles = 2000;

/** The size of an effect that an order of the figures' ranks has: rho, −1 to 1, or eta², 0 to 1. */
export type Measure = (ranks: Float64Array) => number;

/** Of a correlation of ranks, two-sided: Student's t with n − 2 degrees of freedom, as scipy.stats.spearmanr has it. */
export function chanceOfRho(rho: number, ranks: Float64Array, measure: Measure): number {
  const n = ranks.length;
  if (n <= mostShuffled) return shuffled(ranks, measure, Math.abs(rho));
  if (Math.abs(rho) >= 1) return 0;
  return 2 * jstat.studentt.cdf(-Math.abs(rho) * Math.sqrt((n - 2) / (1 - rho * rho)), n - 2);
}

/** Of a share of the ranks' variance: Kruskal and Wallis's H, (n − 1) eta², by chi² with one degree less than groups. */
export function chanceOfEtaSquared(share: number, groups: number, ranks: Float64Array, measure: Measure): number {
  const n = ranks.length;
  if (n <= mostShuffled) return shuffled(ranks, measure, share);
  return Math.max(0, 1 - jstat.chisquare.cdf((n - 1) * share, groups - 1));
}

/** Share of random orders whose effect is at least as large; the same ranks give the same answer. */
function shuffled(ranks: Float64Array, measure: Measure, size: number): number {
  const random = randomFrom(ranks.length);
  let reached = 1;
  const order = Float64Array.from(ranks);
  for (let round = 0; round < shuffles; round += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      const other = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = other;
    }
    if (Math.abs(measure(order)) >= size - 1e-12) reached += 1;
  }
  return reached / (shuffles + 1);
}
