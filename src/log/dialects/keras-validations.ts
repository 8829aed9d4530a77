/**
 * TensorFlow 2.0 and 2.1 print `Epoch 1/20` once more where an epoch's validation begins: behind the header of epoch 7, and
 * before its record. A run that begins again after a crash in mid-epoch does so too, but not in its first epoch already.
 */
export interface ValidationHeaders {
  /** Whether the header of epoch `next` of `planned` is that of a validation; `hasRecord`: the epoch under way has one of its own. */
  has(next: number, planned: number, hasRecord: boolean): boolean;
  /** Something else than headers, bars and records was printed. */
  said(): void;
}

export function validationHeaders(): ValidationHeaders {
  let epoch = 0;
  let epochs = 0;
  /** The first epoch had two headers before its record. */
  let isDoubled = false;
  let isRightBehind = false;
  return {
    has(next, planned, hasRecord) {
      const isAgain = next === 1 && planned === epochs && !hasRecord;
      if (isAgain && isDoubled && epoch > 1 && isRightBehind) {
        isRightBehind = false;
        return true;
      }
      if (next === 1) isDoubled = isAgain && epoch === 1;
      epoch = next;
      epochs = planned;
      isRightBehind = true;
      return false;
    },
    said() {
      isRightBehind = false;
    },
  };
}
