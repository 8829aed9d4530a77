/** Rows of tables experiments, receipts and hyperparameters, as the domain has them. */

import {
  type Experiment,
  type Finding,
  type Hyperparameter,
  type LauncherName,
  type LogState,
  launcherNames,
  logStates,
  type RankRelation,
  type Receipt,
  rankRelations,
  type Status,
  statuses,
  type TrainerName,
  trainerNames,
} from '../experiment.js';
import { parseStrings } from './json.js';

/** One row of experiments joined with its receipt. */
export interface ExperimentRow {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly log_path: string;
  readonly nodes: number | null;
  readonly status: string;
  readonly reason: string | null;
  readonly reason_rank: number | null;
  readonly log_state: string;
  readonly revision: number;
  readonly launcher: string;
  readonly trainer: string;
  readonly rank_relation: string | null;
  readonly world_size: number | null;
  readonly job_id: string | null;
  readonly log_bytes: number;
  readonly log_mtime_ms: number;
  readonly log_fingerprint: string;
  readonly first_seen_ms: number;
  readonly changed_ms: number;
  readonly bytes: number;
  readonly lines: number;
  readonly understood: number;
  readonly ignored: number;
  readonly repaired: number;
  readonly quarantined: number;
  readonly first_ignored: number | null;
  readonly first_repaired: number | null;
  readonly first_quarantined: number | null;
  readonly cut_lines: number;
  readonly nul_bytes: number;
  readonly bad_utf8: number;
  readonly skipped_values: number;
  readonly replaced_rows: number;
  readonly last_line_incomplete: number;
  readonly notes: string;
}

/** Everything of an `ExperimentRow`, for SELECT … FROM experiments JOIN receipts ON receipts.experiment = experiments.id. */
export const experimentColumns = `experiments.id, key, name, log_path, nodes, status, reason, reason_rank, log_state, revision,
  launcher, trainer, rank_relation, world_size, job_id, log_bytes, log_mtime_ms, log_fingerprint, first_seen_ms, changed_ms,
  receipts.bytes, lines, understood, ignored, repaired, quarantined, first_ignored, first_repaired, first_quarantined,
  cut_lines, nul_bytes, bad_utf8, skipped_values, replaced_rows, last_line_incomplete, receipts.notes`;

/** An experiment without what lies in other tables. */
export interface ExperimentHead {
  readonly experiment: Omit<Experiment, 'run' | 'hyperparameters'>;
  readonly run: Omit<Experiment['run'], 'ranks' | 'metricNames'>;
}

/** A row as the domain has it; throws where it holds a word that this program does not know. */
export function toHead(row: ExperimentRow, findings: readonly Finding[]): ExperimentHead {
  return {
    experiment: {
      key: row.key,
      name: row.name,
      nodes: row.nodes,
      log: { path: row.log_path, bytes: row.log_bytes, mtimeMs: row.log_mtime_ms, fingerprint: row.log_fingerprint },
      logState: oneOf<LogState>(logStates, row.log_state),
      revision: row.revision,
    },
    run: {
      launcher: oneOf<LauncherName>(launcherNames, row.launcher),
      trainer: oneOf<TrainerName>(trainerNames, row.trainer),
      status: oneOf<Status>(statuses, row.status),
      reason: row.reason,
      reasonRank: row.reason_rank,
      rankRelation: row.rank_relation === null ? null : oneOf<RankRelation>(rankRelations, row.rank_relation),
      worldSize: row.world_size,
      jobId: row.job_id,
      receipt: toReceipt(row, findings),
    },
  };
}

function toReceipt(row: ExperimentRow, findings: readonly Finding[]): Receipt {
  return {
    bytes: row.bytes,
    lines: row.lines,
    understood: row.understood,
    ignored: row.ignored,
    repaired: row.repaired,
    quarantined: row.quarantined,
    firstIgnored: row.first_ignored,
    firstRepaired: row.first_repaired,
    firstQuarantined: row.first_quarantined,
    cutLines: row.cut_lines,
    nulBytes: row.nul_bytes,
    badUtf8: row.bad_utf8,
    skippedValues: row.skipped_values,
    replacedRows: row.replaced_rows,
    lastLineIncomplete: row.last_line_incomplete === 1,
    findings,
    notes: parseStrings(row.notes),
  };
}

/** A row of table hyperparameters. */
export interface HyperparameterRow {
  readonly name: string;
  readonly items: string;
}

/** A setting as it was written in the folder's name. */
export function toHyperparameter({ name, items }: HyperparameterRow): Hyperparameter {
  return { name, values: parseStrings(items) };
}

/** `word` as one of a closed list of the domain. */
export function oneOf<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word);
  if (found === undefined) throw new Error(`expected one of ${words.join(', ')}, got ${word}`);
  return found;
}
