/**
 * The domain: what a training run is, once it has been read from its log.
 *
 * Nothing here imports anything, does I/O or knows where the data came from. A missing figure is
 * `null` (or `present[i] === 0` in a column); NaN and ±Infinity are data.
 */

/** What became of a run. Over ranks the gravest wins: killed > failed > diverged > early_stopped > completed. */
export const statuses = [
  'running',
  'completed',
  'early_stopped',
  'diverged',
  'failed',
  'killed',
  'stalled',
  'unrecognised',
  'empty',
  'unreadable',
  'gone',
  'ignored',
] as const;
export type Status = (typeof statuses)[number];

/** How far the program is with a log. */
export const logStates = ['new', 'growing', 'quiet', 'parsing', 'parsed', 'parse_failed'] as const;
export type LogState = (typeof logStates)[number];

/** How the figures of the ranks relate; see `RankRelation` in docs/data-rules.md. */
export const rankRelations = ['averaged', 'independent', 'one_rank_prints'] as const;
export type RankRelation = (typeof rankRelations)[number];

/** How ranks share a file. `custom` is a prefix pattern from the config; `none` is no tag at all. */
export const launcherNames = [
  'openmpi',
  'prrte',
  'horovodrun',
  'mpich',
  'srun',
  'torchrun',
  'sagemaker',
  'rank_files',
  'custom',
  'none',
] as const;
export type LauncherName = (typeof launcherNames)[number];

/** What printed the figures. `custom` is a dialect file of the user's; `none` when nothing was understood. */
export const trainerNames = [
  'keras',
  'lightning',
  'huggingface',
  'pytorch',
  'timm',
  'fairseq',
  'mmengine',
  'mxnet',
  'deepspeed',
  'megatron',
  'mlperf',
  'tensorflow',
  'detectron2',
  'nanogpt',
  'xgboost',
  'lightgbm',
  'paddle',
  'ultralytics',
  'espnet',
  'catalyst',
  'custom',
  'none',
] as const;
export type TrainerName = (typeof trainerNames)[number];

/** One setting of a run, as written: `dpout_0.5_0.3` is `{name: 'dpout', values: ['0.5', '0.3']}`. */
export interface Hyperparameter {
  readonly name: string;
  /** As written, in order; empty for a name without a value. */
  readonly values: readonly string[];
}

/** One metric over the rows of an `EpochTable`. `present[i] === 0` means missing; NaN in `values` is data. */
export interface MetricColumn {
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** Bits of `EpochTable.flags`. */
export const epochFlags = {
  /** The epoch was begun, but its final record never came: the figures are its last progress update's. */
  partial: 1,
  /** The record was put together again from pieces between which something else was printed. */
  repaired: 2,
} as const;

/** The epochs of one rank, column by column; row i of every column belongs together. Ordered by segment, then epoch. */
export interface EpochTable {
  readonly length: number;
  /** From 1, whatever the trainer counts from. */
  readonly epoch: Int32Array;
  /** From 1; a new training in the same log opens the next one. */
  readonly segment: Int32Array;
  /** Byte offset in the log at which the record that the row was read from begins. */
  readonly offset: Float64Array;
  readonly flags: Uint8Array;
  /** Duration of the epoch, s; NaN where it was not printed. */
  readonly seconds: Float64Array;
  /** s; NaN where it was not printed. */
  readonly secondsPerStep: Float64Array;
  /** By canonical name, in the order first printed. */
  readonly metrics: ReadonlyMap<string, MetricColumn>;
  /** What the rank itself saw where `metrics` are averaged over ranks: its last progress update before the final record. */
  readonly local: ReadonlyMap<string, MetricColumn>;
}

/** Points within epochs, kept only when the config asks for steps; columns as in `EpochTable`. */
export interface StepTable {
  readonly length: number;
  readonly segment: Int32Array;
  readonly epoch: Int32Array;
  /** Steps (batches) done in the epoch, from 1. */
  readonly step: Int32Array;
  readonly metrics: ReadonlyMap<string, MetricColumn>;
}

/** How one rank ended, where the log says so. */
export interface RankEnd {
  readonly status: 'completed' | 'early_stopped' | 'diverged' | 'failed' | 'killed';
  /** Its last words, at most 300 characters. */
  readonly reason: string | null;
  /** Byte offset of the line that says so; null where it follows from the figures alone. */
  readonly offset: number | null;
}

export interface Rank {
  /** null: the log has several ranks but no tags, so that nobody can know whose record this is. */
  readonly rank: number | null;
  /** The file that the rank was read from, relative to the log's folder, where it is not the log itself; offsets count in it. */
  readonly file?: string;
  readonly host: string | null;
  readonly plannedEpochs: number | null;
  readonly stepsPerEpoch: number | null;
  readonly earlyStopEpoch: number | null;
  /** The epoch whose weights were restored at the end, where printed. */
  readonly restoredEpoch: number | null;
  /** s, as the user's script printed it. */
  readonly totalTrainingTime: number | null;
  readonly end: RankEnd | null;
  readonly epochs: EpochTable;
  readonly steps: StepTable | null;
}

/** A place in the log that was repaired, quarantined or not understood. */
export interface Finding {
  readonly offset: number;
  readonly rank: number | null;
  /** One sentence fragment, e.g. `two records in one line`. */
  readonly what: string;
}

/** What was understood of a log and what was not. lines = understood + ignored + quarantined; repaired lines are among the understood. */
export interface Receipt {
  readonly bytes: number;
  readonly lines: number;
  readonly understood: number;
  readonly ignored: number;
  readonly repaired: number;
  readonly quarantined: number;
  /** Byte offsets of the first of each; null where there is none. */
  readonly firstIgnored: number | null;
  readonly firstRepaired: number | null;
  readonly firstQuarantined: number | null;
  /** Lines longer than the reader keeps, and what was skipped because of it. */
  readonly cutLines: number;
  readonly nulBytes: number;
  readonly badUtf8: number;
  /** Figures that are no number by the grammar (`1.2.3`), and so were left out. */
  readonly skippedValues: number;
  /** Rows that a later record of the same rank, segment and epoch replaced, or that a resumed training voided. */
  readonly replacedRows: number;
  readonly lastLineIncomplete: boolean;
  /** The first 100 repaired or quarantined places. */
  readonly findings: readonly Finding[];
  /** Sentences a person should read, e.g. `the log has no rank tags, but 2 ranks wrote it`. */
  readonly notes: readonly string[];
}

/** What the reader found in one log. */
export interface Run {
  readonly launcher: LauncherName;
  readonly trainer: TrainerName;
  readonly status: Status;
  /** The line that says why, at most 300 characters; null where nothing needs saying. */
  readonly reason: string | null;
  /** The rank that said `reason` first. */
  readonly reasonRank: number | null;
  readonly rankRelation: RankRelation | null;
  /** Number of ranks that the run had, where the log tells, silent ones included. */
  readonly worldSize: number | null;
  /** Scheduler job that wrote the log, where it says so. */
  readonly jobId: string | null;
  /** Canonical metric name → name as printed, in the order first printed. */
  readonly metricNames: ReadonlyMap<string, string>;
  readonly ranks: readonly Rank[];
  readonly receipt: Receipt;
}

export interface LogFile {
  /** Relative to the root, '/'-separated; bytes that are not UTF-8 as `\xFF`. */
  readonly path: string;
  readonly bytes: number;
  /** ms since 1970, UTC. */
  readonly mtimeMs: number;
  /** `sha256:` + hex of size and first and last 4 KiB. */
  readonly fingerprint: string;
}

/** One experiment: a log, the settings it ran with, and what it says. */
export interface Experiment {
  /** Its log's path relative to the root: the key everywhere. */
  readonly key: string;
  readonly name: string;
  /** From a parent folder such as `experiments_2_nodes`. */
  readonly nodes: number | null;
  readonly hyperparameters: readonly Hyperparameter[];
  readonly log: LogFile;
  readonly logState: LogState;
  /** 1 for the first reading; raised each time the log was read anew because it had changed. */
  readonly revision: number;
  readonly run: Run;
}
