import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { readFigures, withPhase } from './figures.js';
import type { Piece } from './piece.js';
import type { TqdmBar } from './tqdm.js';

/**
 * Bars that a training loop draws for each epoch: `Epoch 1/8:  77%|…| 10/13 [00:00<00:00, 29.7it/s, loss=1.69]`,
 * `Train Epoch     #73: …`, `Validate Epoch  #73: …`. Their figures count as long as the loop prints nothing better.
 */
export function createBarReader(): (bar: TqdmBar, piece: Pick<Piece, 'tracker' | 'emit'>) => void {
  const base = createEpochBase();
  return (bar, { tracker, emit }) => {
    const match = epochDescription.exec(bar.before);
    const phase = match ? (match[1] ?? match[4]) : validationDescription.exec(bar.before)?.[0];
    const isValidation = phase !== undefined && !/^train/i.test(phase);
    if (match) {
      const { epoch, planned } = base.read(Number(match[2]), match[3] === undefined ? null : Number(match[3]));
      if (isValidation && tracker.epoch !== null && epoch < tracker.epoch) return;
      tracker.begin(epoch, emit, planned);
    } else if (!isValidation) {
      return;
    }
    const figures = withPhase(isValidation ? 'val' : 'train', readFigures(bar.postfix, emit));
    const total = bar.total ?? undefined;
    const isLast = total !== undefined && bar.step >= total;
    if (isValidation) {
      if (figures.size > 0) tracker.record({ level: levels.validationBar, figures, isLast }, emit);
    } else {
      tracker.record({ level: levels.bar, figures, isLast, step: bar.step, steps: total }, emit);
    }
  };
}

/** Where the description of a bar that tells its epoch begins in the text before the bar; its length if there is none. */
export function descriptionStart(before: string): number {
  return epochDescription.exec(before)?.index ?? before.length;
}

// `Epoch 3`, `epoch 3/8`, `Train Epoch     #73`, `[Epoch 3/8] val`, each up to the bar.
const epochDescription =
  /(?:\[?(train(?:ing)?|val(?:id(?:at(?:e|ion|ing))?)?|eval(?:uat(?:e|ion|ing))?|test(?:ing)?)\]? *[-:,]? *)?\[?\bEpoch\]?[ :=]*\[? *#? *(\d+)(?: *(?:\/|of) *(\d+))?[\])]?(?: *[-:,|]? *[[(]?(train(?:ing)?|val(?:id(?:at(?:e|ion|ing))?)?|eval(?:uat(?:e|ion|ing))?|test(?:ing)?)[\])]?)?:?$/i;
const validationDescription =
  /(?:^|[^\w])(?:val(?:id(?:at(?:e|ion|ing))?)?|eval(?:uat(?:e|ion|ing))?)(?: loop)?[\])]?:?$/i;
