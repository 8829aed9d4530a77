import type { Piece } from './piece.js';

/**
 * What training loops say when they stop early: `Early stopping at epoch 4 (best val_loss 1.5658)`,
 * `Early stopping triggered after 12 epochs`, `Early stopping`. Settings and counters (`EarlyStopping counter: 1 out of 5`)
 * are none of these.
 */
export function readEarlyStop({ text, endsLine, tracker, emit }: Piece): boolean {
  const match = earlyStop.exec(text);
  if (!match || settings.test(text)) return false;
  const printed = match[1] ?? match[2];
  const after = match[3];
  // A number that ends an unfinished line may have lost a digit.
  const isWhole = endsLine || match.index + match[0].length < text.length;
  const epoch = !isWhole || (printed ?? after) === undefined ? tracker.epoch : Number(printed ?? after);
  // The printed number counts as the loop's other lines do; one below the epoch under way is counted from 0.
  const counted = printed !== undefined && epoch !== null && tracker.epoch === epoch + 1 ? tracker.epoch : epoch;
  emit({ kind: 'early_stop', epoch: counted });
  return true;
}

const earlyStop =
  /(?:^|[\s:\]>|!*-])early[- ]?stop(?:ping|ped)?(?:[!.:]*\s*$|[^\d\n]{0,40}?(?:epoch[ :#=]*(\d+)|(\d+)(?:st|nd|rd|th) epoch|after (\d+) epochs?\b(?! *(?:without|with no|of))|after \d+ epochs? (?:without|with no|of no)))|EarlyStopping: Stop training/i;
const settings = /patience|counter|enabled|delta|\bif\b|will |config|callback/i;
