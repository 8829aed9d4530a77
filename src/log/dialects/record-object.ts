import { maybeNumber } from '../numbers.js';
import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { isSurelyMetric } from './figure-list.js';
import { type Pair, readFigures } from './figures.js';
import type { Piece } from './piece.js';

/**
 * An epoch's record as a JSON object or a Python dictionary on a line of its own, `{"epoch": 3, "train_loss": 0.12, …}`; the
 * parts of the data may be objects in it. With a step it is progress.
 */
export function createObjectReader(): (piece: Piece) => boolean {
  const base = createEpochBase();
  return (piece) => {
    const { tracker, emit } = piece;
    if (!piece.text.endsWith('}')) return false;
    const pairs = parseObject(piece.message.trim());
    const printed = pairs?.find(([name]) => /^(?:current_)?epoch$/i.test(name))?.[1];
    if (pairs === undefined || printed === undefined || !pairs.some(([name]) => isSurelyMetric(name))) return false;
    if (!/^\d+(?:\.0+)?$/.test(printed)) return false;
    const { epoch } = base.read(Number(printed), null, tracker.epoch);
    const step = pairs.find(([name]) => /^(?:step|iter(?:ation)?|batch(?:_idx)?)$/i.test(name))?.[1];
    if (tracker.epoch !== null && epoch < tracker.epoch && epoch !== 1) {
      emit({ kind: 'doubt', what: `figures of epoch ${printed} after a later epoch` });
      return true;
    }
    const figures = readFigures(pairs, emit);
    if (step === undefined && tracker.isSummarised && epoch === tracker.epoch) emit({ kind: 'foreign' });
    const isProgress =
      step !== undefined && ![...figures.keys()].some((name) => /^(?:val|valid|test|eval)/i.test(name));
    tracker.begin(epoch, emit);
    if (isProgress) {
      const at = /^\d+$/.test(step) ? Number(step) : undefined;
      tracker.record({ level: levels.training, figures, isLast: false, step: at }, emit);
    } else tracker.record({ level: levels.summary, figures, isLast: true }, emit);
    return true;
  };
}

/** The plain values of an object by their names, those of an object in it behind its name; undefined where it is anything else. */
function parseObject(text: string): Pair[] | undefined {
  if (!text.startsWith('{') || !text.endsWith('}') || text.length > 20_000) return undefined;
  const pairs: Pair[] = [];
  let within = '';
  let at = 1;
  while (at < text.length - 1) {
    item.lastIndex = at;
    const match = item.exec(text);
    if (!match) return undefined;
    const [whole, , name = '', opens, , quoted, plain, closes] = match;
    at += whole.length;
    if (opens !== undefined) {
      if (within !== '') return undefined;
      within = `${name}_`;
      continue;
    }
    const value = (quoted ?? plain ?? '').trim();
    if (plain !== undefined && maybeNumber(value) === undefined && !/^(?:null|None|true|false|True|False)$/.test(value))
      return undefined;
    pairs.push([within + name, value]);
    if (closes?.includes('}')) {
      if (within === '') return undefined;
      within = '';
    }
  }
  return within === '' ? pairs : undefined;
}

// A name, then an object that opens, or a quoted or plain value and what closes it.
const item =
  /\s*(["'])([^"']*)\1\s*:\s*(?:(\{)|(?:(["'])([^"']*)\4|([^\s,"'{}[\]]+))(\s*\}?\s*(?:,|(?=\}$)|(?=\s*\}$))))/y;
