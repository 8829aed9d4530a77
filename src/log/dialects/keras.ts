/**
 * Keras 1, 2, tf.keras and Keras 3, verbose 1 and 2: `Epoch 3/50`, then one record an epoch.
 *
 * Sources: keras/utils/generic_utils.py (1.2 to 2.15), keras/src/utils/progbar.py (3.x), keras/callbacks.py.
 * A bar's updates overwrite each other; only a record that is not overwritten can be an epoch's own.
 */
import type { Dialect, Emit, RankLine, RankReader } from '../event.js';
import { isFigureLike, maybeDuration, maybeNumber } from '../numbers.js';

export const keras: Dialect = {
  name: 'keras',
  signatures: [
    { pattern: /(?:^|[\n:\] ])Epoch \d+\/\d+\r?\n/g, weight: 2 },
    { pattern: /\d+\/(?:\d+|Unknown) \[[=>.]{30}\] - /g, weight: 1 },
    // 20 × ━ (UTF-8, read as latin1), perhaps with colours between.
    { pattern: /\d+\/\d+(?:\x1b\[0m)? (?:\x1b\[32m)?(?:\xe2\x94\x81){2}/g, weight: 1 },
    { pattern: /(?:^|[\n:\] ])(?:\d+\/\d+)? ?- \d+s(?: \d+[mu]?s\/(?:step|sample))? - [\w/]+: /g, weight: 1 },
  ],
  updates: 'last',
  reader: kerasReader,
};

interface Bar {
  readonly step: number | undefined;
  readonly steps: number | undefined;
  /** Remaining time was printed, so this is an update even at the last step. */
  readonly isUpdate: boolean;
  readonly seconds: number | undefined;
  readonly secondsPerStep: number | undefined;
  readonly figures: Map<string, number>;
  readonly skipped: number;
  /** Some field is neither a figure nor a time, or has been damaged: what, else undefined. */
  readonly damage: string | undefined;
}

const header = /^Epoch (\d+)\/(\d+)$/;
const gluedHeader = /Epoch (\d+)\/(\d+)$/;
const barHead =
  /^\s*(?:(\d+)\/(\d+|Unknown)(?= |$))?\s*(?:\[[=>.]{1,80}\]|[━╸╺]{2,80}|[=>.]{10,80})?\s*(?:- )?(?:ETA: ([\d:]+s?)|(\d+)s|([\d:]+))?(?: (\d+(?:s|ms|us))\/(step|sample|epoch))?(?= - |$)/;
const field = /^(.+?): (\S+)$/;

function kerasReader(): RankReader {
  /** The epoch that was begun last; null before the first header. */
  let epoch: number | null = null;
  /** The current epoch has its record. */
  let isDone = false;
  let hasHeaders = false;
  let names: readonly string[] = [];
  let steps: number | undefined;
  let before: Map<string, number> | undefined;

  const begin = (text: RegExpExecArray, emit: Emit): true => {
    epoch = Number(text[1]);
    isDone = false;
    hasHeaders = true;
    if (epoch === 1) steps = undefined;
    before = undefined;
    emit({ kind: 'epoch', epoch, planned: Number(text[2]) });
    return true;
  };

  /** The next epoch's header may stand behind a record that lost its end. */
  const beginGlued = (text: string, emit: Emit): void => {
    const glued = gluedHeader.exec(text);
    if (glued && Number(glued[1]) === (epoch ?? 0) + 1) begin(glued, emit);
  };

  const record = (bar: Bar, line: RankLine, emit: Emit): boolean => {
    if (bar.damage !== undefined || (!line.terminated && !isWholeAtEnd(line.text, bar, names))) {
      if (line.terminated) emit({ kind: 'doubt', what: bar.damage ?? 'a record without its end' });
      return line.terminated;
    }
    if (bar.figures.size === 0) return true;
    const isValidated = [...bar.figures.keys()].some((name) => name.startsWith('val_'));
    if (epoch === null || (isDone && !hasHeaders)) {
      // With a single epoch planned no header is printed; evaluate() prints the same bar without val_.
      if (!isValidated || hasHeaders) return true;
      epoch = 1;
      isDone = false;
      emit({ kind: 'epoch', epoch, planned: 1 });
    }
    const others = steps !== undefined && bar.steps !== undefined ? bar.steps - steps : 0;
    if (isDone) {
      // Keras 3 prints the last step once more behind its callbacks' lines, and evaluate() in a callback a bar of its own before.
      const completes = isValidated ? !names.some((name) => name.startsWith('val_')) : others > 0;
      if (!completes) {
        if (isValidated) emit({ kind: 'doubt', what: 'a second record of an epoch without a header between' });
        return true;
      }
    } else if (!isValidated && others < 0) return true;
    isDone = true;
    steps = bar.steps ?? steps;
    names = [...bar.figures.keys()];
    const local = maybeBar(line.update ?? '');
    emit({
      kind: 'figures',
      epoch,
      figures: bar.figures,
      final: true,
      merge: false,
      ...times(bar),
      ...(local && local.damage === undefined && local.figures.size > 0
        ? { local: local.figures }
        : before
          ? { local: before }
          : {}),
    });
    for (let i = 0; i < bar.skipped; i += 1) emit({ kind: 'skipped_value' });
    return true;
  };

  const update = (bar: Bar, emit: Emit): void => {
    if (epoch === null || isDone || bar.damage !== undefined || bar.figures.size === 0) return;
    steps = bar.steps ?? steps;
    before = bar.figures;
    emit({ kind: 'figures', epoch, figures: bar.figures, final: false, merge: false, ...times(bar) });
  };

  return {
    line(line, emit) {
      const text = line.text.trim();
      const begins = header.exec(text);
      if (begins) return line.terminated ? begin(begins, emit) : true;
      const bar = maybeBar(line.text);
      if (bar) {
        if (bar.isUpdate || (bar.step !== bar.steps && bar.step !== undefined)) {
          if (line.terminated || isWholeAtEnd(line.text, bar, names)) update(bar, emit);
          else updateOf(line, update, emit);
          if (bar.damage !== undefined) beginGlued(text, emit);
          return true;
        }
        if (!line.terminated) updateOf(line, update, emit);
        const understood = record(bar, line, emit);
        if (bar.damage !== undefined) beginGlued(text, emit);
        return understood;
      }
      updateOf(line, update, emit);
      return callback(text, epoch, emit);
    },
    update(text, emit) {
      const bar = maybeBar(text);
      if (bar) update(bar, emit);
    },
  };
}

/** The update that another text overwrote or that was left unfinished counts as one. */
function updateOf(line: RankLine, update: (bar: Bar, emit: Emit) => void, emit: Emit): void {
  const bar = line.update === null ? undefined : maybeBar(line.update);
  if (bar) update(bar, emit);
}

function times(bar: Bar): { step?: number; steps?: number; seconds?: number; secondsPerStep?: number } {
  return {
    ...(bar.step === undefined ? {} : { step: bar.step }),
    ...(bar.steps === undefined ? {} : { steps: bar.steps }),
    ...(bar.seconds === undefined || bar.isUpdate ? {} : { seconds: bar.seconds }),
    ...(bar.secondsPerStep === undefined ? {} : { secondsPerStep: bar.secondsPerStep }),
  };
}

/** A bar, verbose 1 or 2, with what it says; undefined where the text is none. */
function maybeBar(text: string): Bar | undefined {
  const head = barHead.exec(text);
  if (!head || head[0].trim() === '') return undefined;
  const [whole, step, total, eta, elapsed, remaining, perStep, unit] = head;
  if (step === undefined && elapsed === undefined) return undefined;
  const rest = text.slice(whole.length);
  if (!rest.includes(': ') && eta === undefined && elapsed === undefined && remaining === undefined) return undefined;
  const fields = readFields(rest);
  const steps = total === undefined || total === 'Unknown' || unit === 'sample' ? undefined : Number(total);
  const isUpdate = eta !== undefined || remaining !== undefined || total === 'Unknown';
  const secondsPerStep = unit === 'step' && perStep !== undefined ? maybeDuration(perStep) : fields.secondsPerStep;
  return {
    step: step === undefined ? undefined : Number(step),
    steps: unit === 'sample' ? Number(total) : steps,
    isUpdate,
    seconds: elapsed === undefined ? undefined : Number(elapsed),
    secondsPerStep,
    figures: fields.figures,
    skipped: fields.skipped,
    damage: fields.damage,
  };
}

/** ` - loss: 0.5 - accuracy: 0.9 - 5s/epoch - 43ms/step` */
function readFields(rest: string): {
  figures: Map<string, number>;
  skipped: number;
  secondsPerStep: number | undefined;
  damage: string | undefined;
} {
  const figures = new Map<string, number>();
  let skipped = 0;
  let secondsPerStep: number | undefined;
  let damage: string | undefined;
  for (const part of rest.split(' - ')) {
    const text = part.trim();
    if (text === '') continue;
    const time = /^(\d+(?:s|ms|us))\/(step|sample|epoch)$/.exec(text);
    if (time) {
      if (time[2] === 'step') secondsPerStep = maybeDuration(time[1] ?? '');
      continue;
    }
    const [, name, value] = field.exec(text) ?? [];
    if (name === undefined || value === undefined) damage ??= `no figure: ${text.slice(0, 60)}`;
    else {
      const number = maybeNumber(value);
      if (number !== undefined) figures.set(name, number);
      else if (isFigureLike(value)) damage ??= `no number: ${text.slice(0, 60)}`;
      else skipped += 1;
    }
  }
  return { figures, skipped, secondsPerStep, damage };
}

/** Whether a record that the log ends in is whole: the names of the epoch before, and a last figure in Keras's own full format. */
function isWholeAtEnd(text: string, bar: Bar, names: readonly string[]): boolean {
  if (bar.damage !== undefined || names.length === 0 || [...bar.figures.keys()].join() !== names.join()) return false;
  return /(?:\.\d{4}e[-+]\d\d|nan|inf|\d\/(?:step|epoch))$/.test(text);
}

/** What Keras's callbacks print on lines of their own. */
function callback(text: string, epoch: number | null, emit: Emit): boolean {
  const stop = /^Epoch (\d+): early stopping$/.exec(text);
  if (stop) {
    // Before Keras 2.0.9 the number counts from 0.
    const printed = Number(stop[1]);
    emit({ kind: 'early_stop', epoch: epoch !== null && printed === epoch - 1 ? epoch : printed });
    return true;
  }
  const restored = /Restoring model weights from the end of the best epoch(?:: (\d+))?\.?$/.exec(text);
  if (restored) {
    if (restored[1] !== undefined) emit({ kind: 'restored', epoch: Number(restored[1]) });
    return true;
  }
  if (/^Batch \d+: Invalid loss, terminating training$/.test(text)) {
    emit({ kind: 'end', status: 'diverged', reason: text });
    return true;
  }
  return /^Epoch \d+: \S/.test(text) || /^(?:Train on \d+ samples|Trainable params:)/.test(text);
}
