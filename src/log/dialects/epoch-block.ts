import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { parseFigureList } from './figure-list.js';
import { readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { isLastFigureWhole } from './piece.js';

/**
 * An epoch told over several lines: `Epoch 0/24` (or `Epoch: 01 | Epoch Time: 0m 12s`), then `train Loss: 0.58 Acc: 0.69`
 * and `val Loss: 0.23 Acc: 0.90`, each beginning with its phase. A line between that is something else changes nothing.
 */
export function createEpochBlockReader(): (piece: Piece) => boolean {
  const base = createEpochBase();
  let openEpoch: number | null = null;
  let told = new Set<string>();
  return (piece) => {
    const { tracker, emit, text } = piece;
    const header = blockHeader.exec(text);
    if (header) {
      if (!piece.endsLine) return false;
      const { epoch, planned } = base.read(Number(header[1]), header[2] === undefined ? null : Number(header[2]));
      openEpoch = epoch;
      told = new Set();
      tracker.begin(epoch, emit, planned);
      return true;
    }
    // Once something else has begun an epoch, such lines can no longer be told apart from it.
    if (openEpoch === null || tracker.epoch !== openEpoch || !phaseLine.test(text)) return false;
    const list = parseFigureList(text);
    if (list === undefined || !list.hasMetric) return false;
    if (list.last !== null && !isLastFigureWhole(piece, ...list.last)) return true;
    if (list.pairs.some(([name]) => told.has(name))) {
      openEpoch = null;
      emit({ kind: 'doubt', what: 'figures that this epoch has already' });
      return true;
    }
    for (const [name] of list.pairs) told.add(name);
    const isTraining = list.pairs.every(([name]) => !/^(?:val|test)_/.test(name));
    const figures = readFigures(list.pairs, emit);
    tracker.record({ level: isTraining ? levels.training : levels.summary, figures, isLast: true }, emit);
    return true;
  };
}

const blockHeader =
  /^[\s[*#=-]*[Ee](?:poch|POCH)[ :=]*\[? *(\d+)(?: *(?:\/|of) *(\d+))?[\]\s:*#=-]*(?:\| *(?:Epoch )?Time:? *[\w:. ]+)?$/;
const phaseLine = /^\s*(?:train|val|valid|validation|eval|dev|test)(?:ing)?\b/i;
