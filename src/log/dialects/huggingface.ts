import type { Dialect, Emit, Figures, RankReader } from '../event.js';
import { maybeDuration, maybeNumber } from '../numbers.js';
import type { Pair } from './figures.js';
import { readFigures } from './figures.js';
import { parseTqdm } from './tqdm.js';

/**
 * Hugging Face's Trainer: `{'loss': 4.5547, 'learning_rate': 6.8e-08, 'epoch': 0.05}` wherever it stands in a text, values
 * quoted or not. Its epochs are fractions: 0.05 is in epoch 1, and so is 1.0.
 */
export const huggingface: Dialect = {
  name: 'huggingface',
  signatures: [
    { pattern: /\{'(?:loss|eval_\w+|train_runtime)': [^{}\n]*'epoch': '?[\d.]+'?\}/g, weight: 100 },
    { pattern: /\*{5} (?:Running training|train metrics|eval metrics|Running Evaluation) \*{5}/g, weight: 100 },
  ],
  updates: 'all',
  reader: createHuggingfaceReader,
};

function createHuggingfaceReader(): RankReader {
  let epoch = 0;
  let isComplete = false;
  let soFar = new Map<string, number>();
  // The bar of the whole training, which is the first one drawn; evaluation has bars of its own.
  let bar: { readonly total: number; step: number } | null = null;
  let trainedEpochs: number | null = null;

  const readDict = (pairs: readonly Pair[], emit: Emit): boolean => {
    const at = maybeNumber(pairs.find(([name]) => name === 'epoch')?.[1] ?? '');
    if (at === undefined || !Number.isFinite(at)) return false;
    if (pairs.some(([name]) => name === 'train_runtime')) {
      readTrainSummary(pairs, at, emit);
      return true;
    }
    // An evaluation before the training is no epoch's.
    if (at <= 0) return true;
    const itsEpoch = Math.ceil(at);
    // Another training, with a bar of its own that cannot be told from an evaluation's.
    if (trainedEpochs !== null && itsEpoch < epoch) bar = null;
    const figures = readFigures(pairs, emit);
    if (itsEpoch !== epoch) {
      if (itsEpoch > epoch) complete(emit);
      begin(itsEpoch, emit);
    }
    for (const [name, value] of figures) soFar.set(name, value);
    // A whole number: the epoch has just ended.
    isComplete ||= Number.isInteger(at);
    emitFigures(isComplete ? soFar : figures, isComplete, emit);
    return true;
  };

  const begin = (next: number, emit: Emit): void => {
    epoch = next;
    isComplete = false;
    soFar = new Map();
    emit({ kind: 'epoch', epoch: next, planned: null });
  };

  const complete = (emit: Emit): void => {
    if (!isComplete && soFar.size > 0)
      emit({ kind: 'figures', epoch, figures: new Map(soFar), final: true, merge: true, restated: true });
    isComplete = true;
  };

  const emitFigures = (figures: Figures, final: boolean, emit: Emit): void => {
    if (figures.size > 0) emit({ kind: 'figures', epoch, figures: new Map(figures), final, merge: true });
  };

  /** Its loss is the mean over the whole training, so it is no epoch's. */
  const readTrainSummary = (pairs: readonly Pair[], lastEpoch: number, emit: Emit): void => {
    complete(emit);
    const runtime = maybeNumber(pairs.find(([name]) => name === 'train_runtime')?.[1] ?? '');
    if (runtime !== undefined) emit({ kind: 'total_time', seconds: runtime });
    trainedEpochs = lastEpoch;
    tellPlan(emit);
    emit({ kind: 'end', status: 'completed', reason: null });
  };

  /**
   * The bar of the whole training counts steps; with the epochs that were trained, it tells how many were planned. It is on
   * another stream than the summary and may lag behind it, so that it is asked again as it goes on.
   */
  const tellPlan = (emit: Emit): void => {
    if (bar === null || trainedEpochs === null || !Number.isInteger(trainedEpochs) || bar.step === 0) return;
    const steps = bar.step / trainedEpochs;
    const epochs = bar.total / steps;
    if (Number.isInteger(steps) && Number.isInteger(epochs)) emit({ kind: 'plan', epochs, steps });
  };

  const readText = (text: string, emit: Emit): boolean => {
    let isUnderstood = false;
    for (const { step, total } of parseTqdm(text).bars) {
      isUnderstood = true;
      if (total !== null && step === 0 && bar === null && trainedEpochs === null) {
        bar = { total, step };
      } else if (bar !== null && total === bar.total && step > bar.step) {
        bar.step = step;
        tellPlan(emit);
      }
    }
    for (const [dict] of text.matchAll(dictionary)) {
      const pairs = parseDictionary(dict);
      isUnderstood = (pairs !== undefined && readDict(pairs, emit)) || isUnderstood;
    }
    return isUnderstood || readSetting(text, emit);
  };

  return {
    line: ({ text }, emit) => readText(text, emit),
    update(text, emit) {
      readText(text, emit);
    },
  };
}

const dictionary = /\{'[^{}]*\}/g;

/** The pairs of a Python dictionary of plain values; undefined where it is anything else. */
function parseDictionary(text: string): Pair[] | undefined {
  const pairs: Pair[] = [];
  const item = /\s*'([^']+)': (?:'([^']*)'|([^',{}]+))(?:,|\}$)/y;
  item.lastIndex = 1;
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (!match) return undefined;
    pairs.push([match[1] ?? '', (match[2] ?? match[3] ?? '').trim()]);
  }
  return pairs;
}

/** What the Trainer logs before and after the training, where its logging is on. */
function readSetting(text: string, emit: Emit): boolean {
  const setting = /(?:^|>> +|\s)(Num Epochs|train_runtime) +?= +([\d,:.]+)$/.exec(text);
  if (!setting) return /\*{5} (?:Running training|train metrics|eval metrics|Running Evaluation) \*{5}/.test(text);
  const [, name, value = ''] = setting;
  if (name === 'Num Epochs') {
    emit({ kind: 'plan', epochs: Number(value.replaceAll(',', '')) });
  } else {
    const seconds = maybeDuration(value);
    if (seconds !== undefined) emit({ kind: 'total_time', seconds });
  }
  return true;
}
