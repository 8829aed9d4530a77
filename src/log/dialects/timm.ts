import type { Dialect, RankReader } from '../event.js';
import { createEpochTracker, levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures, withPhase } from './figures.js';
import { isSecondValidation } from './piece.js';

/**
 * timm's train.py, epochs from 0: `Train: 3 [  50/1251 (  4%)]  Loss: 6.93 (6.92)  Time: …  LR: 1.000e-03  Data: …`,
 * `Test: [  48/48]  Time: …  Loss: 1.2 (1.3)  Acc@1: 71.2 (70.1)`. The epoch's figure is the average in parentheses.
 */
export const timm: Dialect = {
  name: 'timm',
  signatures: [{ pattern: /Train: \d+ \[ *\d+\/\d+ \( *\d+%\)\] +Loss: /g, weight: 100 }],
  updates: 'last',
  reader: createTimmReader,
};

function createTimmReader(): RankReader {
  const tracker = createEpochTracker();
  return {
    line({ text }, emit) {
      if ((text.match(/(?:Train|Test): /g)?.length ?? 0) > 1) {
        emit({ kind: 'doubt', what: 'two records in one line' });
        return true;
      }
      const train = trainLine.exec(text);
      if (train) {
        const [whole, epoch, step, total] = train;
        const rest = text.slice(train.index + whole.length);
        const figures = readFigures([...averages(rest), ...learningRate(rest)], emit);
        tracker.begin(Number(epoch) + 1, emit);
        tracker.record(
          {
            level: levels.training,
            figures,
            isLast: Number(step) >= Number(total) - 1,
            step: Number(step) + 1,
            steps: Number(total),
          },
          emit,
        );
        return true;
      }
      const test = testLine.exec(text);
      if (test) {
        if (isSecondValidation({ tracker, emit })) return true;
        const [whole, step, last] = test;
        const figures = withPhase('val', readFigures(averages(text.slice(test.index + whole.length)), emit));
        // The last batch is always printed, and its line is the last of the epoch.
        const level = Number(step) >= Number(last) ? levels.summary : levels.validation;
        tracker.record({ level, figures, isLast: true }, emit);
        return tracker.epoch !== null;
      }
      return /^\*\*\* Best metric: |Current checkpoints:/.test(text);
    },
  };
}

const trainLine = /(?:^|[^\w])Train: (\d+) \[ *(\d+)\/(\d+) \( *\d+%\)\]/;
const testLine = /(?:^|[^\w])Test: \[ *(\d+)\/(\d+)\]/;

// A word is tried from its beginning alone, so that time stays linear in the text.
const average = /(?<![\w@])[\d_@]*([A-Za-z][\w@]*): +[-+\w.]+ +\( *([-+\w.]+)\)/g;

function averages(text: string): Pair[] {
  return [...text.matchAll(average)].map((item) => [item[1] ?? '', item[2] ?? '']);
}

/** Only where something follows, so that it is whole. */
function learningRate(text: string): Pair[] {
  const match = /LR: (\S+)\s+\S/.exec(text);
  return match ? [['LR', match[1] ?? '']] : [];
}
