/**
 * Training loops on several ranks that share one stream without any tag. Whose record is whose cannot be known; which epoch
 * it belongs to is only certain where the record itself says so.
 */
import { type EpochTracker, levels } from './epoch-tracker.js';
import type { Piece } from './piece.js';

/** Takes the records of all ranks as they come: of training, those that no line of the log is further in its epoch than. */
export function createMixedTracker(): EpochTracker {
  let epoch: number | null = null;
  let latest = 0;
  let furthest = 0;
  return {
    get epoch() {
      return epoch;
    },
    isSummarised: false,
    begin(next, emit, planned = null) {
      epoch = next;
      if (next <= latest) return;
      latest = next;
      emit({ kind: 'epoch', epoch: next, planned });
    },
    record({ level, figures, progress }, emit) {
      if (level === levels.training) {
        if (progress === undefined || progress < furthest) return;
        furthest = progress;
      }
      emit({ kind: 'figures', epoch, figures, final: true, merge: true });
    },
  };
}

/** A validation that does not say of which epoch it is. */
export function doubtValidation({ text, emit }: Piece): boolean {
  if (!validation.test(text)) return false;
  emit({ kind: 'doubt', what: 'a record of one of several epochs' });
  return true;
}

const validation =
  /(?:Test|Val|Valid|Validation|Eval)(?: set)?: *(?:\[|(?:Average|Avg\.?) loss: )|^\s*\*{1,3}\s+(?:Acc|Prec|Top)@/i;
