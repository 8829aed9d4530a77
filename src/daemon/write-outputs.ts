import { join } from 'node:path';
import type { Experiment } from '../experiment.js';
import { csvMark, renderCsv } from '../outputs/csv.js';
import { outputPathOf } from '../outputs/output-names.js';
import { packageMark, renderPackage } from '../outputs/package.js';
import { publish } from '../outputs/publish.js';
import { renderReport, reportMark } from '../outputs/report.js';
import { program } from '../package.js';
import type { Summary } from '../summary.js';
import {
  extensions,
  type OutputKind,
  type OutputsOrder,
  outputError,
  type SweepContext,
  type WrittenOutput,
} from './output-files.js';

/** What every version of an output has in its first or last bytes. */
export const outputMarks: Readonly<Record<OutputKind, string>> = {
  package: packageMark,
  report: reportMark,
  csv: csvMark,
};

/** Renders and publishes the files of one experiment; one that fails does not hold back the others. */
export async function writeOutputs(order: OutputsOrder): Promise<WrittenOutput[]> {
  const written: WrittenOutput[] = [];
  for (const kind of order.kinds) written.push(await writeOutput(order, kind));
  return written;
}

async function renderOutput(
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
  const { experiment, summary, folder, recorded, createFolder, shareGroupId, context = {} } = order;
  const path = join(folder, outputPathOf(order.logPath ?? experiment.log.path, extensions[kind]));
  try {
    const content = await renderOutput(kind, experiment, summary, context);
    const options = { recorded: recorded[kind] ?? null, mark: outputMarks[kind], createFolder, shareGroupId };
    const { version, state } = await publish(path, content, options);
    return { kind, path, version, isNew: state === 'written', error: null };
  } catch (error) {
    return { kind, path, version: null, isNew: false, error: outputError(error, `the ${kind} of ${experiment.key}`) };
  }
}
