import type { Emit } from '../event.js';
import { levels } from './epoch-tracker.js';
import { parseFigureList } from './figure-list.js';
import { type Pair, readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { isLastFigureWhole, isSecondValidation } from './piece.js';

/** `[1,  2000] loss: 2.173` of PyTorch's CIFAR-10 tutorial: epoch and batch, from 1; the mean loss since the line before. */
export function createRunningLossReader(): (piece: Piece) => boolean {
  let latest = { epoch: 0, step: 0 };
  return (piece) => {
    const match = runningLoss.exec(piece.message);
    if (!match) return false;
    const [, epoch, step, rest = ''] = match;
    const list = parseFigureList(rest);
    if (list === undefined || !list.hasMetric) return false;
    if (list.last !== null && !isLastFigureWhole(piece, ...list.last)) return true;
    const { tracker, emit } = piece;
    // A rank prints no step twice, and none backwards.
    const isBack = latest.epoch === Number(epoch) && Number(step) <= latest.step;
    if (isBack || (tracker.epoch !== null && Number(epoch) > tracker.epoch + 1)) emit({ kind: 'foreign' });
    latest = { epoch: Number(epoch), step: Number(step) };
    tracker.begin(Number(epoch), emit);
    const figures = readFigures(list.pairs, emit);
    tracker.record({ level: levels.training, figures, isLast: false, step: Number(step) }, emit);
    return true;
  };
}

const runningLoss = /^\s*\[(\d+), *(\d+)\] +([A-Za-z].*)$/;

/**
 * PyTorch's quickstart tutorial, below `Epoch 1`: `loss: 2.303494  [   64/60000]`, then `Test Error:` and on the line behind it
 * `Accuracy: 38.9%, Avg loss: 2.155365`.
 */
export function createQuickstartReader(): (piece: Piece) => boolean {
  let isResult = false;
  let latest = { epoch: 0, samples: 0 };
  /** An epoch behind which another one has begun whose header is lost. */
  let lost: number | null = null;
  return (piece) => {
    const { tracker, emit } = piece;
    if (tracker.epoch === null) return false;
    const text = piece.message;
    if (isResult) {
      isResult = false;
      const result = testResult.exec(text);
      if (!result) return false;
      const [, accuracy = '', loss = ''] = result;
      if (!isLastFigureWhole(piece, 'Avg loss', loss)) return true;
      if (isSecondValidation(piece)) return true;
      if (tracker.epoch === lost) return doubtLost(emit);
      const pairs: Pair[] = [
        ['val_accuracy', accuracy],
        ['val_loss', loss],
      ];
      tracker.record({ level: levels.summary, figures: readFigures(pairs, emit), isLast: true }, emit);
      return true;
    }
    if (/^\s*(?:Test|Validation) Error: *$/.test(text)) {
      isResult = true;
      return true;
    }
    const step = sampleLoss.exec(text);
    if (!step) return false;
    const [, loss = '', samples, total] = step;
    const figures = readFigures([['loss', loss]], emit);
    if (tracker.epoch === latest.epoch && Number(samples) <= latest.samples) lost = tracker.epoch;
    latest = { epoch: tracker.epoch, samples: Number(samples) };
    if (tracker.epoch === lost) return doubtLost(emit);
    const progress = Number(samples) / Number(total);
    tracker.record({ level: levels.training, figures, isLast: progress >= 1, step: Number(samples), progress }, emit);
    return true;
  };
}

function doubtLost(emit: Emit): true {
  emit({ kind: 'foreign' });
  emit({ kind: 'doubt', what: 'a record of an epoch whose header is lost' });
  return true;
}

const sampleLoss = /^\s*loss: +(\S+) +\[ *(\d+)\/ *(\d+)\]$/;
const testResult = /^\s*Accuracy: +(\S+?)%, Avg loss: +(\S+)$/;
