/** Keras's progress bar, generation by generation, as its classes print it; rewritten from what they print, to test what reads it. */

/** How one generation of Keras prints. */
export interface KerasGeneration {
  readonly name: 'keras-1' | 'keras-2.3' | 'tf-1.15' | 'tf-2.3' | 'keras-2.15' | 'keras-3' | 'keras-3-ascii';
  /** At the last step an update comes before the epoch's own record. */
  readonly printsLastStepTwice: boolean;
  /** Callbacks print before the epoch's own record, not behind it. */
  readonly printsCallbacksFirst: boolean;
  /** `Epoch 00007: early stopping`. */
  readonly padsEpochs: boolean;
  /** No `Epoch 1/1` where only one epoch is planned. */
  readonly omitsOnlyHeader: boolean;
  readonly isSorted: boolean;
  readonly learningRate: 'lr' | 'learning_rate';
}

const old = { padsEpochs: true, omitsOnlyHeader: false, isSorted: false, learningRate: 'lr' } as const;
const new3 = {
  printsLastStepTwice: true,
  printsCallbacksFirst: true,
  padsEpochs: false,
  omitsOnlyHeader: true,
  isSorted: true,
  learningRate: 'learning_rate',
} as const;

export const kerasGenerations: readonly KerasGeneration[] = [
  { name: 'keras-1', printsLastStepTwice: false, printsCallbacksFirst: false, ...old },
  { name: 'keras-2.3', printsLastStepTwice: false, printsCallbacksFirst: false, ...old },
  { name: 'tf-1.15', printsLastStepTwice: false, printsCallbacksFirst: true, ...old },
  { name: 'tf-2.3', printsLastStepTwice: true, printsCallbacksFirst: true, ...old, omitsOnlyHeader: true },
  {
    name: 'keras-2.15',
    printsLastStepTwice: true,
    printsCallbacksFirst: true,
    padsEpochs: false,
    omitsOnlyHeader: true,
    isSorted: false,
    learningRate: 'lr',
  },
  { name: 'keras-3', ...new3 },
  { name: 'keras-3-ascii', ...new3 },
];

export type PrintedFigures = ReadonlyMap<string, string>;

export interface BarState {
  readonly current: number;
  /** null: not known, as in the first epoch over a generator. */
  readonly target: number | null;
  /** The epoch's own record. */
  readonly isFinal: boolean;
  readonly elapsedSeconds: number;
  readonly figures: PrintedFigures;
}

/** One bar. Remembers the width of what it printed last, which the next update overwrites. */
export class KerasBar {
  readonly #generation: KerasGeneration;
  readonly #isDynamic: boolean;
  #width = 0;

  constructor(generation: KerasGeneration, isDynamic: boolean) {
    this.#generation = generation;
    this.#isDynamic = isDynamic;
  }

  /** One update: what brings the cursor to where it begins, the bar, and the figures; older generations write each on its own. */
  parts(state: BarState): readonly [overwrite: string, bar: string, info: string] {
    const isHeavy = this.#generation.name.startsWith('keras-3');
    const bar = isHeavy ? heavyBar(state, this.#generation.name === 'keras-3-ascii') : plainBar(state);
    let info = isHeavy ? heavyTimes(state) : plainTimes(state, this.#generation);
    for (const [name, figure] of state.figures) info += ` - ${name}: ${figure}`;
    const before = this.#width;
    this.#width = visibleLength(bar + info);
    if (before > this.#width) info += ' '.repeat(before - this.#width);
    if (state.isFinal) info += '\n';
    return [this.#isDynamic ? `${'\b'.repeat(before)}\r` : '\n', bar, info];
  }
}

function plainBar({ current, target }: BarState): string {
  if (target === null) return `${String(current).padStart(7)}/Unknown`;
  const done = Math.floor((30 * current) / target);
  const head = done > 0 ? '='.repeat(done - 1) + (current < target ? '>' : '=') : '';
  return `${String(current).padStart(String(target).length)}/${target} [${head.padEnd(30, '.')}]`;
}

function heavyBar({ current, target }: BarState, isAscii: boolean): string {
  if (target === null) return `\x1b[1m${String(current).padStart(7)}/Unknown\x1b[0m`;
  const done = Math.floor((20 * current) / target);
  const piece = isAscii ? '=' : '━';
  const count = `${String(current).padStart(String(target).length)}/${target}`;
  return `\x1b[1m${count}\x1b[0m \x1b[32m${piece.repeat(done)}\x1b[0m\x1b[37m${piece.repeat(20 - done)}\x1b[0m`;
}

function plainTimes({ current, target, isFinal, elapsedSeconds }: BarState, generation: KerasGeneration): string {
  const perStep = elapsedSeconds / Math.max(1, current);
  if (target !== null && !isFinal) {
    const left = perStep * (target - current);
    return ` - ETA: ${generation.name === 'keras-1' ? `${left.toFixed(0)}s` : remaining(left)}`;
  }
  const elapsed = ` - ${elapsedSeconds.toFixed(0)}s`;
  return generation.name === 'keras-1' ? elapsed : `${elapsed} ${perUnit(perStep)}/step`;
}

/** Keras 3 prints the remaining and the elapsed time alike. */
function heavyTimes({ current, target, isFinal, elapsedSeconds }: BarState): string {
  const perStep = elapsedSeconds / Math.max(1, current);
  const shown =
    target === null || isFinal ? `${elapsedSeconds.toFixed(0)}s` : remaining(perStep * Math.max(0, target - current));
  return ` \x1b[1m${shown}\x1b[0m ${perUnit(perStep)}/step`;
}

function remaining(seconds: number): string {
  const pad = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds > 3600) return `${Math.floor(seconds / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
  return seconds > 60 ? `${Math.floor(seconds / 60)}:${pad(seconds % 60)}` : `${Math.floor(seconds)}s`;
}

function perUnit(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${seconds.toFixed(0)}s`;
  return seconds >= 1e-3 ? `${(seconds * 1e3).toFixed(0)}ms` : `${(seconds * 1e6).toFixed(0)}us`;
}

function visibleLength(text: string): number {
  return text.replace(/\x1b\[\d*m/g, '').length;
}

/** The line of an epoch with verbose=2. */
export function verboseTwoLine(generation: KerasGeneration, steps: number, seconds: number, text: string): string {
  const perStep = perUnit(seconds / steps);
  switch (generation.name) {
    case 'keras-1':
      return `${seconds.toFixed(0)}s${text}\n`;
    case 'keras-2.3':
      return ` - ${seconds.toFixed(0)}s${text}\n`;
    case 'keras-2.15':
      return `${steps}/${steps} - ${seconds.toFixed(0)}s${text} - ${perUnit(seconds)}/epoch - ${perStep}/step\n`;
    case 'keras-3':
    case 'keras-3-ascii':
      return `${steps}/${steps} - ${seconds.toFixed(0)}s - ${perStep}/step${text}\n`;
    default:
      return `${steps}/${steps} - ${seconds.toFixed(0)}s${text}\n`;
  }
}

/** A figure as Keras prints it; in verbose=2 a negative one always in scientific notation. */
export function printedFigure(value: number, verbose: 1 | 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if ((verbose === 1 ? Math.abs(value) : value) > 1e-3) return value.toFixed(4);
  const [digits = '', exponent = '0'] = value.toExponential(4).split('e');
  const power = Number(exponent);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** What `printedFigure` printed, as a number. */
export function numberOf(printed: string): number {
  if (printed === 'nan') return Number.NaN;
  return printed.endsWith('inf') ? (printed.startsWith('-') ? -Infinity : Infinity) : Number(printed);
}
