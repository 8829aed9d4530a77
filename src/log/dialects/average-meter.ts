import { levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures, withPhase } from './figures.js';
import type { Piece, PieceReader } from './piece.js';
import { isLastFigureWhole, isSecondValidation } from './piece.js';

/**
 * Lines of average meters, as in PyTorch's ImageNet example and torchvision's references, epochs from 0:
 * `Epoch: [0][ 1/32]  Time 0.009 ( 0.009)  Loss 2.3e+00 (2.3e+00)  Acc@1 3.12 ( 3.12)`. The figure of the epoch is the
 * running average in parentheses, `loss: 6.9 (6.9)` in the references.
 */
export function createMeterReaders(): MeterReaders {
  let previousStep = 0;
  let firstStep = 0;
  let isValidating = false;
  const training: PieceReader = (piece) => {
    const match = trainLine.exec(piece.text);
    if (!match && !readTotalTime(piece)) return false;
    isValidating = false;
    if (!match) return true;
    const [whole, epochText, stepText, totalText] = match;
    const step = Number(stepText);
    const total = Number(totalText);
    const epoch = Number(epochText) + 1;
    const rest = piece.text.slice(match.index + whole.length);
    if (isDoubled(rest, piece)) return true;
    const figures = readAverages(rest, piece);
    if (figures === undefined) return false;
    const { tracker } = piece;
    if (epoch === tracker.epoch ? step === previousStep : tracker.epoch !== null && step > 1) {
      piece.emit({ kind: 'foreign' });
    }
    if (epoch !== piece.tracker.epoch || step < previousStep) {
      previousStep = step;
      firstStep = step;
    }
    const stride = step - previousStep;
    previousStep = step;
    piece.tracker.begin(epoch, piece.emit);
    // Counted from 0, the last step is total - 1.
    const lastStep = firstStep === 0 ? total - 1 : total;
    piece.tracker.record(
      {
        level: levels.training,
        figures,
        isLast: step >= lastStep || (stride > 0 && step + stride > lastStep),
        step: firstStep === 0 ? step + 1 : step,
        steps: total,
        progress: step / total,
      },
      piece.emit,
    );
    return true;
  };
  return {
    training,
    validation(piece) {
      isValidating ||= testHeader.test(piece.text);
      return readTestMeter(piece);
    },
    averagedStats: (piece) => readAveragedStats(piece, isValidating),
  };
}

/** Readers that know of each other whether the last lines were of the training or of the validation. */
export interface MeterReaders {
  readonly training: PieceReader;
  /** `Test: [ 1/10]  Time …  Loss 1.7 (1.7)` and its kin: the validation of the epoch under way, so far. */
  readonly validation: PieceReader;
  /** `Averaged stats: lr: 0.1  loss: 0.4 (0.5)`: the epoch's training or validation, averaged over all ranks. */
  readonly averagedStats: PieceReader;
}

/** `Epoch: [3] Total time: 0:00:12 (0.43 s / it)`: of which epoch the averages are that come next. */
function readTotalTime({ text, tracker, emit }: Piece): boolean {
  const match = totalTime.exec(text);
  if (!match || tracker.epoch === null) return false;
  tracker.begin(Number(match[1]) + 1, emit);
  return true;
}

const totalTime = /^Epoch: \[(\d+)\] Total time: /;
const trainLine = /(?:Epoch|EPOCH|Train|TRAIN|Training):? *\[(\d+)(?:\/\d+)?\] *\[ *(\d+)\/(\d+)\]:?/;

function readTestMeter(piece: Piece): boolean {
  const match = testLine.exec(piece.text);
  if (!match) return false;
  const rest = piece.text.slice(match.index + match[0].length);
  if (isDoubled(rest, piece) || isSecondValidation(piece)) return true;
  const figures = readAverages(rest, piece);
  if (figures === undefined || piece.tracker.epoch === null) return false;
  const [, step, total] = match;
  const isLast = Number(step) >= Number(total) - 1;
  piece.tracker.record({ level: levels.validation, figures: withPhase('val', figures), isLast }, piece.emit);
  return true;
}

/** A line of the validation, also `Test: Total time: 0:00:02`. */
const testHeader = /(?:Test|TEST|Val|Valid|Validation|VALIDATION|Eval):? *(?:\[|Total time: )/;
const testLine = /(?:Test|TEST|Val|Valid|Validation|VALIDATION|Eval):? *(?:\[\d+\])? *\[ *(\d+)\/(\d+)\]:?/;

/** ` *   Acc@1 84.833 Acc@5 99.000`: the validation's result. */
export function readStarSummary(piece: Piece): boolean {
  const match = piece.text.includes('*') ? starLine.exec(piece.message) : null;
  if (!match || piece.tracker.epoch === null) return false;
  const pairs = [...(match[1] ?? '').matchAll(/([A-Za-z]\S*):? +(\S+)/g)].map(
    (item): Pair => [`val_${item[1]?.replace(/:$/, '')}`, item[2] ?? ''],
  );
  const [first, last] = [pairs[0], pairs.at(-1)];
  if (first === undefined || last === undefined) return false;
  // All are printed with the same decimals, so that a shorter one at the end has been cut.
  const decimals = (text: string): number => text.split('.')[1]?.length ?? 0;
  if (decimals(last[1]) < decimals(first[1])) {
    piece.emit({ kind: 'doubt', what: `a record that ends in the figure ${last[0]} may be cut` });
    return true;
  }
  if (!isLastFigureWhole(piece, ...last) || isSecondValidation(piece)) return true;
  piece.tracker.record({ level: levels.summary, figures: readFigures(pairs, piece.emit), isLast: true }, piece.emit);
  return true;
}

const starLine = /^\s*\*{1,3}\s+((?:(?:Acc|Prec|acc|prec|Top|top)@?\d+:? +[\d.]+\s*)+(?:[Ll]oss:? +\S+\s*)?)$/;

function readAveragedStats(piece: Piece, isValidating: boolean): boolean {
  const at = piece.text.indexOf('Averaged stats: ');
  if (at < 0 || piece.tracker.epoch === null) return false;
  const figures = readAverages(piece.text.slice(at + 'Averaged stats: '.length), piece);
  if (figures === undefined) return false;
  if (!isValidating) piece.tracker.record({ level: levels.training, figures, isLast: true }, piece.emit);
  else if (!isSecondValidation(piece))
    piece.tracker.record({ level: levels.validation, figures: withPhase('val', figures), isLast: true }, piece.emit);
  return true;
}

/** Whether another record begins behind a record's header, so that the figures may be that one's; a doubt is told. */
function isDoubled(rest: string, { emit }: Piece): boolean {
  if (!trainLine.test(rest) && !testLine.test(rest) && !/ \* +(?:Acc|Prec)/i.test(rest)) return false;
  emit({ kind: 'doubt', what: 'two records in one line' });
  return true;
}

/** The figures in parentheses; undefined where there is none. */
function readAverages(text: string, { emit }: Piece): Map<string, number> | undefined {
  const pairs: Pair[] = [];
  let hasAverage = false;
  for (const [, name = '', current, mean = ''] of text.matchAll(average)) {
    hasAverage = true;
    // A meter that leaves out the first steps has averaged nothing yet.
    if (Number(mean) !== 0 || Number(current) === 0) pairs.push([name, mean]);
  }
  return hasAverage ? readFigures(pairs, emit) : undefined;
}

/** A word is tried from its beginning alone, and ends where a colon or a blank says so: time stays linear in the text. */
const average = /(?<![\w@./-])[\d_@./-]*([A-Za-z][\w@./-]*)(?::? +|:)([-+]?[\w.+-]+) +\( *([-+]?[\w.+-]+)\)/g;
