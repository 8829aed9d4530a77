import { levels } from './epoch-tracker.js';
import { type FigureList, parseFigureList } from './figure-list.js';
import { readFigures, withPhase } from './figures.js';
import type { Piece } from './piece.js';

/**
 * The bar of pytorch-cifar and of the many loops that took it over, below `Epoch: 0`: `[=====>....]  Step: 25ms | Tot: 12s |
 * Loss: 1.876 | Acc: 30.234% (15117/50000)`, over whose middle ` 391/391 ` is written. The epoch's first bar is of its
 * training, the second of its test; their figures are running averages.
 */
export function createCifarBarReader(): (piece: Piece) => boolean {
  let list: FigureList | undefined;
  let last = { epoch: 0, step: 0, steps: 0 };
  let barsBefore = 0;
  return (piece) => {
    const { tracker, emit } = piece;
    const bar = barLine.exec(piece.text);
    if (bar) {
      list = parseFigureList(bar[1] ?? '');
      return true;
    }
    const count = counter.exec(piece.text);
    if (!count || list === undefined) return false;
    const figures = readFigures(list.pairs, emit);
    list = undefined;
    const { epoch } = tracker;
    if (epoch === null) return true;
    const at = { step: Number(count[1]), steps: Number(count[2]) };
    const isFirst = at.step === 1;
    if (epoch !== last.epoch) barsBefore = 0;
    else if (isFirst && last.step === last.steps) barsBefore += 1;
    // One rank draws each step of a bar once, and the bars of an epoch one after the other.
    if (isFirst ? epoch === last.epoch && last.step < last.steps : epoch !== last.epoch || at.step !== last.step + 1)
      emit({ kind: 'foreign' });
    last = { epoch, ...at };
    const isLast = at.step === at.steps;
    if (barsBefore === 0) {
      tracker.record({ level: levels.training, figures, isLast, step: at.step, steps: at.steps }, emit);
    } else if (barsBefore === 1) {
      const level = isLast ? levels.summary : levels.validation;
      tracker.record({ level, figures: withPhase('val', figures), isLast }, emit);
    } else if (isLast) {
      emit({ kind: 'doubt', what: 'a third bar of an epoch' });
    }
    return true;
  };
}

const barLine = /^ *\[=*>\.*\] +Step: \S+ \| Tot: \S+ \| (.*)$/;
const counter = /^ *(\d+)\/(\d+)$/;
