/** What Keras prints on lines of their own: epoch headers, and its callbacks' words. */
import type { Emit } from '../event.js';

/** An epoch's header. */
export const header = /^Epoch (\d+)\/(\d+)$/;

/** The same behind a text that lost its end; a blank may be left before it, where that text is Keras's own. */
export function maybeGluedHeader(text: string): RegExpExecArray | null {
  const at = text.lastIndexOf('Epoch ');
  if (at <= 0) return null;
  const glued = header.exec(text.slice(at));
  const before = text.slice(0, at);
  return glued && (/\S$/.test(before) || /^\s*(?:\d+\/\d+|Epoch) /.test(before)) ? glued : null;
}

export function isEarlyStop(text: string): boolean {
  return text.startsWith('Epoch ') && earlyStop.test(text);
}

const earlyStop = /^Epoch (\d+): early stopping$/;

/** What a callback says at an epoch's end, but for EarlyStopping, which speaks at the training's, and LearningRateScheduler, which speaks before the next one. */
export function isEpochsCallback(text: string): boolean {
  return /^Epoch \d+: (?!early stopping|LearningRateScheduler )\S/.test(text);
}

/** EarlyStopping's words that weights were restored, wherever they stand; in group 1 of which epoch. */
const restored = /Restoring model weights from the end of the best epoch(?:: (\d+))?\.?$/;

/** A text without what EarlyStopping printed behind an unfinished bar, which is emitted. */
export function withoutRestored(text: string, emit: Emit): string {
  const match = text.includes('Restoring') ? restored.exec(text) : null;
  if (!match || match.index === 0) return text;
  if (match[1] !== undefined) emit({ kind: 'restored', epoch: Number(match[1]) });
  return text.slice(0, match.index);
}

/** What Keras's callbacks print on lines of their own. */
export function callback(text: string, epoch: number | null, emit: Emit): boolean {
  const isOfEpoch = text.startsWith('Epoch ');
  const stop = isOfEpoch ? earlyStop.exec(text) : null;
  if (stop) {
    // Before Keras 2.0.9 the number counts from 0.
    const printed = Number(stop[1]);
    emit({ kind: 'early_stop', epoch: epoch !== null && printed === epoch - 1 ? epoch : printed });
    return true;
  }
  const weights = text.includes('Restoring') ? restored.exec(text) : null;
  if (weights) {
    if (weights[1] !== undefined) emit({ kind: 'restored', epoch: Number(weights[1]) });
    return true;
  }
  if (isOfEpoch) return /^Epoch \d+: \S/.test(text);
  if (text.startsWith('Batch ') && /^Batch \d+: Invalid loss, terminating training$/.test(text)) {
    emit({ kind: 'end', status: 'diverged', reason: text });
    return true;
  }
  return text.startsWith('Train') && /^(?:Train on \d+ samples|Trainable params:)/.test(text);
}
