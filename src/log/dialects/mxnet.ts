import type { Dialect, RankReader } from '../event.js';
import { createEpochTracker, levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures } from './figures.js';
import { createPrecision } from './precision.js';

/**
 * MXNet's fit loop and Horovod's MXNet and GluonCV examples, epochs from 0: `Epoch[70] Rank[0] Batch[700]⇥rmse=0.02⇥lr=0.34`,
 * `Node[0] Epoch[49] Batch [300-320]⇥Speed: 22403.59 samples/sec⇥accuracy=0.73`, `Epoch[269] Validation-accuracy=0.758760`,
 * `[Epoch 0] training: accuracy=0.1`.
 */
export const mxnet: Dialect = {
  name: 'mxnet',
  signatures: [
    { pattern: /Epoch\[\d+\] (?:Rank\[\d+\]\s+)?(?:Batch ?\[|Train-|Validation-|Time cost)/g, weight: 20 },
    { pattern: /\[Epoch \d+\] (?:training|validation): /g, weight: 20 },
  ],
  updates: 'last',
  reader: createMxnetReader,
};

function createMxnetReader(): RankReader {
  const tracker = createEpochTracker();
  const precision = createPrecision();
  return {
    line({ text, terminated }, emit) {
      const match = recordLine.exec(text);
      if (!match) return false;
      const epoch = Number(match[1] ?? match[2]) + 1;
      const rest = text.slice(match.index + match[0].length);
      if (/Epoch *\[|\[Epoch /.test(rest)) {
        emit({ kind: 'doubt', what: 'two records in one line' });
        return true;
      }
      const pairs = parsePairs(rest);
      const last = pairs.at(-1);
      if (last !== undefined && rest.trimEnd().endsWith(last[1]) && (!terminated || precision.isCut(...last))) {
        emit({ kind: 'doubt', what: 'a record that ends in a figure may be cut' });
        return true;
      }
      tracker.begin(epoch, emit);
      const seconds = Number(/Time cost[=:] *(\d+(?:\.\d+)?)$/.exec(rest.trimEnd())?.[1] ?? Number.NaN);
      if (terminated && Number.isFinite(seconds)) {
        emit({ kind: 'figures', epoch, figures: new Map(), final: false, merge: true, seconds });
        return true;
      }
      const batch = /^\s*Batch ?\[ *(?:\d+ *- *)?(\d+)\]/.exec(rest);
      const figures = readFigures(pairs, emit);
      if (figures.size === 0) return batch !== null;
      const isValidation = [...figures.keys()].some((name) => name.startsWith('val_'));
      const level = batch ? levels.training : isValidation ? levels.summary : levels.validation;
      tracker.record({ level, figures, isLast: batch === null, step: batch ? Number(batch[1]) : undefined }, emit);
      return true;
    },
  };
}

const recordLine = /(?:^|[^\w])(?:Epoch\[(\d+)\]|\[Epoch (\d+)\]) *(?:Rank\[\d+\])?(?=[\s[])/;

// A word is tried from its beginning alone, so that time stays linear in the text.
const namedFigure = /(?<![\w@.-])[\d_@.-]*(Train-|Validation-)?([A-Za-z][\w@.-]*)=([^\s,]+)/g;

/** The named figures of a record, of training or validation as its words say. */
function parsePairs(text: string): Pair[] {
  const phase = /^\s*validation:/i.test(text) ? 'val_' : 'train_';
  return [...text.matchAll(namedFigure)].map(([, word, name = '', value = '']) => {
    const prefix = word === undefined ? phase : word === 'Train-' ? 'train_' : 'val_';
    return [name === 'lr' ? name : prefix + name, value];
  });
}
