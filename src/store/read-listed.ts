/** Reads all experiments for a question to them: nothing is read that the question does not look at. */

import { launcherNames, logStates, rankRelations, statuses, trainerNames } from '../experiment.js';
import type { ListedExperiment } from '../summary.js';
import { ExperimentColumns } from './experiment-columns.js';
import { noNotes } from './notes.js';
import type { Store } from './store.js';
import { StoredMetrics } from './stored-metrics.js';
import { parseSummaryFigures } from './summary-figures.js';
import { oneOf } from './words.js';

/**
 * Every experiment, by key; a copy by `{...each}` has not all of it. What was not looked at yet is read from the store, which must stay open, in a transaction where
 * others write to it.
 */
export function readListed(store: Store): ListedExperiment[] {
  const columns = new ExperimentColumns(store);
  return columns.rowsByKey().map((row) => new StoredRow(columns, row));
}

/** When an experiment last changed, ms since 1970; 0 where there is none. */
export function readLastChangeMs(store: Store): number {
  return store.connection.prepare<[], number | null>('SELECT max(changed_ms) FROM experiments').pluck().get() ?? 0;
}

/** Number in the database of one of `readListed`. */
export function numberOf(experiment: ListedExperiment): number {
  if (experiment instanceof StoredRow) return experiment.id;
  throw new TypeError(`${experiment.key}: expected an experiment that was read from one database`);
}

class StoredRow implements ListedExperiment {
  readonly run: ListedExperiment['run'];
  readonly summary: ListedExperiment['summary'];

  constructor(
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {
    this.run = new StoredRun(columns, row);
    this.summary = new StoredSummary(columns, row);
  }

  get id() {
    return this.columns.ids[this.row] ?? 0;
  }

  get key() {
    return this.columns.experiment<string>('key').at(this.row);
  }

  get name() {
    return this.columns.experiment<string>('name').at(this.row);
  }

  get nodes() {
    return this.columns.experiment<number | null>('nodes').at(this.row);
  }

  get changedMs() {
    return this.columns.experiment<number>('changed_ms').at(this.row);
  }

  get hyperparameters() {
    return this.columns.settingsAt(this.row);
  }

  get log() {
    return new StoredLog(this.columns, this.row);
  }

  get logState() {
    return oneOf(logStates, this.columns.experiment<string>('log_state').at(this.row));
  }

  get revision() {
    return this.columns.experiment<number>('revision').at(this.row);
  }

  get hosts() {
    return this.columns.hosts.get(this.id) ?? [];
  }

  get job() {
    return this.columns.jobs.get(this.id) ?? null;
  }

  get importedFrom() {
    return this.columns.experiment<string | null>('imported_from').at(this.row);
  }

  get user() {
    const { notes } = this.columns;
    return (notes.size > 0 && notes.get(this.key)) || noNotes;
  }
}

class StoredLog implements Record<keyof ListedExperiment['log'], unknown> {
  constructor(
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {}

  get path() {
    return this.columns.experiment<string>('log_path').at(this.row);
  }

  get bytes() {
    return this.columns.experiment<number>('log_bytes').at(this.row);
  }

  get mtimeMs() {
    return this.columns.experiment<number>('log_mtime_ms').at(this.row);
  }

  get fingerprint() {
    return this.columns.experiment<string>('log_fingerprint').at(this.row);
  }
}

class StoredRun {
  constructor(
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {}

  get status() {
    return oneOf(statuses, this.columns.experiment<string>('status').at(this.row));
  }

  get launcher() {
    return oneOf(launcherNames, this.columns.experiment<string>('launcher').at(this.row));
  }

  get trainer() {
    return oneOf(trainerNames, this.columns.experiment<string>('trainer').at(this.row));
  }

  get reason() {
    return this.columns.experiment<string | null>('reason').at(this.row);
  }

  get reasonRank() {
    return this.columns.experiment<number | null>('reason_rank').at(this.row);
  }

  get rankRelation() {
    const relation = this.columns.experiment<string | null>('rank_relation').at(this.row);
    return relation === null ? null : oneOf(rankRelations, relation);
  }

  get worldSize() {
    return this.columns.experiment<number | null>('world_size').at(this.row);
  }

  get jobId() {
    return this.columns.experiment<string | null>('job_id').at(this.row);
  }
}

class StoredSummary {
  constructor(
    private readonly columns: ExperimentColumns,
    private readonly row: number,
  ) {}

  get ranks() {
    return this.columns.summary<number>('ranks').at(this.row);
  }

  get plannedEpochs() {
    return this.#total('planned_epochs');
  }

  get stepsPerEpoch() {
    return this.#total('steps_per_epoch');
  }

  get totalTrainingTime() {
    return this.#total('total_training_time');
  }

  get earlyStopEpoch() {
    return this.#total('early_stop_epoch');
  }

  get lastEpoch() {
    return this.#total('last_epoch');
  }

  get secondsPerEpoch() {
    return this.#total('seconds_per_epoch');
  }

  get firstNonFiniteEpoch() {
    return this.#total('first_non_finite_epoch');
  }

  get metrics() {
    return new StoredMetrics(this.columns, this.row);
  }

  get best() {
    const epoch = this.#total('best_epoch');
    if (epoch === null) return null;
    const figures = this.columns.summary<string>('figures').at(this.row);
    return {
      epoch,
      get metrics() {
        return parseSummaryFigures(figures).atBest;
      },
    };
  }

  #total(column: string): number | null {
    return this.columns.summary<number | null>(column).at(this.row);
  }
}
