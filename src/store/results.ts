/**
 * The copy of the database that others read: `results.db`. One file without WAL, which readers on other hosts could not use;
 * nothing that the program keeps for itself; and only what old SQLite and DuckDB understand too: plain tables with a type
 * for each column, where the database has strict ones, generated columns, and views that take JSON apart.
 */

import { applicationIds } from './migrate.js';
import { copyTable, type TypedColumn } from './results-copy.js';
import { quoteName } from './sql-names.js';
import { type Connection, connect, readPragmaNumber } from './sqlite.js';

/** What byte 64 and those behind it are in every results.db: an incremental-vacuum setting of 0, then `TLWR`. */
export const resultsMark = '\0\0\0\0TLWR';

/** A table as plain data. */
export interface PlainTable {
  /** Names are unique, ignoring case. */
  readonly columns: readonly TypedColumn[];
  readonly rows: Iterable<readonly (string | number | null)[]>;
}

export interface ResultsOptions {
  /** The sheet Experiments of the workbook. */
  readonly sheet: PlainTable;
  /** A database that is larger is copied without the epochs of each rank; their means stay. */
  readonly mostBytes?: number;
}

/** What is of no use to others. */
const ownTables = ['migrations', 'records', 'state', 'known_names'];
/** What makes a database large. */
const rankTables = ['epochs', 'steps'];

/** Fills the empty file `target` with a copy of the database `source`, as it is at one moment. */
export function writeResults(
  source: string,
  target: string,
  { sheet, mostBytes = 200_000_000 }: ResultsOptions,
): { readonly hasEpochs: boolean } {
  const connection = connect(target, { readonly: false });
  try {
    // The file is new, and gets its name only when it is whole.
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.prepare('ATTACH ? AS live').run(source);
    const bytes = readPragmaNumber(connection, 'live.page_count') * readPragmaNumber(connection, 'live.page_size');
    const hasEpochs = bytes <= mostBytes;
    connection.transaction(() => {
      copyTables(connection, hasEpochs ? [] : rankTables);
      copyViews(connection);
      addSheet(connection, sheet);
      connection.pragma(`user_version = ${readPragmaNumber(connection, 'live.user_version')}`);
      connection.pragma(`application_id = ${applicationIds.results}`);
    })();
    connection.exec('DETACH live');
    return { hasEpochs };
  } finally {
    connection.close();
  }
}

function copyTables(connection: Connection, empty: readonly string[]): void {
  const tables = connection
    .prepare<[], string>(
      "SELECT name FROM live.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    )
    .pluck()
    .all();
  for (const name of tables) {
    if (!ownTables.includes(name)) copyTable(connection, { name, withRows: !empty.includes(name) });
  }
  connection.exec('CREATE UNIQUE INDEX experiments_by_key ON experiments (key)');
  const indexes = connection
    .prepare<[], string>("SELECT sql FROM live.sqlite_schema WHERE type = 'index' AND name GLOB '*_asked*'")
    .pluck()
    .all();
  for (const sql of indexes) connection.exec(sql);
}

/** Types of the columns of views that take JSON apart; SQLite knows none of an expression. */
const viewTypes: Readonly<Record<string, string>> = {
  ...{ experiment: 'INTEGER', position: 'INTEGER', rank: 'INTEGER', best_epoch: 'INTEGER', segment: 'INTEGER' },
  ...{ epoch: 'INTEGER', ranks: 'INTEGER', name: 'TEXT', value: 'TEXT', metric: 'TEXT', non_finite: 'TEXT' },
};
const typeInView = (name: string) => viewTypes[name] ?? 'REAL';

function copyViews(connection: Connection): void {
  for (const name of ['hyperparameters', 'summary_metrics', 'rank_metrics']) {
    copyTable(connection, { name, typeOf: typeInView });
  }
  const means = connection.prepare("SELECT sql FROM live.sqlite_schema WHERE name = 'epochs_mean'").pluck().get();
  connection.exec(String(means));
}

function addSheet(connection: Connection, { columns, rows }: PlainTable): void {
  const definitions = columns.map(({ name, type }) => `${quoteName(name)} ${type}`);
  connection.exec(`CREATE TABLE experiments_sheet (${definitions.join(', ')})`);
  const insert = connection.prepare(`INSERT INTO experiments_sheet VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(row);
  connection.exec('CREATE VIEW experiments_wide AS SELECT * FROM experiments_sheet');
}
