import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { type FigureList, parseFigureList } from './figure-list.js';
import { readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { isLastFigureWhole } from './piece.js';

/**
 * An epoch told over several lines: `Epoch 0/24` (or `Epoch: 01 | Epoch Time: 0m 12s`), then `train Loss: 0.58 Acc: 0.69`
 * and `val Loss: 0.23 Acc: 0.90`, each beginning with its phase. A line between that is something else changes nothing.
 */
export function createEpochBlockReader(): (piece: Piece) => boolean {
  const base = createEpochBase();
  const readValidation = createValidationReader();
  let openEpoch: number | null = null;
  let told = new Set<string>();
  return (piece) => {
    const { tracker, emit } = piece;
    const text = piece.message;
    const header = blockHeader.exec(text);
    if (header) {
      if (!piece.endsLine) return false;
      const { epoch, planned } = base.read(Number(header[1]), header[2] === undefined ? null : Number(header[2]));
      // One rank prints an epoch's header once.
      if (epoch === openEpoch && epoch === tracker.epoch) emit({ kind: 'foreign' });
      openEpoch = epoch;
      told = new Set();
      tracker.begin(epoch, emit, planned);
      return true;
    }
    const phase = phaseLine.exec(text);
    const list = phase && parseFigureList(text.slice(phase[0].length).replace(/^(\w+) set\b/i, '$1'));
    if (!list?.hasMetric) {
      // It may have been a validation's line, or hold the header of the next epoch.
      if (phase || /\S[Ee]poch[ :=[#]*\d/.test(text)) readValidation.distrust(tracker.epoch);
      return false;
    }
    // Once something else has begun an epoch, such lines can no longer be told apart from it.
    if (openEpoch === null || tracker.epoch !== openEpoch) return readValidation.read(piece, list);
    if (list.last !== null && !isLastFigureWhole(piece, ...list.last)) return true;
    if (list.pairs.some(([name]) => told.has(name))) {
      openEpoch = null;
      emit({ kind: 'foreign' });
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

/**
 * The validation of an epoch whose own line came before, `Validation: loss = 0.34, accuracy = 0.8`. One such line may as well
 * be that of the whole training's end, or of what comes next; they count where the epochs before have them at the same place.
 */
function createValidationReader(): ValidationReader {
  let habit: { readonly epoch: number; readonly names: string } | null = null;
  let first: { readonly epoch: number; readonly names: string; readonly figures: Map<string, number> } | null = null;
  let isBeforeEpoch = false;
  let distrusted: number | null = null;
  const read: ValidationReader['read'] = (piece, list) => {
    const { tracker, emit } = piece;
    const { epoch } = tracker;
    // Where they come before an epoch's own line, each would be taken for one of the epoch before.
    isBeforeEpoch ||= epoch === null;
    if (epoch === null || isBeforeEpoch || list.pairs.some(([name]) => !/^(?:val|valid|eval|dev|test)[_/]/i.test(name)))
      return false;
    const names = list.pairs.map(([name]) => name).join();
    if (habit === null && first?.epoch === epoch - 1 && first.names === names && distrusted !== first.epoch) {
      habit = first;
      emit({ kind: 'figures', epoch: first.epoch, figures: first.figures, final: true, merge: true });
    }
    if (list.last !== null && !isLastFigureWhole(piece, ...list.last)) return true;
    if (habit === null) {
      first = { epoch, names, figures: readFigures(list.pairs, emit) };
      return false;
    }
    if (habit.names !== names || habit.epoch !== epoch - 1 || distrusted === epoch) {
      emit({ kind: 'doubt', what: 'a validation that no epoch before had there' });
      return true;
    }
    habit = { epoch, names };
    tracker.record({ level: levels.summary, figures: readFigures(list.pairs, emit), isLast: true }, emit);
    return true;
  };
  return {
    read,
    distrust(epoch) {
      distrusted = epoch;
    },
  };
}

interface ValidationReader {
  read(piece: Piece, list: FigureList): boolean;
  /** What comes in this epoch may be another's. */
  distrust(epoch: number | null): void;
}

const blockHeader =
  /^[\s[*#=-]*[Ee](?:poch|POCH)[ :=]*\[? *(\d+)(?: *(?:\/|of) *(\d+))?[\]\s:*#=-]*(?:\| *(?:Epoch )?Time:? *[\w:. ]+)?$/;
/** What may stand before a line that begins with its phase; the phase is part of the list. */
const phaseLine = /^[\s=*#>-]*(?=(?:train|val|valid|validation|eval|dev|test)(?:ing)?[\W_])/i;
