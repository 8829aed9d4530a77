/** The files of an experiment, as the main process knows them: it orders and records them, and renders none itself. */

import { messageOf } from '../errors.js';
import type { Experiment } from '../experiment.js';
import { PublishError, type PublishTrouble } from '../outputs/publish-error.js';
import type { FileVersion } from '../outputs/publish-present.js';
import type { ReportContext } from '../outputs/report.js';
import type { Summary } from '../summary.js';

/** The files that are written for each experiment. */
export const outputKinds = ['package', 'report', 'csv'] as const;
export type OutputKind = (typeof outputKinds)[number];

export interface OutputsOrder {
  readonly experiment: Experiment;
  readonly summary: Summary;
  /** Absolute. */
  readonly folder: string;
  /** Path below the folder, `a/run.log` for `a/run.tlw.pdf`; the log's own path where it is left out. */
  readonly logPath?: string;
  readonly kinds: readonly OutputKind[];
  /** What was last written of each. */
  readonly recorded: Readonly<Partial<Record<OutputKind, FileVersion>>>;
  /** The folder is the program's own, so that it and those in it may be made. */
  readonly createFolder: boolean;
  /** Number of the group that may read it; null: nobody but its owner. */
  readonly shareGroupId: number | null;
  readonly context?: SweepContext;
}

/** What a report says of an experiment's place among the others. */
export type SweepContext = Partial<Pick<ReportContext, 'varying' | 'sweepBest' | 'hyperparameterNames'>>;

/** Why a file could not be written. */
export interface OutputError {
  /** One line for the user. */
  readonly message: string;
  /** null where it could not even be rendered. */
  readonly trouble: PublishTrouble | null;
}

export interface WrittenOutput {
  readonly kind: OutputKind;
  readonly path: string;
  /** null where it could not be written. */
  readonly version: FileVersion | null;
  readonly isNew: boolean;
  /** null where all went well. */
  readonly error: OutputError | null;
}

/** Of the files, by kind. */
export const extensions = { package: 'json', report: 'pdf', csv: 'csv' } as const;
/** Tells the user's trouble from the program's. */
export function outputError(error: unknown, what: string): OutputError {
  if (error instanceof PublishError) return { message: error.message, trouble: error.trouble };
  const said = messageOf(error);
  return { message: `cannot make ${what}: ${said}`, trouble: null };
}
