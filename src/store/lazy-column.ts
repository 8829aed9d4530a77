import type { Statement } from './sqlite.js';
import type { Store } from './store.js';

/** Looked at in more rows than these, a column is read whole: reading a row alone costs a hundred times what it costs among all. */
const mostSingle = 100;

/**
 * A column of a table that has one row an experiment, read when it is first looked at: row by row as long as few are, as
 * those that a leaderboard shows, then whole. The store must stay open, and unchanged by a transaction, as long as it is used.
 */
export class LazyColumn<Value extends string | number | null> {
  readonly #single = new Map<number, Value>();
  #one: Statement<Value> | undefined;
  #all: readonly Value[] | undefined;

  /** `ids` are those of all experiments in ascending order; `id` is the column of `table` that holds them. */
  constructor(
    private readonly store: Store,
    private readonly ids: readonly number[],
    private readonly source: { readonly table: string; readonly id: string; readonly column: string },
  ) {}

  /** The value of the experiment at this place in `ids`; throws where the table has no row of it. */
  at(row: number): Value {
    const known = this.#all ? this.#all[row] : this.#single.get(row);
    const value = known === undefined ? this.#read(row) : known;
    if (value === undefined) {
      const { table, column } = this.source;
      throw new Error(`experiment ${this.ids[row]}: the database has no ${column} of it in table ${table}`);
    }
    return value;
  }

  #read(row: number): Value | undefined {
    const { table, id, column } = this.source;
    const { connection } = this.store;
    if (this.#single.size < mostSingle) {
      this.#one ??= connection.prepare<unknown[], Value>(`SELECT ${column} FROM ${table} WHERE ${id} = ?`).pluck();
      const value = this.#one.get(this.ids[row]);
      if (value !== undefined) this.#single.set(row, value);
      return value;
    }
    const all = connection.prepare<[], Value>(`SELECT ${column} FROM ${table} ORDER BY ${id}`).pluck().all();
    // A row refers to an experiment that there is, and each to another one: as many are the same.
    if (all.length !== this.ids.length)
      throw new Error(`table ${table}: expected a row for each of ${this.ids.length} experiments, got ${all.length}`);
    this.#all = all;
    return all[row];
  }
}
