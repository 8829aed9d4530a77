import { levels } from './epoch-tracker.js';
import { readFigures } from './figures.js';
import type { Piece } from './piece.js';

/**
 * `[0/5][50/1583]  Loss_D: 0.3 Loss_G: 2.1  D(x): 0.9  D(G(z)): 0.4 / 0.1` of PyTorch's DCGAN example and tutorial: epoch and
 * step, both from 0. `D(G(z))`, one name for two figures, is left out.
 */
export function createDcganReader(): (piece: Piece) => boolean {
  let latest = { epoch: 0, step: 0 };
  return (piece) => {
    const match = dcganLine.exec(piece.message);
    if (!match) return false;
    const [, epochText, epochs, stepText, steps, lossD = '', lossG = '', ofReal = ''] = match;
    const { tracker, emit } = piece;
    const [epoch, step] = [Number(epochText) + 1, Number(stepText) + 1];
    // One rank prints each step once.
    if (epoch === latest.epoch && step <= latest.step) emit({ kind: 'foreign' });
    latest = { epoch, step };
    tracker.begin(epoch, emit, Number(epochs));
    const figures = readFigures(Object.entries({ Loss_D: lossD, Loss_G: lossG, 'D(x)': ofReal }), emit);
    const isLast = step === Number(steps);
    tracker.record({ level: levels.training, figures, isLast, step, steps: Number(steps) }, emit);
    return true;
  };
}

const dcganLine =
  /^\[(\d+)\/(\d+)\] ?\[(\d+)\/(\d+)\]\s+Loss_D: (\S+)\s+Loss_G: (\S+)\s+D\(x\): (\S+)\s+D\(G\(z\)\): \S+ ?\/ ?\S/;
