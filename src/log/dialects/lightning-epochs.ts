import type { Emit } from '../event.js';
import type { EpochTracker } from './epoch-tracker.js';
import { type Pair, readFigures } from './figures.js';
import type { LightningBar } from './lightning-bars.js';
import { createSummaryTracker } from './lightning-summaries.js';

/** Follows the epochs of one rank through Lightning's bars and messages; epochs as printed, from 0. */
export interface LightningEpochs {
  /** @param isLeft nothing follows the bar in its line, so that it was left standing. */
  bar(bar: LightningBar, isLeft: boolean, emit: Emit): void;
  /** Figures of the bar before, wrapped into the line below it. */
  moreFigures(pairs: readonly Pair[], emit: Emit): void;
  /** A checkpoint was, or was not, written at the end of `epoch`; with the monitored figure where it is told. */
  checkpoint(epoch: number, figure: { readonly name: string; readonly value: number } | null, emit: Emit): void;
  /** The trainer has stopped. */
  stopped(emit: Emit): void;
  /** A callback wants the trainer to stop. */
  stopSignalled(emit: Emit): void;
  /** For lines that the user's own code prints once an epoch. */
  readonly summaries: EpochTracker;
}

/** The epoch under way. */
interface Open {
  readonly epoch: number;
  /** What its bar began with: the figures of the epoch before. */
  readonly before: Map<string, string>;
  /** What its bar showed last. */
  shown: Map<string, string>;
  /** null: no bar of it was seen. */
  style: LightningBar['style'] | null;
  /** Its bar showed a step behind the first. */
  hasMoved: boolean;
  isFull: boolean;
  /** Its own figures are known. */
  isClosed: boolean;
  isValidated: boolean;
}

/**
 * A bar shows what was logged last, so that throughout an epoch, and even on its first full bars, epoch figures are still
 * those of the epoch before. An epoch's own figures are those that the next epoch's empty bar begins with; where that one is
 * blank (`leave=True`), those of its own last full bar; in the last epoch, the bar left standing after the trainer's stop.
 */
export function createLightningEpochs(): LightningEpochs {
  let open: Open | null = null;
  let isStopped = false;
  let isStopSignalled = false;
  let isOldStyle = false;
  // On a terminal, rich draws bars that are not full; elsewhere only what is left of a bar at its end.
  let isLive = false;
  let awaitsEarlyStopEpoch = false;
  let wrapped: 'closing' | 'progress' = 'progress';
  let closing: number | null = null;
  let isValidating = false;
  const validationNames = new Set<string>();

  const begin = (epoch: number, planned: number | null, before: Iterable<Pair>, emit: Emit): Open => {
    isStopped = false;
    isStopSignalled = false;
    emit({ kind: 'epoch', epoch: epoch + 1, planned });
    return {
      epoch,
      before: new Map(before),
      shown: new Map(),
      style: null,
      hasMoved: false,
      isFull: false,
      isClosed: false,
      isValidated: false,
    };
  };

  const close = (epoch: Open, pairs: Iterable<Pair>, freshOnly: boolean, emit: Emit): void => {
    epoch.isClosed = true;
    const own = [...pairs].filter(([name, text]) => {
      if (epoch.before.get(name) !== text) return true;
      // Where validation does not run in every epoch, its old figures stay on the bar.
      return !freshOnly && (epoch.isValidated || !validationNames.has(name));
    });
    const figures = readFigures(own, emit);
    if (figures.size > 0) emit({ kind: 'figures', epoch: epoch.epoch + 1, figures, final: true, merge: true });
  };

  const progress = (epoch: Open, pairs: readonly Pair[], bar: LightningBar | null, emit: Emit): void => {
    const fresh = pairs.filter(([name, text]) => epoch.before.get(name) !== text);
    const figures = readFigures(fresh, emit);
    const steps = bar === null || bar.total === null || isOldStyle ? {} : { steps: bar.total };
    const at = bar === null ? {} : { step: bar.step, ...steps };
    emit({ kind: 'figures', epoch: epoch.epoch + 1, figures, final: false, merge: true, ...at });
  };

  /** The epoch that `bar` belongs to; the one before it is closed. */
  const epochOf = (bar: LightningBar, emit: Emit): Open => {
    const isBlank = bar.figures.length === 0;
    const planned = bar.lastEpoch === null ? null : bar.lastEpoch + 1;
    closing = null;
    if (open === null) return begin(bar.epoch, planned, bar.figures, emit);
    if (open.epoch === bar.epoch) {
      // A bar that has not moved is only drawn once more.
      if (bar.step > 0 || !open.hasMoved || open.shown.size + Number(open.isFull) === 0) return open;
      if (isBlank) return begin(bar.epoch, planned, [], emit);
      // tqdm draws the emptied bar once with the old epoch still in its description.
      close(open, bar.figures, false, emit);
      return open;
    }
    const isNext = bar.epoch === open.epoch + 1;
    if (isNext && !open.isClosed && open.style !== null) {
      if (bar.step === 0 && !isBlank) {
        close(open, bar.figures, false, emit);
        closing = open.epoch;
      } else {
        close(open, open.shown, !(isBlank && open.isFull && bar.style === 'tqdm'), emit);
      }
    }
    return begin(bar.epoch, planned, bar.figures, emit);
  };

  const isFresh = (name: string): boolean => {
    const text = open?.shown.get(name);
    return text !== undefined && text !== open?.before.get(name);
  };

  return {
    bar(bar, isLeft, emit) {
      isOldStyle ||= bar.isOldStyle;
      if (bar.kind === 'validation' && bar.style === 'tqdm' && open !== null) {
        isValidating = true;
        open.isValidated = true;
      }
      if (bar.kind !== 'epoch') return;
      open = epochOf(bar, emit);
      open.style = bar.style;
      if (isValidating) {
        const shown = open.shown;
        const changed = bar.figures.filter(([name, text]) => shown.get(name) !== text);
        for (const [name] of changed) validationNames.add(name);
        isValidating = changed.length === 0;
      }
      open.shown = new Map(bar.figures);
      isLive ||= bar.style === 'tqdm' || bar.total === null || bar.step < bar.total;
      open.hasMoved ||= bar.step > 0;
      open.isFull ||= bar.total !== null && bar.step >= bar.total;
      wrapped = closing === null ? 'progress' : 'closing';
      if (bar.step > 0) progress(open, bar.figures, bar, emit);
      if (isLeft && (isStopped || (open.isFull && (isStopSignalled || !isLive)))) {
        close(open, bar.figures, false, emit);
        closing = open.epoch;
        wrapped = 'closing';
      }
    },
    moreFigures(pairs, emit) {
      if (open === null) return;
      for (const [name, text] of pairs) {
        open.shown.set(name, text);
        if (closing !== null && closing !== open.epoch) open.before.set(name, text);
      }
      if (wrapped === 'closing' && closing !== null) {
        const figures = readFigures(pairs, emit);
        if (figures.size > 0) emit({ kind: 'figures', epoch: closing + 1, figures, final: true, merge: true });
      } else {
        progress(open, pairs, null, emit);
      }
    },
    checkpoint(epoch, figure, emit) {
      if (open === null || epoch > open.epoch) open = begin(epoch, null, open?.shown ?? [], emit);
      if (awaitsEarlyStopEpoch) emit({ kind: 'early_stop', epoch: epoch + 1 });
      awaitsEarlyStopEpoch = false;
      // The bar's figure is the one to keep where there is one, for all other epochs have it.
      if (figure === null || (open.epoch === epoch && isFresh(figure.name))) return;
      const figures = new Map([[figure.name, figure.value]]);
      emit({ kind: 'figures', epoch: epoch + 1, figures, final: true, merge: true });
    },
    stopped(emit) {
      isStopped = true;
      // tqdm's bars always show the figures that were logged last, rich's only when they are drawn again.
      if (open?.isFull && !open.isClosed && open.style === 'tqdm') close(open, open.shown, true, emit);
    },
    stopSignalled(emit) {
      isStopSignalled = true;
      const isKnown = open !== null && open.style !== null && !open.isClosed;
      awaitsEarlyStopEpoch = !isKnown;
      emit({ kind: 'early_stop', epoch: isKnown && open !== null ? open.epoch + 1 : null });
    },
    summaries: createSummaryTracker(() => open?.epoch ?? null),
  };
}
