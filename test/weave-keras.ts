/** A clean Keras training of one rank: what it prints, write by write, and the exact figures of its epochs. */
import {
  type BarState,
  KerasBar,
  type KerasGeneration,
  numberOf,
  type PrintedFigures,
  printedFigure,
  verboseTwoLine,
} from './weave-keras-bar.js';
import type { Random } from './weave-random.js';
import { Printer, type TrueRank, type TrueRecord } from './weave-stream.js';

export interface KerasPlan {
  readonly generation: KerasGeneration;
  readonly verbose: 1 | 2;
  /** The bar overwrites itself; false: every update is a line, as older standalone versions print into a pipe. */
  readonly isDynamic: boolean;
  /** Each part of an update is a write of its own (PYTHONUNBUFFERED with Keras up to 2.6). */
  readonly isUnbuffered: boolean;
  readonly planned: number;
  readonly steps: number;
  /** The number of steps is not known in the first epoch. */
  readonly isUnknownFirst: boolean;
  /** Beside `loss`. */
  readonly metrics: readonly string[];
  readonly validates: boolean;
  /** ModelCheckpoint with verbose=1. */
  readonly checkpoints: boolean;
  /** From this epoch on the learning rate is among the figures. */
  readonly learningRateFrom: number | null;
  /** Epoch after which training stops early, with EarlyStopping's line. */
  readonly stopsAfter: number | null;
  readonly restores: boolean;
  /** Epoch in which the loss is no number any more; the last one. */
  readonly divergesIn: number | null;
  /** A second fit() in the same log: at epoch 1 again, or resumed at a later one. */
  readonly again: { readonly from: number; readonly planned: number } | null;
  /** model.evaluate() at the end, or in a callback at each epoch's end. */
  readonly evaluates: 'never' | 'at the end' | 'in a callback';
  /** Steps of evaluate(). */
  readonly evaluationSteps: number;
  readonly evaluationVerbose: 1 | 2;
  /** Lines of the user's own at every place where there may be some, with this probability. */
  readonly chatter: number;
  readonly chatterLines: readonly string[];
  /** Lines of native code on the standard error, with this probability. */
  readonly errors: number;
}

/** What one rank prints by a plan. */
export function printKeras(plan: KerasPlan, rank: number, random: Random): TrueRank {
  const printer = new Printer();
  const session: Session = { plan, random, printer, records: [], segment: 1, isFirst: true };
  let end = printFit(session, 1, plan.planned);
  let { planned } = plan;
  if (plan.again && !plan.divergesIn) {
    const { from } = plan.again;
    if (from === 1) session.segment += 1;
    else session.records = session.records.filter((record) => record.epoch < from);
    planned = plan.again.planned;
    end = printFit(session, from, planned);
  }
  if (plan.evaluates === 'at the end' && end !== 'diverged') printEvaluation(session);
  const last = session.records.at(-1);
  return {
    rank,
    writes: printer.writes,
    records: session.records,
    plannedEpochs: planned,
    stepsPerEpoch: hasSteps(plan) ? plan.steps : null,
    earlyStopEpoch: end === 'early_stopped' ? (last?.epoch ?? null) : null,
    end,
  };
}

interface Session {
  readonly plan: KerasPlan;
  readonly random: Random;
  readonly printer: Printer;
  records: TrueRecord[];
  segment: number;
  /** No epoch of this fit() has been printed yet. */
  isFirst: boolean;
}

function hasSteps({ verbose, generation }: KerasPlan): boolean {
  return verbose === 1 || (generation.name !== 'keras-1' && generation.name !== 'keras-2.3');
}

function printFit(session: Session, from: number, planned: number): TrueRank['end'] {
  const { plan, printer } = session;
  session.isFirst = true;
  for (let epoch = from; epoch <= planned; epoch += 1) {
    chat(session);
    if (planned > 1 || !plan.generation.omitsOnlyHeader) printer.print(`Epoch ${epoch}/${planned}\n`);
    if (session.random.chance(plan.errors)) printer.printError(nativeWarning(session.random));
    chat(session);
    const isLast = epoch === plan.stopsAfter || epoch === plan.divergesIn;
    const figures = drawFigures(session, epoch, true);
    if (plan.verbose === 1) printBars(session, epoch, figures, isLast);
    else printVerboseTwo(session, epoch, figures, isLast);
    if (epoch === plan.divergesIn) return 'diverged';
    if (epoch === plan.stopsAfter && epoch < planned) {
      printStop(session, epoch);
      return 'early_stopped';
    }
  }
  return 'completed';
}

function printBars(session: Session, epoch: number, figures: PrintedFigures, isLast: boolean): void {
  const { plan, random, printer } = session;
  const bar = new KerasBar(plan.generation, plan.isDynamic);
  const elapsedSeconds = random.pick([0.004, 0.9, 7, 125, 12_000]);
  const target = plan.isUnknownFirst && epoch === 1 ? null : plan.steps;
  const lastUpdate = plan.generation.printsLastStepTwice ? plan.steps : plan.steps - 1;
  for (let current = 1; current <= lastUpdate; current += 1) {
    // Updates that come too soon after the one before are left out, but not the first nor the epoch's own record.
    if (current > 1 && (current < plan.steps || plan.generation.printsLastStepTwice) && random.chance(0.3)) continue;
    const update = drawFigures(session, epoch, false);
    printUpdate(session, bar, { current, target, isFinal: false, elapsedSeconds, figures: update });
    if (random.chance(plan.errors / 4)) printer.printError(nativeWarning(random));
    chat(session, plan.chatter / 4);
  }
  if (epoch === plan.divergesIn) printer.print(`Batch ${plan.steps - 1}: Invalid loss, terminating training\n`);
  if (plan.generation.printsCallbacksFirst) printCallbacks(session, epoch, isLast);
  const state = { current: plan.steps, target: plan.steps, isFinal: true, elapsedSeconds, figures };
  const offset = printUpdate(session, bar, state);
  keepRecord(session, epoch, figures, offset);
  if (!plan.generation.printsCallbacksFirst) printCallbacks(session, epoch, isLast);
}

/** Returns the offset at which the bar begins. */
function printUpdate({ plan, printer }: Session, bar: KerasBar, state: BarState): number {
  const [overwrite, text, info] = bar.parts(state);
  const offset = printer.offset + overwrite.length;
  if (plan.isUnbuffered) for (const part of [overwrite, text, info]) printer.print(part);
  else printer.print(overwrite + text + info);
  return offset;
}

function printVerboseTwo(session: Session, epoch: number, figures: PrintedFigures, isLast: boolean): void {
  const { plan, random, printer } = session;
  if (plan.generation.printsCallbacksFirst) printCallbacks(session, epoch, isLast);
  const text = [...figures].map(([name, figure]) => ` - ${name}: ${figure}`).join('');
  const seconds = random.pick([0.02, 3, 125, 12_000]);
  const { offset } = printer;
  printer.print(verboseTwoLine(plan.generation, plan.steps, seconds, text));
  keepRecord(session, epoch, figures, offset);
  if (!plan.generation.printsCallbacksFirst) printCallbacks(session, epoch, isLast);
}

/** The record that was just printed. */
function keepRecord(session: Session, epoch: number, printed: PrintedFigures, offset: number): void {
  const figures = new Map([...printed].map(([name, figure]) => [name, numberOf(figure)]));
  const { plan, segment } = session;
  const isRivalled = plan.evaluates !== 'never' && (plan.evaluationVerbose === 2 || plan.verbose === 2);
  const isAmbiguous = !plan.validates && isRivalled && session.isFirst;
  session.isFirst = false;
  session.records.push({ segment, epoch, offset, end: session.printer.offset, figures, isAmbiguous });
}

/** `isFinal`: the epoch's own figures, validation and learning rate among them; else those of an update. */
function drawFigures({ plan, random }: Session, epoch: number, isFinal: boolean): Map<string, string> {
  const draw = (): string => printedFigure(drawValue(random), plan.verbose);
  const names = ['loss', ...plan.metrics];
  if (plan.generation.isSorted) names.sort();
  const figures = new Map(names.map((name) => [name, draw()]));
  if (isFinal && epoch === plan.divergesIn) figures.set('loss', 'nan');
  else if (/nan|inf/.test(figures.get('loss') ?? '')) figures.set('loss', '0.5000');
  if (!isFinal) return figures;
  if (plan.validates) for (const name of names) figures.set(`val_${name}`, draw());
  if (/nan|inf/.test(figures.get('val_loss') ?? '')) figures.set('val_loss', '0.6931');
  const hasRate = plan.learningRateFrom !== null && epoch >= plan.learningRateFrom;
  if (hasRate && plan.generation.printsCallbacksFirst)
    figures.set(plan.generation.learningRate, printedFigure(0.1 / epoch ** 3, plan.verbose));
  return figures;
}

function drawValue(random: Random): number {
  const kind = random.integer(0, 19);
  if (kind === 0) return Number.NaN;
  if (kind === 1) return Number.NEGATIVE_INFINITY;
  if (kind === 2) return 0;
  if (kind === 3) return -random.fraction() * 10;
  if (kind <= 6) return random.fraction() * 1e-3;
  return kind === 7 ? random.fraction() * 1e6 : random.fraction();
}

function printCallbacks(session: Session, epoch: number, isLast: boolean): void {
  const { plan, random, printer } = session;
  const { generation } = plan;
  const number = generation.padsEpochs ? String(epoch).padStart(5, '0') : epoch;
  const scores = [random.fraction().toFixed(5), random.fraction().toFixed(5)];
  if (plan.checkpoints) {
    printer.print(
      random.chance(0.5)
        ? `\nEpoch ${number}: val_loss improved from ${scores[0]} to ${scores[1]}, saving model to best.h5\n`
        : `\nEpoch ${number}: val_loss did not improve from ${scores[0]}\n`,
    );
    if (generation.name.startsWith('keras-3'))
      printer.print(`\nEpoch ${number}: finished saving model to best.keras\n`);
  }
  if (plan.learningRateFrom === epoch)
    printer.print(`\nEpoch ${number}: ReduceLROnPlateau reducing learning rate to 0.000800000037997961.\n`);
  if (plan.evaluates === 'in a callback') printEvaluation(session);
  if (isLast && plan.restores && epoch === plan.stopsAfter && !generation.name.startsWith('keras-3'))
    printer.print('Restoring model weights from the end of the best epoch: 1.\n');
}

function printStop({ plan, printer }: Session, epoch: number): void {
  const { generation } = plan;
  const number = generation.name === 'keras-1' ? epoch - 1 : epoch;
  printer.print(`Epoch ${generation.padsEpochs ? String(number).padStart(5, '0') : number}: early stopping\n`);
  if (plan.restores && generation.name.startsWith('keras-3'))
    printer.print('Restoring model weights from the end of the best epoch: 1.\n');
}

function printEvaluation(session: Session): void {
  const { plan, random, printer } = session;
  const { generation, evaluationSteps: target } = plan;
  // Before tf.keras 2.2 evaluate() shows no figures in its bar.
  const figures = generation.printsLastStepTwice
    ? drawFigures({ ...session, plan: { ...plan, divergesIn: null, verbose: plan.evaluationVerbose } }, 1, false)
    : new Map<string, string>();
  if (plan.evaluationVerbose === 2) {
    const text = [...figures].map(([name, figure]) => ` - ${name}: ${figure}`).join('');
    if (text !== '') printer.print(verboseTwoLine(generation, target, 2, text));
  } else {
    const bar = new KerasBar(generation, plan.isDynamic);
    const state = { target, elapsedSeconds: 2, figures };
    for (let current = 1; current < target || (current === target && generation.printsLastStepTwice); current += 1)
      printUpdate(session, bar, { ...state, current, isFinal: false });
    printUpdate(session, bar, { ...state, current: target, isFinal: true });
  }
  if (random.chance(0.5)) printer.print(`Test loss: ${random.fraction()}\n`);
}

function chat({ plan, random, printer }: Session, probability = plan.chatter): void {
  if (random.chance(probability)) printer.print(`${random.pick(plan.chatterLines)}\n`);
}

function nativeWarning(random: Random): string {
  const microseconds = String(random.integer(0, 999_999)).padStart(6, '0');
  return `2026-11-23 05:30:44.${microseconds}: W tensorflow/core/data/root_dataset.cc:167] Optimization loop failed: CANCELLED\n`;
}
