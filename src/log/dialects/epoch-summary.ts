import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { parseFigureList, phaseOf } from './figure-list.js';
import { type Pair, readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { isLastFigureWhole } from './piece.js';

/**
 * Lines that training loops print once an epoch, in any of the usual manners:
 * `epoch 1 train_loss 2.0036 val_acc 0.4400`, `Epoch 001: train_loss=0.12, valid_acc=0.9`,
 * `2026-11-23 [INFO] trainer: Epoch  2/5 | train/loss: 0.1 | val/top1: 54.50`, `Epoch [3/10], Loss: 0.1, Acc: 92.3%`,
 * `[Val] Epoch 3/10 | Loss 0.2`, `| end of epoch   3 | time:  5.02s | valid loss  0.42`.
 * The whole rest of the line must be a list of figures, one of which is surely a metric; all else is not understood.
 */
export function createSummaryReader(firstEpoch: 0 | 1 = 1): (piece: Piece) => boolean {
  const base = createEpochBase(firstEpoch);
  let shape: string | undefined;
  /** The latest epoch with a line of its own. */
  let summarised = 0;
  return (piece) => {
    const header = epochHeader.exec(piece.text) ?? countHeader.exec(piece.text);
    if (!header) return false;
    const { tracker, emit } = piece;
    const [whole, epochText, totalText] = header;
    const before = piece.text.slice(0, header.index);
    const phase = phaseBefore.exec(before);
    const prefix = before.slice(0, phase?.index).replace(/(?<=^|[^\w])(?:end of|after) *$/i, '');
    if (!isLoggerPrefix(prefix)) return false;
    const rest = piece.text.slice(header.index + whole.length);
    const step = stepOfEpoch.exec(rest);
    const list = parseFigureList(
      rest.slice(step?.[0].length ?? 0).replace(/^[\s:]+/, ''),
      phase?.[1] === undefined ? undefined : phaseOf(phase[1]),
    );
    if (list === undefined || !list.hasMetric) return false;
    // A mere `[ 3/10]` may count steps, but none of them has been validated.
    if (!/epoch/i.test(whole) && !hasBothPhases(list.pairs)) return false;
    if (list.last !== null && !isLastFigureWhole(piece, ...list.last)) return true;
    const { epoch, planned } = base.read(Number(epochText), totalText === undefined ? null : Number(totalText));
    const figures = readFigures(list.pairs, emit);
    // `Best model: epoch 3, val_loss: 0.2` after epoch 9 must not look like a step back to epoch 3.
    const itsShape = `${before.replaceAll(/\d+/g, '0')}|${list.pairs.map(([name]) => name).join('|')}`;
    const isStepBack = tracker.epoch !== null && epoch < tracker.epoch;
    // Of two streams the bars' may be ahead: then the line of the epoch before stands behind the next one's first bar.
    const isLate = isStepBack && epoch + 1 === tracker.epoch && summarised < epoch && !tracker.isSummarised;
    if (isLate && !step && prefix.trim() === '' && (shape ?? itsShape) === itsShape) {
      shape = itsShape;
      summarised = epoch;
      emit({ kind: 'figures', epoch, figures, final: true, merge: false });
      return true;
    }
    if (isStepBack && itsShape !== shape) {
      emit({ kind: 'doubt', what: `figures of epoch ${epochText} after a later epoch` });
      return true;
    }
    const isRepeated = tracker.isSummarised && epoch === tracker.epoch && shape === itsShape && !step;
    if (isRepeated) emit({ kind: 'foreign' });
    tracker.begin(epoch, emit, planned);
    if (step) {
      const [stepText, stepsText] = [step[1] ?? step[3] ?? step[5], step[2] ?? step[4] ?? step[6]];
      const [at, steps] = [Number(stepText), stepsText === undefined ? undefined : Number(stepsText)];
      tracker.record({ level: levels.training, figures, isLast: at === steps, step: at, steps }, emit);
    } else {
      shape ??= itsShape;
      summarised = epoch;
      tracker.record({ level: levels.summary, figures, isLast: true }, emit);
    }
    return true;
  };
}

/** `[Val]   `, `train `, `Validation Results - `, ` model eval `: of which part of the data the line is. */
const phaseBefore =
  /(?<![\w.])(?:model )?\[?(train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|dev|test(?:ing)?)\]?(?: (?:results?|stats|metrics))?(?:[\s\]:|>,-]*)$/i;
const epochHeader =
  /[Ee](?:poch|POCH)[ \t:=#[(]*(\d+)(?: *(?:\/|of) *(\d+))?[\])>]*(?:[\s:|-]{1,3}(?:done|finished|completed|results?|summary|stats)(?=[\s:.,|]))?(?=[\s:.,|;-]|$)/;

/** `[ 3/10] `, the epoch of a line that names none. */
const countHeader = /\[(?<=(?:^[^\d\n]{0,20}|\] |- |: )\[) *(\d+)(?: *\/ *(\d+))\]:?(?= )/;

function hasBothPhases(pairs: readonly Pair[]): boolean {
  return pairs.some(([name]) => /^train/i.test(name)) && pairs.some(([name]) => /^val/i.test(name));
}

/** Whether only what loggers put before a message stands there: time stamps, levels, names, closed by a delimiter. */
function isLoggerPrefix(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '') return true;
  return (
    trimmed.length <= 120 &&
    /^[\w\s[\](){}<>.:,;|/+*#=@"'-]+$/.test(trimmed) &&
    /(?:[^A-Za-z]|\b(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL))$/.test(trimmed) &&
    !isRemark.test(trimmed)
  );
}
const isRemark = /best|restor|load|resum|sav|final|early|stop|check|from|start|begin/i;
const stepOfEpoch =
  /^[\s:,|;-]*\[?(?:(?:[Ss]tep|[Bb]atch|[Ii]ter(?:ation)?)s?[ :=#]*)\[? *(\d+)(?: *(?:\/|of) *(\d+))?[\])]*(?: *\(\d+(?:\.\d+)?%\))?|^[\s:,|;-]*\[ *(\d+)\/(\d+)(?: \(\d+%\))?\]|^[\s:,|;-]*(\d+) *\/ *(\d+) batches/;
