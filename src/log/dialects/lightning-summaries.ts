import { type EpochTracker, levels } from './epoch-tracker.js';

/**
 * Where lines that the user's own code prints once an epoch belong, next to Lightning's bars. They count from 0 as Lightning
 * does, unless the bar under way says that they count from 1. `barEpoch` is from 0.
 */
export function createSummaryTracker(barEpoch: () => number | null): EpochTracker {
  let epoch: number | null = null;
  return {
    get epoch() {
      return epoch;
    },
    isSummarised: false,
    begin(next, emit, planned = null) {
      const bar = barEpoch();
      const itsEpoch = bar !== null && next === bar + 2 ? next - 1 : next;
      if (itsEpoch === epoch) return;
      epoch = itsEpoch;
      if (bar === null || itsEpoch > bar + 1) emit({ kind: 'epoch', epoch: itsEpoch, planned });
    },
    record({ level, figures }, emit) {
      emit({ kind: 'figures', epoch, figures, final: level === levels.summary, merge: true });
    },
  };
}
