import { join } from 'node:path';
import type { Experiment } from '../experiment.js';
import { csvMark, renderCsv } from '../outputs/csv.js';
import { outputPathOf } from '../outputs/output-names.js';
import { packageMark, renderPackage } from '../outputs/package.js';
import { publish } from '../outputs/publish.js';
import { PublishError, type PublishTrouble } from '../outputs/publish-error.js';
import type { FileVersion } from '../outputs/publish-present.js';
import { type ReportContext, renderReport, reportMark } from '../outputs/report.js';
import { program } from '../package.js';
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
const marks: Readonly<Record<OutputKind, string>> = { package: packageMark, report: reportMark, csv: csvMark };

/** Renders and publishes the files of one experiment; one that fails does not hold back the others. */
export async function writeOutputs(order: OutputsOrder): Promise<WrittenOutput[]> {
  const written: WrittenOutput[] = [];
  for (const kind of order.kinds) written.push(await writeOutput(order, kind));
  return written;
}

/** The content of one output. */
export async function renderOutput(
  kind: OutputKind,
  experiment: Experiment,
  summary: Summary,
  context: SweepContext,
): Promise<string | Uint8Array> {
  if (kind === 'package') return renderPackage(experiment, summary, program);
  if (kind === 'csv') return renderCsv(experiment);
  return renderReport(experiment, summary, {
    varying: null,
    sweepBest: null,
    ...context,
    programVersion: program.version,
    dateText: new Date(experiment.log.mtimeMs).toISOString().slice(0, 10),
  });
}

async function writeOutput(order: OutputsOrder, kind: OutputKind): Promise<WrittenOutput> {
  const { experiment, summary, folder, recorded, createFolder, context = {} } = order;
  const path = join(folder, outputPathOf(order.logPath ?? experiment.log.path, extensions[kind]));
  try {
    const content = await renderOutput(kind, experiment, summary, context);
    const options = { recorded: recorded[kind] ?? null, mark: marks[kind], createFolder };
    const { version, state } = await publish(path, content, options);
    return { kind, path, version, isNew: state === 'written', error: null };
  } catch (error) {
    return { kind, path, version: null, isNew: false, error: outputError(error, `the ${kind} of ${experiment.key}`) };
  }
}

/** Tells the user's trouble from the program's. */
export function outputError(error: unknown, what: string): OutputError {
  if (error instanceof PublishError) return { message: error.message, trouble: error.trouble };
  const said = error instanceof Error ? error.message : String(error);
  return { message: `cannot make ${what}: ${said}`, trouble: null };
}
