/**
 * Keras 1, 2, tf.keras and Keras 3, verbose 1 and 2: `Epoch 3/50`, then one record an epoch.
 *
 * Sources: keras/utils/generic_utils.py (1.2 to 2.15), keras/src/utils/progbar.py (3.x), keras/callbacks.py.
 * A bar's updates overwrite each other; only a record that is not overwritten can be an epoch's own.
 */
import type { Dialect, Emit, Figures, RankLine, RankReader } from '../event.js';
import { type Bar, figuresOf, isWholeAtEnd, maybeBar } from './keras-bar.js';
import { callback, header, isEarlyStop, isEpochsCallback, maybeGluedHeader, withoutRestored } from './keras-lines.js';
import { kerasMixedReader } from './keras-mixed.js';
import { isValidated, ownRecords } from './keras-own.js';
import { validationHeaders } from './keras-validations.js';

export const keras: Dialect = {
  name: 'keras',
  signatures: [
    { pattern: /(?:^|[\n:\] ])Epoch \d+\/\d+\r?\n/g, weight: 2, hint: 'Epoch ' },
    { pattern: /(?<!\d)\d+\/(?:\d+|Unknown) \[[=>.]{30}\] - /g, weight: 1, hint: '] - ' },
    // 20 × ━ (UTF-8, read as latin1), perhaps with colours between.
    {
      pattern: /(?<!\d)\d+\/\d+(?:\x1b\[0m)? (?:\x1b\[32m)?(?:\xe2\x94\x81){2}/g,
      weight: 1,
      hint: '\xe2\x94\x81\xe2\x94\x81',
    },
    // The same in a locale without UTF-8.
    { pattern: /(?<!\d)\d+\/\d+\x1b\[0m \x1b\[32m=*\x1b\[0m/g, weight: 1, hint: '\x1b[0m \x1b[32m' },
    {
      pattern: /(?:^|[\n:\] ])(?:\d+\/\d+)? ?- \d+s(?: (?:- )?\d+[mu]?s\/(?:step|sample))? - [\w/]+: /g,
      weight: 1,
    },
    // ModelCheckpoint of ranks that print nothing else.
    { pattern: /\bEpoch \d+: \S+ (?:improved|did not improve) from /g, weight: 1, hint: ' from ' },
  ],
  updates: 'last',
  reader: kerasReader,
  mixedReader: kerasMixedReader,
};

function kerasReader(isAlone = false): RankReader {
  /** The epoch that was begun last; null before the first header. */
  let epoch: number | null = null;
  const records = ownRecords();
  let hasHeaders = false;
  const validations = validationHeaders();
  /** Of the last record. */
  let last: Figures = new Map();
  let before: Map<string, number> | undefined;
  /** The last line was an epoch's header, and nothing came behind it. */
  let isBehindHeader = false;
  /** The first epoch has two headers, and no later one had that of a validation. */
  let isDoubled = false;

  const begin = (text: RegExpExecArray, emit: Emit): true => {
    const next = Number(text[1]);
    if (validations.has(next, Number(text[2]), records.own !== undefined)) {
      isDoubled = false;
      return true;
    }
    // One rank prints something between two headers, but for the first one where validations have headers too.
    if (isBehindHeader && next === epoch && next > 1) emit({ kind: 'foreign' });
    isDoubled = next === 1 ? isBehindHeader && epoch === 1 : isDoubled && next === 2;
    records.begin(next === (epoch ?? 0) + 1);
    epoch = next;
    hasHeaders = true;
    before = undefined;
    emit({ kind: 'epoch', epoch, planned: Number(text[2]) });
    return true;
  };

  /** The next epoch's header may stand behind what lost its end. */
  const beginGlued = (text: string, emit: Emit): void => {
    const glued = maybeGluedHeader(text);
    if (glued && Number(glued[1]) === (epoch ?? 0) + 1) begin(glued, emit);
  };

  const record = (bar: Bar, line: RankLine, emit: Emit): boolean => {
    if (bar.damage !== undefined || (!line.terminated && !isWholeAtEnd(line.text, bar, last))) {
      if (line.terminated) emit({ kind: 'doubt', what: bar.damage ?? 'a record without its end' });
      return line.terminated;
    }
    if (bar.figures.size === 0) return true;
    if (epoch === null || (records.own && !hasHeaders)) {
      // With a single epoch planned no header is printed; evaluate() prints the same bar without val_.
      if (!isValidated(bar) || hasHeaders) return true;
      records.begin(false);
      epoch = 1;
      emit({ kind: 'epoch', epoch, planned: 1, isInferred: true });
    }
    const first = records.own;
    const verdict = records.take(bar, line);
    if (verdict === 'rival') emit({ kind: 'reopened' });
    if (verdict === 'doubt') emit({ kind: 'foreign' });
    if (verdict === 'rival' || verdict === 'doubt')
      emit({ kind: 'doubt', what: 'a second record of an epoch without a header between' });
    if (verdict !== 'own' && verdict !== 'update') return true;
    if (isDoubled && epoch === 2) emit({ kind: 'foreign' });
    last = bar.figures;
    const said = figuresOf(bar, epoch, verdict === 'own');
    if (!isAlone) {
      const update = maybeBar(line.update ?? '');
      if (update && update.damage === undefined && update.figures.size > 0) before = update.figures;
      else if (first && first.steps === bar.steps) before = first.figures;
      if (before) said.local = before;
    }
    emit(said);
    for (let i = 0; i < bar.skipped; i += 1) emit({ kind: 'skipped_value' });
    return true;
  };

  const update = (bar: Bar, emit: Emit, isOfUpdate = false): void => {
    records.interrupt(bar.steps);
    if (epoch === null || records.own || bar.damage !== undefined || bar.figures.size === 0) return;
    before = bar.figures;
    const said = figuresOf(bar, epoch, false);
    if (isOfUpdate) said.isOfUpdate = true;
    emit(said);
  };

  return {
    line(line, emit) {
      const text = line.text.trim();
      const begins = header.exec(text);
      if (begins) {
        if (line.terminated) begin(begins, emit);
        isBehindHeader = line.update === null;
        return true;
      }
      isBehindHeader = false;
      const bar = maybeBar(withoutRestored(line.text, emit));
      if (bar) {
        if (bar.isUpdate || (bar.step !== bar.steps && bar.step !== undefined)) {
          if (line.terminated || isWholeAtEnd(line.text, bar, last)) update(bar, emit);
          else updateOf(line, update, emit);
          beginGlued(text, emit);
          return true;
        }
        if (!line.terminated) updateOf(line, update, emit);
        const understood = record(bar, line, emit);
        beginGlued(text, emit);
        return understood;
      }
      updateOf(line, update, emit);
      validations.said();
      // Keras 3 prints the epoch's own record once more behind its callbacks' lines.
      if (records.own?.drawn === 'line' && isEpochsCallback(text)) emit({ kind: 'reopened' });
      else if (isEarlyStop(text)) records.close();
      beginGlued(text, emit);
      return callback(text, epoch, emit);
    },
    update(text, emit) {
      isBehindHeader = false;
      const bar = maybeBar(text);
      if (bar) update(bar, emit);
    },
  };
}

/** The update that another text overwrote or that was left unfinished counts as one. */
function updateOf(line: RankLine, update: (bar: Bar, emit: Emit, isOfUpdate: true) => void, emit: Emit): void {
  const bar = line.update === null ? undefined : maybeBar(line.update);
  if (bar) update(bar, emit, true);
}
