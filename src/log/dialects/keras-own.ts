/**
 * Which of the records behind an epoch's header is the epoch's own. evaluate() prints the same, without `val_`: in a callback
 * before the epoch's own record (tf.keras and Keras 3 print that last), or after the training; and Keras 3 prints the last
 * step once more behind its callbacks' lines.
 */
import type { RankLine } from '../event.js';
import type { Bar } from './keras-bar.js';

export interface OwnRecords {
  /** The record of the epoch, so far. */
  readonly own: Bar | undefined;
  /** An epoch begins, the next one or another. */
  begin(isNext: boolean): void;
  /** Another bar shows up, of so many steps. */
  interrupt(steps: number | undefined): void;
  /** The training ended: a record that comes now is another's. */
  close(): void;
  /** Whose a record is: the epoch's own; one that the epoch's own will follow; another's; or a second that can be the epoch's own as well as the first (`rival`) or cannot be there (`doubt`). */
  take(bar: Bar, line: RankLine): 'own' | 'update' | 'other' | 'rival' | 'doubt';
}

/** What the epochs before were like. */
interface Habit {
  readonly steps: number | undefined;
  readonly isDrawn: boolean;
  readonly isValidated: boolean;
  /** Two lines of the same steps an epoch, the second one its own. */
  readonly isTwin: boolean;
  /** The record that it was seen from last. */
  readonly bar: Bar;
}

export function ownRecords(): OwnRecords {
  let own: Bar | undefined;
  /** A line before the epoch's own, of the same steps. */
  let twin: Bar | undefined;
  /** A second record that is the epoch's own if training goes on behind it, and evaluate()'s if not. */
  let rival: Bar | undefined;
  /** What came behind the record: a bar of so many steps, or the training's end. */
  let interruption: { readonly steps: number | undefined } | 'end' | undefined;
  /** A first record was taken for evaluate()'s. */
  let isRefused = false;
  let habit: Habit | undefined;
  /** In some epoch, evaluate() or the like printed before its own record. */
  let hasOthers = false;

  /** Whose a record without validation is that comes behind one of the same kind. */
  const takeSecond = (bar: Bar, first: Bar, line: RankLine): 'own' | 'other' | 'rival' => {
    const own = (isOwn: boolean): 'own' | 'other' => (isOwn ? 'own' : 'other');
    if (interruption === 'end') return 'other';
    if (interruption && (bar.steps !== first.steps || !isDrawn(bar) || line.update !== null)) return 'other';
    if (interruption && interruption.steps === first.steps) return habit || rival ? 'other' : 'rival';
    // A bar that evaluate() draws overwrites itself; the epoch's own goes on behind its callbacks' lines.
    if (isDrawn(bar)) return own(line.update === null && bar.steps === (habit?.steps ?? bar.steps));
    if (!isDrawn(first)) {
      if (bar.figures.size > first.figures.size && hasAll(bar, first)) return 'own';
      if (habit) return own(bar.steps === first.steps ? habit.isTwin : bar.steps === habit.steps);
    }
    return habit || rival ? 'other' : 'rival';
  };

  /** Whether a first record without validation can only be evaluate()'s, or the last update before the epoch's own. */
  const isOther = (bar: Bar, line: RankLine): boolean =>
    habit !== undefined &&
    ((habit.isValidated && !isUnvalidated(bar, line, habit)) ||
      habit.isDrawn !== isDrawn(bar) ||
      habit.steps !== bar.steps);

  /** With `validation_freq` some epochs are not validated; their own records are otherwise like those of all others. */
  const isUnvalidated = (bar: Bar, line: RankLine, habit: Habit): boolean =>
    !hasOthers && line.terminated && trainingNames(bar) === trainingNames(habit.bar);

  return {
    get own() {
      return own;
    },
    begin(isNext) {
      if (!isNext || (isRefused && !own)) habit = undefined;
      else if (rival) {
        const isTwin = own?.steps === rival.steps && !isDrawn(own);
        habit = habitOf(rival, { isValidated: false, isTwin });
      } else if (own) {
        const isTwin = twin !== undefined && twin.steps === own.steps;
        const wasValidated = isValidated(own) && habit?.isValidated !== false;
        habit = habitOf(own, { isValidated: wasValidated, isTwin });
      }
      own = undefined;
      twin = undefined;
      rival = undefined;
      interruption = undefined;
      isRefused = false;
    },
    interrupt(steps) {
      if (own) interruption ??= { steps };
    },
    close() {
      interruption = 'end';
    },
    take(bar, line) {
      if (own) {
        if (isValidated(own)) return isValidated(bar) ? 'doubt' : 'other';
        if (!isValidated(bar)) {
          const second = takeSecond(bar, own, line);
          if (second === 'rival') rival = bar;
          if (second !== 'own') return second;
        }
        if (!isDrawn(own) && !isDrawn(bar)) twin = own;
        // Keras 3 draws the last step once more.
        hasOthers ||= isValidated(bar) && bar.drawn !== 'line';
      } else if (!isValidated(bar)) {
        if (isOther(bar, line)) {
          isRefused = true;
          hasOthers = true;
          return 'other';
        }
        if (habit?.isTwin && !twin && !isDrawn(bar)) {
          twin = bar;
          return 'update';
        }
      }
      own = bar;
      rival = undefined;
      interruption = undefined;
      return 'own';
    },
  };
}

export function isValidated({ figures }: Bar): boolean {
  for (const name of figures.keys()) if (name.startsWith('val_')) return true;
  return false;
}

function habitOf(bar: Bar, rest: Pick<Habit, 'isValidated' | 'isTwin'>): Habit {
  return { steps: bar.steps, isDrawn: isDrawn(bar), bar, isValidated: rest.isValidated, isTwin: rest.isTwin };
}

/** The learning rate is printed from the epoch on in which it is changed first. */
function trainingNames({ figures }: Bar): string {
  return [...figures.keys()].filter((name) => !/^val_|^lr$|^learning_rate$/.test(name)).join('\n');
}

function isDrawn(bar: Bar | undefined): boolean {
  return bar !== undefined && bar.drawn !== 'none';
}

function hasAll(bar: Bar, other: Bar): boolean {
  return [...other.figures.keys()].every((name) => bar.figures.has(name));
}
