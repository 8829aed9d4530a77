/** The grammar of a Keras record: a progress bar of any version, or a verbose=2 line. Pure. */
import type { Figures, FiguresDraft } from '../event.js';
import { isFigureLike, maybeDuration, maybeNumber } from '../numbers.js';

/** One record or progress update. */
export interface Bar {
  readonly step: number | undefined;
  readonly steps: number | undefined;
  /** How the bar is drawn: by Keras up to 2, by Keras 3, or not, as with verbose=2. */
  readonly drawn: 'brackets' | 'line' | 'none';
  /** Remaining time was printed, so this is an update even at the last step. */
  readonly isUpdate: boolean;
  readonly seconds: number | undefined;
  readonly secondsPerStep: number | undefined;
  readonly figures: Map<string, number>;
  readonly skipped: number;
  /** Some field is neither a figure nor a time, or has been damaged: what, else undefined. */
  readonly damage: string | undefined;
}

const barHead =
  /^\s*(?:(\d+)\/(\d+|Unknown)(?= |$))?\s*(\[[=>.]{1,80}\]|[━╸╺]{2,80}|[=>.]{10,80})?\s*(?:- )?(?:ETA: ([\d:]+s?)|(\d+)s|([\d:]+))?(?: (\d+(?:s|ms|us))\/(step|sample|epoch))?(?= - |$)/;
const separator = ' - ';
const field = /^(.+?): (\S+)$/;

/** What a bar says of an epoch (null: the one that was begun last), its time and steps. */
export function figuresOf(bar: Bar, epoch: number | null, final: boolean): FiguresDraft {
  const said: FiguresDraft = { kind: 'figures', epoch, figures: bar.figures, final, merge: false };
  if (bar.step !== undefined) said.step = bar.step;
  if (bar.steps !== undefined) said.steps = bar.steps;
  if (bar.seconds !== undefined && !bar.isUpdate) said.seconds = bar.seconds;
  if (bar.secondsPerStep !== undefined) said.secondsPerStep = bar.secondsPerStep;
  return said;
}

/** A bar, verbose 1 or 2, with what it says; undefined where the text is none. */
export function maybeBar(text: string): Bar | undefined {
  if (!mayBeBar(text)) return undefined;
  const head = barHead.exec(text);
  if (!head || head[0].trim() === '') return undefined;
  const [whole, step, total, bar, eta, elapsed, remaining, perStep, unit] = head;
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
    drawn: bar === undefined ? 'none' : bar.startsWith('[') ? 'brackets' : 'line',
    isUpdate,
    seconds: elapsed === undefined ? undefined : Number(elapsed),
    secondsPerStep,
    figures: fields.figures,
    skipped: fields.skipped,
    damage: fields.damage,
  };
}

/** A bar begins with a step, a bar's own signs or a time; most other lines with a letter. */
function mayBeBar(text: string): boolean {
  let at = 0;
  while (text.charCodeAt(at) === blank) at += 1;
  const code = text.charCodeAt(at) | lowerCase;
  return !(code >= letterA && code <= letterZ);
}

const blank = 32;
const lowerCase = 32;
const letterA = 97;
const letterZ = 122;

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
  for (let at = 0, next = 0; next >= 0; at = next + separator.length) {
    next = rest.indexOf(separator, at);
    const text = rest.slice(at, next < 0 ? undefined : next).trim();
    if (text === '') continue;
    // A name may hold a colon and a blank itself, its value none.
    const colon = text.lastIndexOf(': ');
    const number = colon > 0 ? maybeNumber(text.slice(colon + 2)) : undefined;
    if (number !== undefined) {
      figures.set(text.slice(0, colon), number);
      continue;
    }
    const time = text.includes('/') && /^(\d+(?:s|ms|us))\/(step|sample|epoch)$/.exec(text);
    if (time) {
      if (time[2] === 'step') secondsPerStep = maybeDuration(time[1] ?? '');
      continue;
    }
    const [, name, value] = field.exec(text) ?? [];
    if (name === undefined || value === undefined || isFigureLike(value))
      damage ??= `no ${name === undefined ? 'figure' : 'number'}: ${text.slice(0, 60)}`;
    else skipped += 1;
  }
  return { figures, skipped, secondsPerStep, damage };
}

/**
 * Whether a record that the log ends in is whole: the names of the epoch before, and a last figure in Keras's own full format.
 * `1.2345` is not: `e-05` may have been to come; `0.1234` and `12.3456` are no mantissa.
 */
export function isWholeAtEnd(text: string, bar: Bar, before: Figures): boolean {
  if (bar.damage !== undefined || before.size === 0 || [...bar.figures.keys()].join() !== [...before.keys()].join())
    return false;
  return /(?:\.\d{4}e[-+]\d\d|[^\d.](?:0|\d{2,})\.\d{4}|nan|inf|\d\/(?:step|epoch))$/.test(text);
}
