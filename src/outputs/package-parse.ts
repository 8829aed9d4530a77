/** A JSON package back to the experiment that it was made from. */

import {
  type Experiment,
  type LogFile,
  launcherNames,
  logStates,
  type Rank,
  type RankEnd,
  type Receipt,
  rankRelations,
  statuses,
  trainerNames,
} from '../experiment.js';
import type { Objective } from '../summary.js';
import { digestOf, packageSchemaPrefix, packageVersion } from './package.js';
import {
  FieldError,
  type Fields,
  fieldsOf,
  flagOf,
  integerOf,
  listOf,
  maybeFigure,
  maybeIntegerOf,
  maybeTextOf,
  oneOf,
  textOf,
  textsOf,
} from './package-fields.js';
import { parseEpochs, parseSteps } from './package-tables.js';

/** Why a package is not to be trusted. */
export type PackageTrouble =
  /** Not a package of this program. */
  | 'foreign'
  /** Written by a later version of the program, in a format that this one does not know. */
  | 'newer'
  /** Not written to its end, or changed since. */
  | 'torn'
  /** Whole, but not as the format asks. */
  | 'invalid';

export type ParsedPackage =
  | {
      readonly experiment: Experiment;
      /** What decided what is best when it was written. */
      readonly objective: Objective | null;
      readonly program: { readonly name: string; readonly version: string };
    }
  | { readonly trouble: PackageTrouble; readonly detail: string };

/** How a rank may have ended. */
export const rankEnds = [
  'completed',
  'early_stopped',
  'diverged',
  'failed',
  'killed',
] as const satisfies RankEnd['status'][];

/** How a package begins, with the number of its format, and how it ends, with its digest. */
export const packageStart = new RegExp(`^\\{\\s*"schema": "${packageSchemaPrefix}(\\d+)"`);
export const packageEnd = /,\n"digest": "(sha256:[0-9a-f]{64})"\n\}\n$/;

/** The experiment in the text of a package; a text that cannot be trusted gives the reason, never an error. */
export function parsePackage(text: string): ParsedPackage {
  const version = packageStart.exec(text)?.[1];
  if (version === undefined) return { trouble: 'foreign', detail: 'it is no package of training-log-wizard' };
  if (Number(version) > packageVersion)
    return { trouble: 'newer', detail: `its format is ${version}, not ${packageVersion}` };
  const last = packageEnd.exec(text);
  if (!last || digestOf(text.slice(0, last.index)) !== last[1]) {
    return { trouble: 'torn', detail: 'it was not written to its end, or was changed since' };
  }
  try {
    const fields = fieldsOf(JSON.parse(text), 'package');
    const program = fieldsOf(fields.program, 'program');
    return {
      experiment: parseExperiment(fields),
      objective: fields.objective === null ? null : parseObjective(fieldsOf(fields.objective, 'objective')),
      program: { name: textOf(program, 'name'), version: textOf(program, 'version') },
    };
  } catch (error) {
    if (error instanceof FieldError || error instanceof SyntaxError)
      return { trouble: 'invalid', detail: error.message };
    throw error;
  }
}

/** The ms since 1970 that `renderTime` wrote. */
export function parseTime(fields: Fields, name: string): number {
  const time = /^(.+\.\d{3})(\d*)Z$/.exec(textOf(fields, name));
  const whole = Date.parse(`${time?.[1]}Z`);
  if (!time || Number.isNaN(whole)) throw new FieldError(`${name}: expected a time such as 2026-07-30T12:00:00.000Z`);
  return Number(`${whole}.${time[2]}`);
}

function parseExperiment(fields: Fields): Experiment {
  const names = fieldsOf(fields.metric_names, 'metric_names');
  return {
    key: textOf(fields, 'key'),
    name: textOf(fields, 'experiment'),
    nodes: maybeIntegerOf(fields, 'nodes'),
    hyperparameters: listOf(fields, 'hyperparameters').map((value) => {
      const setting = fieldsOf(value, 'hyperparameters');
      return { name: textOf(setting, 'name'), values: textsOf(setting, 'values') };
    }),
    log: parseLog(fieldsOf(fields.log, 'log')),
    logState: oneOf(fields, 'log_state', logStates),
    revision: integerOf(fields, 'revision'),
    run: {
      launcher: oneOf(fields, 'launcher', launcherNames),
      trainer: oneOf(fields, 'trainer', trainerNames),
      status: oneOf(fields, 'status', statuses),
      reason: maybeTextOf(fields, 'reason'),
      reasonRank: maybeIntegerOf(fields, 'reason_rank'),
      rankRelation: fields.rank_relation === null ? null : oneOf(fields, 'rank_relation', rankRelations),
      worldSize: maybeIntegerOf(fields, 'world_size'),
      jobId: maybeTextOf(fields, 'job_id'),
      metricNames: new Map(Object.keys(names).map((name) => [name, textOf(names, name)])),
      ranks: listOf(fields, 'ranks').map(parseRank),
      receipt: parseReceipt(fieldsOf(fields.receipt, 'receipt')),
    },
  };
}

function parseObjective(fields: Fields): Objective {
  return { metric: textOf(fields, 'metric'), direction: oneOf(fields, 'direction', ['max', 'min']) };
}

function parseLog(fields: Fields): LogFile {
  return {
    path: textOf(fields, 'path'),
    bytes: integerOf(fields, 'bytes'),
    mtimeMs: parseTime(fields, 'mtime'),
    fingerprint: textOf(fields, 'fingerprint'),
  };
}

function parseRank(value: unknown): Rank {
  const fields = fieldsOf(value, 'ranks');
  return {
    rank: maybeIntegerOf(fields, 'rank'),
    host: maybeTextOf(fields, 'host'),
    plannedEpochs: maybeIntegerOf(fields, 'planned_epochs'),
    stepsPerEpoch: maybeIntegerOf(fields, 'steps_per_epoch'),
    earlyStopEpoch: maybeIntegerOf(fields, 'early_stop_epoch'),
    restoredEpoch: maybeIntegerOf(fields, 'restored_epoch'),
    totalTrainingTime: maybeFigure(fields.total_training_time, 'total_training_time'),
    end: fields.end === null ? null : parseEnd(fieldsOf(fields.end, 'end')),
    epochs: parseEpochs(listOf(fields, 'epochs')),
    steps: 'steps' in fields ? parseSteps(listOf(fields, 'steps')) : null,
    // Last, as the reader of ranks' files has it: the digest of a record knows the order.
    ...(typeof fields.file === 'string' && { file: fields.file }),
  };
}

function parseEnd(fields: Fields): RankEnd {
  return {
    status: oneOf(fields, 'status', rankEnds),
    reason: maybeTextOf(fields, 'reason'),
    offset: maybeIntegerOf(fields, 'offset'),
  };
}

function parseReceipt(fields: Fields): Receipt {
  return {
    bytes: integerOf(fields, 'bytes'),
    lines: integerOf(fields, 'lines'),
    understood: integerOf(fields, 'understood'),
    ignored: integerOf(fields, 'ignored'),
    repaired: integerOf(fields, 'repaired'),
    quarantined: integerOf(fields, 'quarantined'),
    firstIgnored: maybeIntegerOf(fields, 'first_ignored'),
    firstRepaired: maybeIntegerOf(fields, 'first_repaired'),
    firstQuarantined: maybeIntegerOf(fields, 'first_quarantined'),
    cutLines: integerOf(fields, 'cut_lines'),
    nulBytes: integerOf(fields, 'nul_bytes'),
    badUtf8: integerOf(fields, 'bad_utf8'),
    skippedValues: integerOf(fields, 'skipped_values'),
    replacedRows: integerOf(fields, 'replaced_rows'),
    lastLineIncomplete: flagOf(fields, 'last_line_incomplete'),
    findings: listOf(fields, 'findings').map((value) => {
      const finding = fieldsOf(value, 'findings');
      return {
        offset: integerOf(finding, 'offset'),
        rank: maybeIntegerOf(finding, 'rank'),
        what: textOf(finding, 'what'),
      };
    }),
    notes: textsOf(fields, 'notes'),
  };
}
