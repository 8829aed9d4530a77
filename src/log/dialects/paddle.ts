import type { Dialect, Emit, RankReader } from '../event.js';
import { createEpochTracker, levels } from './epoch-tracker.js';
import { parseFigureList } from './figure-list.js';
import { readFigures } from './figures.js';

/**
 * PaddlePaddle's high-level API, epochs from 1: `Epoch 1/2`, `step  10/938 - loss: 0.38 - acc: 0.9 - 12ms/step` with a bar
 * (verbose=1) or without (verbose=2), then the same of the evaluation between `Eval begin...` and `Eval samples: 10000`.
 */
export const paddle: Dialect = {
  name: 'paddle',
  signatures: [
    { pattern: /(?:Eval|Predict) begin\.\.\.|The loss value printed in the log is the current step/g, weight: 50 },
    { pattern: /(?:^|[\n\r:\]\b ])step +\d+\/\d+ (?:\[[=>.]+\] )?- /g, weight: 5, hint: 'step ' },
  ],
  updates: 'last',
  reader: createPaddleReader,
  // Steps tell no epoch.
  mixedReader: () => ({ line: () => false }),
};

function createPaddleReader(): RankReader {
  const tracker = createEpochTracker();
  let part: Part | null = null;
  /** Of each part: the step printed last in this epoch, and how many steps it has in every epoch. */
  const progress = { training: { latest: 0, steps: 0 }, evaluation: { latest: 0, steps: 0 } };
  /** A header has been lost: what comes up to the next one is another epoch's. */
  let isLost = false;

  const read = (begun: Part, match: RegExpExecArray, emit: Emit): boolean => {
    const [, stepText, totalText, figuresText = ''] = match;
    const [step, steps] = [Number(stepText), Number(totalText)];
    const list = parseFigureList(figuresText, begun === 'evaluation' ? 'val' : undefined);
    if (list === undefined) return false;
    const itsProgress = progress[begun];
    isLost ||= step <= itsProgress.latest || (itsProgress.steps > 0 && steps !== itsProgress.steps);
    if (isLost || (begun === 'evaluation' && tracker.isSummarised)) {
      emit({ kind: 'foreign' });
      emit({ kind: 'doubt', what: 'steps that cannot be those of the epoch at hand' });
      return true;
    }
    itsProgress.latest = step;
    itsProgress.steps = steps;
    const figures = readFigures(list.pairs, emit);
    const isLast = step === steps;
    if (begun === 'training') tracker.record({ level: levels.training, figures, isLast, step, steps }, emit);
    else tracker.record({ level: isLast ? levels.summary : levels.validation, figures, isLast }, emit);
    return true;
  };

  return {
    line({ text, terminated }, emit) {
      const header = /^Epoch (\d+)\/(\d+)$/.exec(text.trim());
      if (header && terminated) {
        if (Number(header[1]) === tracker.epoch) emit({ kind: 'foreign' });
        part = 'training';
        isLost = false;
        progress.training.latest = 0;
        progress.evaluation.latest = 0;
        tracker.begin(Number(header[1]), emit, Number(header[2]));
        return true;
      }
      const begun = /^(Eval|Predict) begin\.\.\.$/.exec(text.trim());
      if (begun) part = begun[1] === 'Eval' ? 'evaluation' : null;
      const isEnd = /^(?:Eval|Predict) samples: \d+$/.test(text.trim());
      // What is evaluated behind an epoch's evaluation is no epoch's.
      if (isEnd) part = null;
      if (begun || isEnd) return true;
      const match = stepLine.exec(text);
      if (!match) return /^The loss value printed in the log is the current step/.test(text);
      if (/\bstep +\d|Epoch \d/.test(match[3] ?? '') || !terminated) {
        emit({ kind: 'doubt', what: 'a record that may be cut' });
        return true;
      }
      return tracker.epoch === null || part === null || read(part, match, emit);
    },
  };
}

type Part = 'training' | 'evaluation';

const stepLine = /^\s*step +(\d+)\/(\d+) (?:\[[=>.]+\] )?- (.*?) - (?:ETA: \S+ - )?\d+(?:ms|us|s)\/step$/;
