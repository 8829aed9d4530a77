/** What was really trained, as noted beside a log (`NAME.truth.json`) when the log was made. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Status } from '../../src/experiment.js';
import { statuses } from '../../src/experiment.js';

/** The facts of one rank that a log may tell; undefined where the truth file does not say. */
export interface TruthFacts {
  readonly plannedEpochs?: number | null;
  readonly stepsPerEpoch?: number | null;
  readonly earlyStopEpoch?: number | null;
  /** s */
  readonly totalTrainingTime?: number | null;
}

export interface TruthRank {
  readonly rank: number;
  /** Epoch from 1 → canonical metric name → the figure as printed last. */
  readonly epochs: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Epoch from 1 → the figures as they stand in the log. */
  readonly texts: ReadonlyMap<number, readonly string[]>;
  readonly facts: TruthFacts;
}

export interface Truth {
  readonly logPath: string;
  readonly launcher: string;
  /** The log has several ranks but no tags: nobody can know whose record is whose. */
  readonly isUntagged: boolean;
  /** Every figure of a record is listed, so that any other figure is wrong; else only the names that occur are judged. */
  readonly isComplete: boolean;
  readonly end: Status;
  readonly ranks: readonly TruthRank[];
}

/** Every truth file at or below a folder, sorted by path. */
export async function readTruths(folder: string): Promise<Truth[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.truth.json'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(files.map(readTruth));
}

async function readTruth(file: string): Promise<Truth> {
  const json: unknown = JSON.parse(await readFile(file, 'utf8'));
  try {
    return parseTruth(truthFile.parse(json), file.replace(/\.truth\.json$/, '.log'));
  } catch (error) {
    throw new Error(`${file}: not a truth file`, { cause: error });
  }
}

const figures = z.record(z.string(), z.string());
const maybeCount = z.number().nullish();
const truthFile = z.object({
  software: z.string(),
  launcher: z.string(),
  end: z.enum(statuses),
  epoch_base: z.literal(0).optional(),
  planned_epochs: maybeCount,
  steps_per_epoch: maybeCount,
  early_stop_epoch: maybeCount,
  ranks: z.array(
    z.object({
      rank: z.number(),
      planned_epochs: maybeCount,
      steps_per_epoch: maybeCount,
      early_stop_epoch: maybeCount,
      total_training_time: z.string().nullish(),
      epochs: z.array(z.object({ epoch: z.number(), printed: figures })),
    }),
  ),
});
type TruthFile = z.infer<typeof truthFile>;

function parseTruth(file: TruthFile, logPath: string): Truth {
  const shift = file.epoch_base === 0 ? 1 : 0;
  const printedNames = new Set(
    file.ranks.flatMap((rank) => rank.epochs.flatMap((epoch) => Object.keys(epoch.printed))),
  );
  const ranks = file.ranks.map((rank) => ({
    rank: rank.rank,
    epochs: new Map(
      rank.epochs.map((epoch) => [epoch.epoch + shift, canonicalFigures(epoch.printed, printedNames)] as const),
    ),
    texts: new Map(rank.epochs.map((epoch) => [epoch.epoch + shift, Object.values(epoch.printed)] as const)),
    facts: factsOf(file, rank, shift),
  }));
  return {
    logPath,
    launcher: file.launcher,
    isUntagged: /no tags/.test(file.launcher),
    isComplete: /keras/i.test(file.software),
    end: file.end,
    ranks,
  };
}

function canonicalFigures(printed: Record<string, string>, allNames: ReadonlySet<string>): Map<string, number> {
  return new Map(
    Object.entries(printed)
      .map(([name, text]) => [canonicalName(name, allNames), parseFigure(text)] as const)
      .filter(([name]) => !isBookkeeping(name)),
  );
}

/**
 * The name that columns of different trainers share, by the rule of the corpus. Written here once more on purpose:
 * the program's own rule is what is being judged.
 */
function canonicalName(printed: string, allNames: ReadonlySet<string>): string {
  const name = printed.toLowerCase().replaceAll('/', '_');
  const hasValidation = [...allNames].some((other) => /^val(id)?[_/]/i.test(other));
  const prefixed = name
    .replace(/^train_/, '')
    .replace(hasValidation ? /^(valid|eval|dev)_/ : /^(valid|eval|dev|test)_/, 'val_');
  return prefixed
    .replace(/(?<=^|val_|test_)(acc|top1|acc@1)$/, 'accuracy')
    .replace(/(?<=^|val_|test_)(top5|acc@5)$/, 'top5_accuracy')
    .replace(/^lr$/, 'learning_rate');
}

/** Timing and bookkeeping figures, which a reader may keep or leave out. */
export function isBookkeeping(name: string): boolean {
  return /^(val_)?(time|data|epoch|grad_norm)$|_runtime$|^runtime$|_per_second$/.test(name);
}

function parseFigure(text: string): number {
  const named: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
  const value = named[text.toLowerCase()] ?? Number(text);
  if (Number.isNaN(value) && text.toLowerCase() !== 'nan') throw new Error(`expected a figure, got '${text}'`);
  return value;
}

function factsOf(file: TruthFile, rank: TruthFile['ranks'][number], shift: number): TruthFacts {
  const earlyStop = rank.early_stop_epoch ?? file.early_stop_epoch ?? null;
  return {
    plannedEpochs: rank.planned_epochs ?? file.planned_epochs ?? null,
    stepsPerEpoch: rank.steps_per_epoch ?? file.steps_per_epoch ?? null,
    earlyStopEpoch: earlyStop === null ? null : earlyStop + shift,
    ...(rank.total_training_time === undefined
      ? {}
      : { totalTrainingTime: rank.total_training_time === null ? null : Number(rank.total_training_time) }),
  };
}
