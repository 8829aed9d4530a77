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
    const pairs = namedFigures(rest);
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
        step: isRagged ? undefined : Math.max(1, now.samples),
        progress: now.percent / 100,
      },
      piece.emit,
    );
    return true;
  };
}

const trainEpoch =
  /(?:^|[^\w])Train(?:ing)? Epoch: *(\d+) \[ *(\d+)\/(\d+) \( *(\d+(?:\.\d+)?)%\)\][\s,]*((?:[A-Za-z]).*)$/;

/**
 * `Loss: 0.5, Top 1 = 54.5%`: names of letters, digits and `_@ /.-` and what stands behind their colon or equals sign. Each name is
 * looked for backwards from there, so that a long text without figures is not tried anew from every letter.
 */
function namedFigures(text: string): Pair[] {
  const pairs: Pair[] = [];
  const sign = /[:=] *([^\s,;|]+)/g;
  let from = 0;
  for (let match = sign.exec(text); match; match = sign.exec(text)) {
    const start = nameStart(text, from, match.index);
    from = start < 0 ? match.index + 1 : sign.lastIndex;
    if (start >= 0) pairs.push([text.slice(start, match.index).trimEnd(), match[1] ?? '']);
    sign.lastIndex = from;
  }
  return pairs;
}

/** Where the name that ends at `end` begins, at or behind `from`; -1 where there is none. */
function nameStart(text: string, from: number, end: number): number {
  let start = -1;
  for (let at = end - 1; at >= from; at -= 1) {
    const code = text.charCodeAt(at);
    if (isLetter(code)) start = at;
    else if (!inNames.has(code)) break;
  }
  return start;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

const inNames = new Set([...'0123456789_@ /.-'].map((character) => character.charCodeAt(0)));

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
