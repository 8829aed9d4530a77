import type { Dialect, RankReader } from '../event.js';
import { createEpochTracker, levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures, withPhase } from './figures.js';

/**
 * MMEngine (`mmengine - INFO - Epoch(train)  [1][ 10/196]  lr: 3.3e-04  eta: …  loss: 6.1887`, `Epoch(val) [1][50/50]  …`)
 * and MMCV 1.x (`mmdet - INFO - Epoch [1][50/1000]⇥lr: 1.978e-03, eta: 1 day, 2:03:04, …, loss: 1.4919`), epochs from 1.
 * Trainings counted in iterations (`Iter(train) [ 50/1000]`) are one long epoch.
 */
export const mmengine: Dialect = {
  name: 'mmengine',
  signatures: [
    { pattern: / - INFO - (?:Epoch|Iter) ?(?:\((?:train|val)\))? *\[/g, weight: 100 },
    { pattern: / - mmengine - INFO - | - mm\w+ - INFO - /g, weight: 20 },
  ],
  updates: 'last',
  reader: createMmengineReader,
};

function createMmengineReader(): RankReader {
  const tracker = createEpochTracker();
  return {
    line({ text, terminated }, emit) {
      const match = recordLine.exec(text);
      if (!match) return false;
      const [whole, unit, modeText, first = '', step, total] = match;
      if (text.indexOf(' - INFO - ', match.index + 1) > 0) {
        emit({ kind: 'doubt', what: 'two records in one line' });
        return true;
      }
      const mode = modeText ?? 'train';
      const pairs = parsePairs(text.slice(match.index + whole.length));
      if (pairs === undefined) return false;
      if (mode === 'test') return true;
      // Every figure but a count has four decimals or more, so that a shorter one at the end has been cut.
      const last = pairs.at(-1);
      if (last === undefined || !terminated || !/\.\d{4,}$|^\d+$|nan|inf|e[-+]\d\d$/i.test(last[1])) {
        emit({ kind: 'doubt', what: 'a record that ends in a figure may be cut' });
        return true;
      }
      const isEpoch = unit === 'Epoch';
      const at = isEpoch ? { step: Number(step), steps: Number(total ?? step) } : iterations(first);
      if (isEpoch) tracker.begin(Number(first), emit);
      else if (tracker.epoch === null) tracker.begin(1, emit);
      const figures = readFigures(pairs, emit);
      if (mode === 'train') {
        tracker.record(
          { level: levels.training, figures, isLast: at.step === at.steps, step: at.step, steps: at.steps },
          emit,
        );
      } else {
        const isResult = pairs.some(([name]) => !/time|^lr$|eta|memory/.test(name));
        const level = isResult && at.step === at.steps ? levels.summary : levels.validation;
        tracker.record({ level, figures: withPhase('val', figures), isLast: true }, emit);
      }
      return true;
    },
  };
}

const recordLine = / - INFO - (Epoch|Iter) ?(?:\((train|val|test)\))? *\[ *([\d/]+)\](?: *\[ *(\d+)(?:\/(\d+))?\])?/;

/** `50/1000` of a run counted in iterations. */
function iterations(text: string): { step: number; steps: number } {
  const [step = '', steps = ''] = text.split('/');
  return { step: Number(step), steps: Number(steps) };
}

/** Pairs set apart by two blanks (MMEngine) or by commas (MMCV); a remaining time holds commas of its own. */
function parsePairs(text: string): Pair[] | undefined {
  const plain = text.replace(/eta: (?:\d+ days?, )?[\d:]+,?/, '').trim();
  const pairs: Pair[] = [];
  for (const part of plain.split(/,\s+|\s{2,}|\t+/)) {
    const item = /^([A-Za-z][^\s:]*): (\S+?)(\s.*)?,?$/.exec(part.trim());
    if (!item && part.trim() !== '') return undefined;
    // `bbox_mAP_copypaste: 0.211 0.316 …` repeats figures for spreadsheets.
    if (item && item[3] === undefined) pairs.push([item[1] ?? '', item[2] ?? '']);
  }
  return pairs.length === 0 ? undefined : pairs;
}
