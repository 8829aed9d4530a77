/** Reads all experiments for a question to them: nothing is read that the question does not look at. */

import { launcherNames, logStates, rankRelations, statuses, trainerNames } from '../experiment.js';
import type { ListedExperiment } from '../summary.js';
import { ExperimentColumns, type RowDetails } from './experiment-columns.js';
import { noNotes } from './notes.js';
import type { Store } from './store.js';
import { oneOf } from './words.js';

/**
 * Every experiment, by key; a copy by `{...each}` has not all of it. What was not looked at yet is read from the store, which must stay open, in a transaction where
 * others write to it.
 */
export function readListed(store: Store): ListedExperiment[] {
  const columns = new ExperimentColumns(store);
  return columns.heads.map((_, i) => new StoredRow(columns, i)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

class StoredRow implements ListedExperiment {
  readonly key: string;
  readonly name: string;
  readonly nodes: number | null;
  readonly changedMs: number;
  readonly run: ListedExperiment['run'];
  readonly #id: number;
  readonly #columns: ExperimentColumns;
  readonly #row: number;

  constructor(columns: ExperimentColumns, row: number) {
    const head = columns.heads[row];
    if (head === undefined) throw new RangeError(`row ${row} of ${columns.heads.length}`);
    const [id, key, name, nodes, status, changedMs] = head;
    this.key = key;
    this.name = name;
    this.nodes = nodes;
    this.changedMs = changedMs;
    this.run = new StoredRun(columns, row, status);
    this.#id = id;
    this.#columns = columns;
    this.#row = row;
  }

  get hyperparameters() {
    return this.#columns.settings[this.#row] ?? [];
  }

  get summary() {
    const summary = this.#columns.summaries[this.#row];
    if (summary === undefined) throw new Error(`${this.key}: the database has no summary of it`);
    return summary;
  }

  get log() {
    const { path, bytes, mtimeMs, fingerprint } = detailsOf(this.#columns, this.#row);
    return { path, bytes, mtimeMs, fingerprint };
  }

  get logState() {
    return oneOf(logStates, detailsOf(this.#columns, this.#row).logState);
  }

  get revision() {
    return detailsOf(this.#columns, this.#row).revision;
  }

  get hosts() {
    return this.#columns.hosts.get(this.#id) ?? [];
  }

  get job() {
    return this.#columns.jobs.get(this.#id) ?? null;
  }

  get importedFrom() {
    return detailsOf(this.#columns, this.#row).importedFrom;
  }

  get user() {
    return this.#columns.notes.get(this.key) ?? noNotes;
  }
}

class StoredRun {
  readonly status: ListedExperiment['run']['status'];
  readonly #columns: ExperimentColumns;
  readonly #row: number;

  constructor(columns: ExperimentColumns, row: number, status: string) {
    this.status = oneOf(statuses, status);
    this.#columns = columns;
    this.#row = row;
  }

  get launcher() {
    return oneOf(launcherNames, detailsOf(this.#columns, this.#row).launcher);
  }

  get trainer() {
    return oneOf(trainerNames, detailsOf(this.#columns, this.#row).trainer);
  }

  get reason() {
    return detailsOf(this.#columns, this.#row).reason;
  }

  get reasonRank() {
    return detailsOf(this.#columns, this.#row).reasonRank;
  }

  get rankRelation() {
    const { rankRelation } = detailsOf(this.#columns, this.#row);
    return rankRelation === null ? null : oneOf(rankRelations, rankRelation);
  }

  get worldSize() {
    return detailsOf(this.#columns, this.#row).worldSize;
  }

  get jobId() {
    return detailsOf(this.#columns, this.#row).jobId;
  }
}

function detailsOf({ details, heads }: ExperimentColumns, row: number): RowDetails {
  const found = details[row];
  if (found === undefined) throw new RangeError(`row ${row} of ${heads.length}`);
  return found;
}
