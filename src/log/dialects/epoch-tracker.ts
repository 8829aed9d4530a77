import type { Emit, Figures, FiguresDraft } from '../event.js';

/**
 * How much a record says about its epoch, least first. What a rank prints of the highest level decides when its epochs
 * are complete: a rank that validates is done when it has validated, one that only trains when its training is done.
 */
export const levels = { bar: 0, validationBar: 1, training: 2, validation: 3, summary: 4 } as const;
export type Level = (typeof levels)[keyof typeof levels];

export interface EpochRecord {
  readonly level: Level;
  readonly figures: Figures;
  /** No later record of this level can come in this epoch. */
  readonly isLast: boolean;
  readonly step?: number | undefined;
  readonly steps?: number | undefined;
  /** How far the epoch is, 0 to 1, where the step does not tell. */
  readonly progress?: number | undefined;
}

/** Follows one rank through its epochs and decides which record is an epoch's own and which is mere progress. */
export interface EpochTracker {
  /** The epoch that is under way, from 1; null before the first. */
  readonly epoch: number | null;
  /** Since the epoch's summary there was no training: another validation may be that of an epoch whose lines are lost. */
  readonly isSummarised: boolean;
  /** `epoch` begins, if it is not under way already; the one before it is complete. */
  begin(epoch: number, emit: Emit, planned?: number | null): void;
  /** A record of the epoch that is under way. */
  record(record: EpochRecord, emit: Emit): void;
}

/** A tracker that has seen nothing yet. */
export function createEpochTracker(): EpochTracker {
  let epoch: number | null = null;
  let latest = 0;
  let hasClosedEpoch = false;
  let lastTrainingStep = 0;
  // The step of the last training line in every epoch closed so far; null where they differ.
  let usualLastStep: number | null | undefined;
  let isComplete = false;
  let isSummarised = false;
  let highest: Level = levels.bar;
  // What the epoch's records said so far: bars apart, for they only count where there is nothing better.
  let fromBars = new Map<string, number>();
  let fromLines = new Map<string, number>();
  const naming = { bars: createNaming(), lines: createNaming() };

  const restart = (next: number, emit: Emit, planned: number | null): void => {
    epoch = next;
    lastTrainingStep = 0;
    isComplete = false;
    isSummarised = false;
    fromBars = new Map();
    fromLines = new Map();
    emit({ kind: 'epoch', epoch: next, planned });
  };

  const complete = (figures: Figures, emit: Emit): void => {
    if (figures.size > 0) emit({ kind: 'figures', epoch, figures, final: true, merge: true, restated: true });
  };

  return {
    get epoch() {
      return epoch;
    },
    get isSummarised() {
      return isSummarised;
    },
    begin(next, emit, planned = null) {
      if (next === epoch) return;
      // A rank that starts again goes on from there; one that steps back and forth is two.
      const isForth = epoch !== null && next > epoch + 1 && next <= latest + 1;
      const isBack = epoch !== null && next === epoch - 1 && hasClosedEpoch;
      if (isForth || isBack) emit({ kind: 'foreign' });
      latest = Math.max(latest, next);
      // A step back is a restart, and after a gap nobody knows whether the last record seen was the epoch's last.
      if (epoch !== null && next === epoch + 1) {
        if (!isSummarised) complete(highest >= levels.training ? fromLines : fromBars, emit);
        if (usualLastStep === undefined) usualLastStep = lastTrainingStep;
        else if (usualLastStep !== lastTrainingStep) usualLastStep = null;
        hasClosedEpoch = true;
      }
      restart(next, emit, planned);
    },
    record({ level, figures: printed, isLast, step, steps }, emit) {
      if (epoch === null) return;
      const figures = (level >= levels.training ? naming.lines : naming.bars)(printed);
      if (level === levels.training && step !== undefined) {
        if (step < lastTrainingStep) restart(epoch, emit, null);
        // An epoch that is longer than those before.
        if (isComplete && !isSummarised && step > lastTrainingStep) emit({ kind: 'reopened' });
        lastTrainingStep = step;
      }
      const isUsualLast = level === levels.training && step !== undefined && step === usualLastStep;
      if (level > highest) highest = level;
      if (level === levels.summary) isSummarised = true;
      else if (level === levels.training) isSummarised = false;
      const soFar = level >= levels.training ? fromLines : fromBars;
      for (const [name, value] of figures) soFar.set(name, value);
      // What comes behind the record that completed the epoch (a validation printed last) belongs to it as well.
      isComplete =
        level === levels.summary ||
        ((isLast || isUsualLast) && hasClosedEpoch && level >= highest) ||
        (isComplete && level >= levels.validation);
      const shown = isComplete ? new Map(soFar) : figures;
      const event: FiguresDraft = { kind: 'figures', epoch, figures: shown, final: isComplete, merge: true };
      if (printed.size === 0) event.restated = true;
      if (step !== undefined) event.step = step;
      if (steps !== undefined) event.steps = steps;
      emit(event);
    },
  };
}

/**
 * A loop may print the running `loss` of its steps and the `train_loss` of the epoch, which are one figure: the later word
 * on it counts, under the name that was printed first. Names that stand in one record are different figures.
 */
function createNaming(): (figures: Figures) => Figures {
  const names = new Map<string, string>();
  // Nearly all records have the names of the one before; null where none is renamed.
  const renamed = new Map<string, readonly string[] | null>();
  const rename = (printed: readonly string[]): readonly string[] | null => {
    const plain = (name: string): string => name.toLowerCase().replaceAll('/', '_');
    const here = new Set(printed.map(plain));
    const known = printed.map((name) => {
      const whole = plain(name);
      const bare = whole.replace(/^train_/, '');
      const key = bare !== whole && here.has(bare) ? whole : bare;
      if (!names.has(key)) names.set(key, name);
      return names.get(key) ?? name;
    });
    return known.every((name, i) => name === printed[i]) ? null : known;
  };
  return (figures) => {
    const shape = [...figures.keys()].join('\n');
    let known = renamed.get(shape);
    if (known === undefined) {
      known = rename([...figures.keys()]);
      renamed.set(shape, known);
    }
    return known === null ? figures : new Map([...figures.values()].map((value, i) => [known[i] ?? '', value]));
  };
}
