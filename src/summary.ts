/** What the workbook, the package and a leaderboard show of one experiment. Pure; imports only the domain. */

import type { Experiment, Run } from './experiment.js';
import type { JoinedJob } from './slurm-job.js';

/** Which metric decides what is best, one for a whole root. */
export interface Objective {
  /** Canonical name, e.g. `val_dsc`. */
  readonly metric: string;
  readonly direction: 'max' | 'min';
}

/** One metric of an experiment, over its ranks, in its last segment. Partial epochs never count. */
export interface MetricSummary {
  /** Mean over ranks at each rank's last complete epoch; exactly the common value where all are equal. May be NaN or ±Infinity. */
  readonly final: number;
  /** Smallest and largest over ranks of what `final` is the mean of. */
  readonly min: number;
  readonly max: number;
  /** Best mean over ranks by this metric's own direction, at an epoch that all ranks completed; null where no epoch is finite on all. */
  readonly best: number | null;
  readonly bestEpoch: number | null;
}

export interface Summary {
  readonly objective: Objective | null;
  /** Epoch at which the objective is best (mean over ranks, among epochs that all ranks completed), and every metric's mean there. */
  readonly best: { readonly epoch: number; readonly metrics: ReadonlyMap<string, number> } | null;
  readonly metrics: ReadonlyMap<string, MetricSummary>;
  /** Canonical name of the first custom metric (neither loss, accuracy nor learning rate), without `val_`; null where there is none. */
  readonly customMetric: string | null;
  /** Ranks seen, or known from tags on stderr or from bindings. */
  readonly ranks: number;
  readonly plannedEpochs: number | null;
  readonly stepsPerEpoch: number | null;
  /** Largest over ranks, s. */
  readonly totalTrainingTime: number | null;
  /** Largest over ranks. */
  readonly earlyStopEpoch: number | null;
  /** Last epoch that any rank completed in the last segment. */
  readonly lastEpoch: number | null;
  /** Median over epochs of the mean over ranks, s. */
  readonly secondsPerEpoch: number | null;
  /** First epoch with a metric that is not finite, on any rank. */
  readonly firstNonFiniteEpoch: number | null;
  /** Names of the figures above that are not the same on all ranks, e.g. `early_stop_epoch`. */
  readonly differs: readonly string[];
}

/** A metric is better when higher, but for losses, errors, perplexities and times. */
export function directionOf(metric: string): 'max' | 'min' {
  return /(^|_)(loss|error|err|mse|mae|rmse|mape|msle|ppl|perplexity|wer|cer|nll|fid|time|seconds|divergence|distance)(_|$)/.test(
    metric,
  )
    ? 'min'
    : 'max';
}

/** What belongs to the user: typed into the workbook or given to `tlw note` and `tlw tag`. */
export interface UserNotes {
  readonly notes: string;
  readonly tags: readonly string[];
  readonly keep: string;
}

/** An experiment as one of many, for questions to all of them: without epochs and receipt, with its summary. */
export interface ListedExperiment extends Omit<Experiment, 'run'> {
  readonly run: Omit<Run, 'ranks' | 'metricNames' | 'receipt'>;
  /** Distinct hosts of its ranks, sorted. */
  readonly hosts: readonly string[];
  readonly summary: Omit<Summary, 'objective' | 'customMetric' | 'differs'>;
  readonly user: UserNotes;
  /** The scheduler's job that wrote its log; null where none is known. */
  readonly job: JoinedJob | null;
  /** Where it was imported from; null where its log lies in the root. */
  readonly importedFrom: string | null;
  /** When its rows last changed, ms since 1970, UTC. */
  readonly changedMs: number;
}

/** One row of every table: an experiment without its epochs, with its summary. */
export interface ExperimentOverview extends ListedExperiment {
  readonly run: Omit<Run, 'ranks' | 'metricNames'>;
  readonly summary: Summary;
}
