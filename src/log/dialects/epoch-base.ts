/** An epoch counted from 1, and the last one planned, where printed. */
export interface CountedEpoch {
  readonly epoch: number;
  readonly planned: number | null;
}

/** What a kind of line counts its epochs from, learnt from the lines themselves. */
export interface EpochBase {
  /** @param underWay the epoch that lines of another kind have told, from 1: the first one read is that one, or before it. */
  read(printed: number, printedTotal: number | null, underWay?: number | null): CountedEpoch;
}

/**
 * From `first` on, until an epoch 0 is printed. Where epochs count from 0, the total may be the last epoch or one more
 * (`Epoch 0/24` and `Epoch 0/25` of 25 are both common), so it is not told.
 */
export function createEpochBase(first: 0 | 1 = 1): EpochBase {
  let base = first;
  let isFirst = true;
  return {
    read(printed, total, underWay = null) {
      if (printed === 0 || (isFirst && printed + 1 === underWay)) base = 0;
      isFirst = false;
      return { epoch: printed + 1 - base, planned: base === 0 ? null : total };
    },
  };
}
