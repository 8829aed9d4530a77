/** All experiments column by column, in the order of their ids; each group of columns is read when it is first looked at. */

import type { Hyperparameter } from '../experiment.js';
import type { JoinedJob } from '../slurm-job.js';
import type { ListedExperiment, UserNotes } from '../summary.js';
import { readAllUserNotes } from './notes.js';
import { readHosts } from './read-hosts.js';
import { settingsParser } from './settings.js';
import { readSlurmJobs } from './slurm-jobs.js';
import type { Store } from './store.js';
import { StoredFigures, StoredMetrics } from './stored-metrics.js';

type HeadTuple = [id: number, key: string, name: string, nodes: number | null, status: string, changedMs: number];

type SummaryTuple = [
  experiment: number,
  bestEpoch: number | null,
  ranks: number,
  plannedEpochs: number | null,
  stepsPerEpoch: number | null,
  totalTrainingTime: number | null,
  earlyStopEpoch: number | null,
  lastEpoch: number | null,
  secondsPerEpoch: number | null,
  firstNonFiniteEpoch: number | null,
];
const noSummary: SummaryTuple = [-1, null, 0, null, null, null, null, null, null, null];

/** What few questions are about. */
export interface RowDetails {
  readonly reason: string | null;
  readonly reasonRank: number | null;
  readonly launcher: string;
  readonly trainer: string;
  readonly rankRelation: string | null;
  readonly worldSize: number | null;
  readonly jobId: string | null;
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly fingerprint: string;
  readonly logState: string;
  readonly revision: number;
  readonly importedFrom: string | null;
}

/** Lazy columns; the store must stay open, and unchanged by a transaction, as long as they are used. */
export class ExperimentColumns {
  readonly heads: readonly HeadTuple[];
  readonly #store: Store;
  #details: readonly RowDetails[] | undefined;
  #settings: readonly (readonly Hyperparameter[])[] | undefined;
  #summaries: readonly ListedExperiment['summary'][] | undefined;
  #notes: ReadonlyMap<string, UserNotes> | undefined;
  #hosts: ReadonlyMap<number, readonly string[]> | undefined;
  #jobs: ReadonlyMap<number, JoinedJob> | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.heads = this.#tuples<HeadTuple>(
      'SELECT id, key, name, nodes, status, changed_ms FROM experiments ORDER BY id',
    );
  }

  get details(): readonly RowDetails[] {
    this.#details ??= this.#store.connection
      .prepare<[], RowDetails>(
        `SELECT reason, reason_rank AS reasonRank, launcher, trainer, rank_relation AS rankRelation, world_size AS worldSize,
           job_id AS jobId, log_path AS path, log_bytes AS bytes, log_mtime_ms AS mtimeMs, log_fingerprint AS fingerprint,
           log_state AS logState, revision, imported_from AS importedFrom
         FROM experiments ORDER BY id`,
      )
      .all();
    return this.#details;
  }

  get settings(): readonly (readonly Hyperparameter[])[] {
    this.#settings ??= this.#texts('SELECT settings FROM experiments ORDER BY id').map(settingsParser());
    return this.#settings;
  }

  get summaries(): readonly ListedExperiment['summary'][] {
    this.#summaries ??= this.#readSummaries();
    return this.#summaries;
  }

  get notes(): ReadonlyMap<string, UserNotes> {
    this.#notes ??= readAllUserNotes(this.#store);
    return this.#notes;
  }

  get hosts(): ReadonlyMap<number, readonly string[]> {
    this.#hosts ??= readHosts(this.#store);
    return this.#hosts;
  }

  get jobs(): ReadonlyMap<number, JoinedJob> {
    this.#jobs ??= readSlurmJobs(this.#store);
    return this.#jobs;
  }

  #readSummaries(): ListedExperiment['summary'][] {
    const tuples = this.#tuples<SummaryTuple>(
      `SELECT experiment, best_epoch, ranks, planned_epochs, steps_per_epoch, total_training_time, early_stop_epoch,
         last_epoch, seconds_per_epoch, first_non_finite_epoch
       FROM summaries ORDER BY experiment`,
    );
    const figures = new StoredFigures(this.#texts('SELECT figures FROM summaries ORDER BY experiment'));
    return this.heads.map(([id, key], i) => {
      const tuple = tuples[i] ?? noSummary;
      const [experiment, best, ranks, plannedEpochs, stepsPerEpoch, totalTrainingTime, earlyStopEpoch, lastEpoch] =
        tuple;
      const [, , , , , , , , secondsPerEpoch, firstNonFiniteEpoch] = tuple;
      if (experiment !== id) throw new Error(`${key}: the database has no summary of it`);
      return {
        ranks,
        plannedEpochs,
        stepsPerEpoch,
        totalTrainingTime,
        earlyStopEpoch,
        lastEpoch,
        secondsPerEpoch,
        firstNonFiniteEpoch,
        metrics: new StoredMetrics(figures, i),
        best: best === null ? null : new Best(best, figures, i),
      };
    });
  }

  #tuples<Tuple>(sql: string): Tuple[] {
    return this.#store.connection.prepare<[], Tuple>(sql).raw().all();
  }

  #texts(sql: string): string[] {
    return this.#store.connection.prepare<[], string>(sql).pluck().all();
  }
}

class Best {
  constructor(
    readonly epoch: number,
    private readonly figures: StoredFigures,
    private readonly row: number,
  ) {}

  get metrics(): ReadonlyMap<string, number> {
    return this.figures.whole(this.row).atBest;
  }
}
