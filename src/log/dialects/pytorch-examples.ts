import { levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { isLastFigureWhole, isSecondValidation } from './piece.js';

/**
 * `Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.300000` of the PyTorch and Horovod MNIST examples, from 1. Its steps are
 * counted in samples, so it does not tell how many steps an epoch has.
 */
export function createTrainEpochReader(): (piece: Piece) => boolean {
  let previous = { samples: 0, percent: 0 };
  let lines = 0;
  return (piece) => {
    const match = trainEpoch.exec(piece.text);
    if (!match) return false;
    const [, epochText, samplesText, totalText, percentText, rest = ''] = match;
    const pairs = [...rest.matchAll(namedFigure)].map((item): Pair => [item[1] ?? '', item[2] ?? '']);
    const last = pairs.at(-1);
    if (last === undefined) return false;
    if (/Epoch|Test set|\[/.test(rest)) {
      piece.emit({ kind: 'doubt', what: 'two records in one line' });
      return true;
    }
    if (!isLastFigureWhole(piece, ...last)) return true;
    const epoch = Number(epochText);
    const now = { samples: Number(samplesText), percent: Number(percentText) };
    const { tracker } = piece;
    // A rank begins each epoch at 0 and prints no step twice.
    const isRepeated = epoch === tracker.epoch && now.samples === previous.samples && now.percent === previous.percent;
    if (isRepeated || (tracker.epoch !== null && epoch !== tracker.epoch && now.samples > 0)) {
      piece.emit({ kind: 'foreign' });
    }
    const isFirst = epoch !== piece.tracker.epoch || now.samples === 0 || now.percent < previous.percent;
    lines = isFirst ? 1 : lines + 1;
    // Samples are printed as steps × samples of this step, so that a smaller last batch makes them step back.
    const isRagged = !isFirst && now.samples < previous.samples;
    const nextSamples = 2 * now.samples - previous.samples;
    const nextPercent = (now.percent * lines) / (lines - 1);
    previous = now;
    piece.tracker.begin(epoch, piece.emit);
    piece.tracker.record(
      {
        level: levels.training,
        figures: readFigures(pairs, piece.emit),
        // Under DistributedDataParallel the total may be that of all ranks, but the percentage is the rank's own.
        isLast: isRagged || (!isFirst && (nextSamples >= Number(totalText) || nextPercent > 101)),
        ...(isRagged ? {} : { step: Math.max(1, now.samples) }),
        progress: now.percent / 100,
      },
      piece.emit,
    );
    return true;
  };
}

const trainEpoch =
  /(?:^|[^\w])Train(?:ing)? Epoch: *(\d+) \[ *(\d+)\/(\d+) \( *(\d+(?:\.\d+)?)%\)\][\s,]*((?:[A-Za-z]).*)$/;
const namedFigure = /([A-Za-z][\w@ /.-]*?) *[:=] *([^\s,;|]+)/g;

/** `Test set: Average loss: 0.0545, Accuracy: 9822/10000 (98%)` (or `Accuracy: 98.22%`) of the same examples. */
export function readTestSet(piece: Piece): boolean {
  const match = testSet.exec(piece.text);
  if (!match) return false;
  const { tracker, emit } = piece;
  if (tracker.epoch === null) {
    emit({ kind: 'doubt', what: 'test figures before any epoch' });
    return true;
  }
  if (isSecondValidation(piece)) return true;
  const [, loss = '', ofTotal, percent = ofTotal] = match;
  const pairs: Pair[] = [['val_loss', loss]];
  if (percent !== undefined) pairs.push(['val_accuracy', percent]);
  tracker.record({ level: levels.summary, figures: readFigures(pairs, emit), isLast: true }, emit);
  return true;
}

const testSet =
  /(?:^|[^\w])(?:Test|Validation|Val|Eval)(?: set)?: (?:Average|Avg\.?) loss: (\S+?), *(?:Accuracy|Acc): *(?:\d+\/\d+ \( *(\S+?)%\)|(\S+?)%)/;
