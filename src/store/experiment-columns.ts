/** All experiments column by column, in the order of their ids; each column is read when it is first looked at. */

import type { Hyperparameter } from '../experiment.js';
import type { JoinedJob } from '../slurm-job.js';
import type { UserNotes } from '../summary.js';
import { FinalFigures } from './final-figures.js';
import { LazyColumn } from './lazy-column.js';
import { readAllUserNotes } from './notes.js';
import { readHosts } from './read-hosts.js';
import { settingsParser } from './settings.js';
import { readSlurmJobs } from './slurm-jobs.js';
import type { Store } from './store.js';
import { firstFigureSql } from './summary-figures.js';

type Column = string | number | null;

/** The store must stay open, and unchanged by a transaction, as long as these are used. */
export class ExperimentColumns {
  /** Of all experiments, ascending. */
  readonly ids: readonly number[];
  readonly #store: Store;
  readonly #idsByKey: readonly number[];
  readonly #experiments = new Map<string, LazyColumn<Column>>();
  readonly #summaries = new Map<string, LazyColumn<Column>>();
  readonly #finals = new Map<string, FinalFigures>();
  readonly #settings: (readonly Hyperparameter[] | undefined)[];
  readonly #parseSettings = settingsParser();
  #notes: ReadonlyMap<string, UserNotes> | undefined;
  #hosts: ReadonlyMap<number, readonly string[]> | undefined;
  #jobs: ReadonlyMap<number, JoinedJob> | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.#idsByKey = store.connection.prepare<[], number>('SELECT id FROM experiments ORDER BY key').pluck().all();
    this.ids = [...Float64Array.from(this.#idsByKey).sort()];
    this.#settings = new Array(this.ids.length).fill(undefined);
  }

  /** Places in `ids` in the order of the experiments' keys. */
  rowsByKey(): number[] {
    const rows = new Map(this.ids.map((id, row) => [id, row]));
    return this.#idsByKey.map((id) => rows.get(id) ?? 0);
  }

  /** A column of table experiments; `Value` is what the schema has for it. */
  experiment<Value extends Column>(column: string): LazyColumn<Value> {
    const known = this.#experiments.get(column);
    return (known ?? this.#add(this.#experiments, { table: 'experiments', id: 'id', column })) as LazyColumn<Value>;
  }

  /** A column of table summaries. */
  summary<Value extends Column>(column: string): LazyColumn<Value> {
    const known = this.#summaries.get(column);
    return (known ?? this.#add(this.#summaries, { table: 'summaries', id: 'experiment', column })) as LazyColumn<Value>;
  }

  /** The final figures of a metric. */
  finals(metric: string): FinalFigures {
    const known = this.#finals.get(metric);
    if (known) return known;
    const finals = new FinalFigures(this.#store, this.ids, metric, {
      cut: this.summary(firstFigureSql(metric)),
      ofObjective: this.summary('objective_final'),
    });
    this.#finals.set(metric, finals);
    return finals;
  }

  settingsAt(row: number): readonly Hyperparameter[] {
    const known = this.#settings[row];
    if (known) return known;
    const settings = this.#parseSettings(this.experiment<string>('settings').at(row));
    this.#settings[row] = settings;
    return settings;
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

  #add(columns: Map<string, LazyColumn<Column>>, source: { table: string; id: string; column: string }) {
    const added = new LazyColumn<Column>(this.#store, this.ids, source);
    columns.set(source.column, added);
    return added;
  }
}
