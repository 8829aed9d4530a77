/** Ranks that hold the others up, by their time per step: a rank that trains longer in all is none. */

import { medianOf } from '../../summarise/figures.js';
import type { RankRow } from '../../summarise/rank-rows.js';

/** `rank 3 +38 %`, the slowest first, at most three; null where no rank stands out or times are not known of two ranks. */
export function maybeStragglers(ranks: Iterable<RankRow>): string | null {
  const timed: { name: string; seconds: number }[] = [];
  for (const { rank, secondsPerStep } of ranks) {
    if (secondsPerStep !== null && secondsPerStep > 0)
      timed.push({ name: `rank ${rank ?? '?'}`, seconds: secondsPerStep });
  }
  if (timed.length < 2) return null;
  const usual = medianOf(timed.map(({ seconds }) => seconds)) ?? 0;
  const deviation = medianOf(timed.map(({ seconds }) => Math.abs(seconds - usual))) ?? 0;
  const slow = timed
    .filter(({ seconds }) => seconds > 1.2 * usual && seconds > usual + 3 * deviation)
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ name, seconds }) => `${name} +${Math.round((seconds / usual - 1) * 100)} %`);
  if (slow.length === 0) return null;
  return slow.length > 3 ? `${slow.slice(0, 3).join(', ')} and ${slow.length - 3} more` : slow.join(', ');
}
