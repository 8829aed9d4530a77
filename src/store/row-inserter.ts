/** Inserts many rows with few statements. */

import { quoteName } from './sql-names.js';
import type { Statement } from './sqlite.js';
import { perStore, type Store } from './store.js';

type Value = number | string | null;

/** An INSERT of 50 rows costs a third less a row than 50 INSERTs (measured: 593 against 411 thousand rows/s). */
const rowsPerInsert = 50;

const inserts = perStore(() => new Map<string, Statement>());

/** Push the values of one row on `row`, in the order of `columns`, then call `endRow()`; call `finish()` at the end. */
export class RowInserter {
  row: Value[] = [];
  #rows = 0;

  constructor(
    private readonly store: Store,
    private readonly table: string,
    private readonly columns: readonly string[],
  ) {}

  endRow(): void {
    this.#rows += 1;
    if (this.#rows < rowsPerInsert) return;
    this.#insert(rowsPerInsert).run(this.row);
    this.row = [];
    this.#rows = 0;
  }

  finish(): void {
    const width = this.columns.length;
    for (let i = 0; i < this.#rows; i++) this.#insert(1).run(this.row.slice(i * width, (i + 1) * width));
    this.row = [];
    this.#rows = 0;
  }

  #insert(rows: number): Statement {
    const names = this.columns.map(quoteName).join(', ');
    const marks = `(${this.columns.map(() => '?').join(', ')})`;
    const sql = `INSERT INTO ${this.table} (${names}) VALUES ${Array(rows).fill(marks).join(', ')}`;
    const known = inserts(this.store);
    const insert = known.get(sql) ?? this.store.connection.prepare(sql);
    known.set(sql, insert);
    return insert;
  }
}
