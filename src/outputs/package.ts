/**
 * The JSON package of an experiment: everything that is known of it, for other programs and for reading it back.
 *
 * docs/package.md explains every field, schema/package.schema.json holds it. One line an epoch, so that the file can be read
 * with the eye and searched; the last line is a digest of all before it, by which a torn file is known.
 */

import { createHash } from 'node:crypto';
import {
  type EpochTable,
  type Experiment,
  epochFlags,
  type LogFile,
  type MetricColumn,
  type Rank,
} from '../experiment.js';
import type { Summary } from '../summary.js';

/** Every package begins with this, and the number of its format. */
export const packageSchemaPrefix = 'training-log-wizard/package/';
export const packageVersion = 1;

/** In the first bytes of every package; see `PublishOptions.mark`. */
export const packageMark = `"schema": "${packageSchemaPrefix}`;

/** The text of the package; `parsePackage` gives the same experiment back. */
export function renderPackage(
  experiment: Experiment,
  summary: Summary,
  program: { readonly name: string; readonly version: string },
): string {
  const { run } = experiment;
  const body = [
    `{\n${packageMark}${packageVersion}"`,
    field('experiment', experiment.name),
    field('key', experiment.key),
    field('log', renderLog(experiment.log)),
    field('program', { name: program.name, version: program.version }),
    field('launcher', run.launcher),
    field('trainer', run.trainer),
    field('status', run.status),
    field('reason', run.reason),
    field('reason_rank', run.reasonRank),
    field('log_state', experiment.logState),
    field('revision', experiment.revision),
    field('rank_relation', run.rankRelation),
    field('world_size', run.worldSize),
    field('job_id', run.jobId),
    field('nodes', experiment.nodes),
    field(
      'hyperparameters',
      experiment.hyperparameters.map(({ name, values }) => ({ name, values })),
    ),
    ...summaryFields(summary),
    field('metric_names', objectOf(run.metricNames)),
    `"ranks": [${run.ranks.map(renderRank).join(',')}\n]`,
    field('receipt', renderReceipt(experiment)),
  ].join(',\n');
  return `${body},\n"digest": "${digestOf(body)}"\n}\n`;
}

/** True when the package was made from this very log. */
export function isPackageCurrent(
  packaged: Pick<Experiment, 'log'>,
  log: Pick<LogFile, 'bytes' | 'fingerprint'>,
): boolean {
  return packaged.log.bytes === log.bytes && packaged.log.fingerprint === log.fingerprint;
}

/** The digest that the last line gives of the text before it. */
export function digestOf(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** `2026-07-30T12:00:00.123Z`; a part of a millisecond adds digits, so that the very number can be read back. */
export function renderTime(ms: number): string {
  const [whole = '0', part = ''] = String(ms).split('.');
  return new Date(Number(whole)).toISOString().replace('Z', `${part}Z`);
}

function field(name: string, value: unknown): string {
  return `"${name}": ${JSON.stringify(value)}`;
}

function renderLog({ path, bytes, mtimeMs, fingerprint }: LogFile): unknown {
  return { path, bytes, mtime: renderTime(mtimeMs), fingerprint };
}

function summaryFields(summary: Summary): string[] {
  const { best } = summary;
  const spread = [...summary.metrics].map(([name, { min, max }]) => {
    return `${JSON.stringify(name)}: {"min": ${figure(min)}, "max": ${figure(max)}}`;
  });
  const bestFigures = best && [...best.metrics].filter(([name]) => name !== 'epoch');
  return [
    field('objective', summary.objective),
    field('planned_epochs', summary.plannedEpochs),
    field('steps_per_epoch', summary.stepsPerEpoch),
    `"total_training_time": ${figure(summary.totalTrainingTime)}`,
    field('early_stop_epoch', summary.earlyStopEpoch),
    field('last_epoch', summary.lastEpoch),
    `"seconds_per_epoch": ${figure(summary.secondsPerEpoch)}`,
    field('rank_count', summary.ranks),
    field('differs', summary.differs),
    `"final": ${figures([...summary.metrics].map(([name, { final }]) => [name, final]))}`,
    best && bestFigures
      ? `"best": {${[`"epoch": ${best.epoch}`, ...bestFigures.map(([name, value]) => namedFigure(name, value))].join(', ')}}`
      : '"best": null',
    `"spread": {${spread.join(', ')}}`,
  ];
}

function renderRank(rank: Rank): string {
  const { epochs, steps } = rank;
  const head = [
    field('rank', rank.rank),
    ...(rank.file === undefined ? [] : [field('file', rank.file)]),
    field('host', rank.host),
    field('planned_epochs', rank.plannedEpochs),
    field('steps_per_epoch', rank.stepsPerEpoch),
    field('early_stop_epoch', rank.earlyStopEpoch),
    field('restored_epoch', rank.restoredEpoch),
    `"total_training_time": ${figure(rank.totalTrainingTime)}`,
    field('end', rank.end),
  ];
  const epochLines = Array.from({ length: epochs.length }, (_, row) => renderEpoch(epochs, row));
  const lists = [`"epochs": [${epochLines.join(',')}\n]`];
  if (steps) {
    const lines = Array.from({ length: steps.length }, (_, row) => {
      const point = `"segment": ${steps.segment[row]}, "epoch": ${steps.epoch[row]}, "step": ${steps.step[row]}`;
      return `\n{${point}, "metrics": ${rowFigures(steps.metrics, row)}}`;
    });
    lists.push(`"steps": [${lines.join(',')}\n]`);
  }
  return `\n{${[...head, ...lists].join(', ')}}`;
}

function renderEpoch(table: EpochTable, row: number): string {
  const flags = table.flags[row] ?? 0;
  const fields = [`"epoch": ${table.epoch[row]}, "segment": ${table.segment[row]}, "offset": ${table.offset[row]}`];
  if (flags & epochFlags.partial) fields.push('"partial": true');
  if (flags & epochFlags.repaired) fields.push('"repaired": true');
  fields.push(`"seconds": ${printedTime(table.seconds[row])}`);
  fields.push(`"seconds_per_step": ${printedTime(table.secondsPerStep[row])}`);
  fields.push(`"metrics": ${rowFigures(table.metrics, row)}`);
  if (table.local.size > 0) fields.push(`"local": ${rowFigures(table.local, row)}`);
  return `\n{${fields.join(', ')}}`;
}

/** In the columns of times, NaN means that nothing was printed. */
function printedTime(seconds: number | undefined): string {
  return Number.isNaN(seconds) ? 'null' : figure(seconds);
}

function rowFigures(columns: ReadonlyMap<string, MetricColumn>, row: number): string {
  return figures([...columns].map(([name, { values, present }]) => [name, present[row] ? values[row] : null]));
}

function figures(named: readonly (readonly [name: string, value: number | null | undefined])[]): string {
  return `{${named.map(([name, value]) => namedFigure(name, value)).join(', ')}}`;
}

function namedFigure(name: string, value: number | null | undefined): string {
  return `${JSON.stringify(name)}: ${figure(value)}`;
}

/** A number, `"NaN"`, `"Infinity"`, `"-Infinity"`, or null. */
function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Without a prototype, so that a metric may be called `__proto__`. */
function objectOf(map: ReadonlyMap<string, string>): Record<string, string> {
  const object: Record<string, string> = Object.create(null);
  for (const [name, value] of map) object[name] = value;
  return object;
}

function renderReceipt({ run: { receipt } }: Experiment): unknown {
  return {
    bytes: receipt.bytes,
    lines: receipt.lines,
    understood: receipt.understood,
    ignored: receipt.ignored,
    repaired: receipt.repaired,
    quarantined: receipt.quarantined,
    first_ignored: receipt.firstIgnored,
    first_repaired: receipt.firstRepaired,
    first_quarantined: receipt.firstQuarantined,
    cut_lines: receipt.cutLines,
    nul_bytes: receipt.nulBytes,
    bad_utf8: receipt.badUtf8,
    skipped_values: receipt.skippedValues,
    replaced_rows: receipt.replacedRows,
    last_line_incomplete: receipt.lastLineIncomplete,
    findings: receipt.findings.map(({ offset, rank, what }) => ({ offset, rank, what })),
    notes: receipt.notes,
  };
}
