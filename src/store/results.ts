/**
 * The copy of the database that others read: `results.db`. No WAL, which readers on other hosts could not use; nothing
 * that the program keeps for itself; and view experiments_wide shows the sheet of the workbook.
 */

import { applicationIds } from './migrate.js';
import { quoteName } from './sql-names.js';
import { type Connection, connect, readPragmaNumber } from './sqlite.js';

/** The bytes before the end of the first 72 of every results.db: an incremental-vacuum setting of 0, then `TLWR`. */
export const resultsMark = '\0\0\0\0TLWR';

/** A table as plain data. */
export interface PlainTable {
  /** Unique, ignoring case. */
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly (string | number | null)[]>;
}

export interface ResultsOptions {
  /** The sheet Experiments of the workbook. */
  readonly sheet: PlainTable;
  /** A database that is larger is copied without the epochs of each rank; their means stay. */
  readonly mostBytes?: number;
}

export interface WrittenResults {
  readonly hasEpochs: boolean;
}

/** What is of no use to others. */
const ownTables = ['records', 'state'];
/** What makes a database large. */
const rankTables = ['epochs', 'steps'];

/** Fills the empty file `target` with a copy of the database `source`, as it is at one moment. */
export function writeResults(
  source: string,
  target: string,
  { sheet, mostBytes = 200_000_000 }: ResultsOptions,
): WrittenResults {
  const connection = connect(target, { readonly: false });
  try {
    // The file is new, and gets its name only when it is whole.
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('foreign_keys = OFF');
    connection.prepare('ATTACH ? AS live').run(source);
    const hasEpochs =
      readPragmaNumber(connection, 'live.page_count') * readPragmaNumber(connection, 'live.page_size') <= mostBytes;
    connection.transaction(() => {
      copyAll(connection, hasEpochs ? ownTables : [...ownTables, ...rankTables]);
      if (!hasEpochs) keepMeans(connection);
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

interface SchemaRow {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/** Copies the schema, and the rows of every table but those of `empty`. */
function copyAll(connection: Connection, empty: readonly string[]): void {
  const schema = connection
    .prepare<[], SchemaRow>(
      `SELECT type, name, sql FROM live.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
       ORDER BY type <> 'table', type <> 'index'`,
    )
    .all();
  for (const { type, name, sql } of schema) {
    if (ownTables.includes(name)) continue;
    connection.exec(sql);
    if (type === 'table' && !empty.includes(name)) copyRows(connection, name);
  }
}

function copyRows(connection: Connection, table: string): void {
  const columns = connection
    .prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?, 'live') WHERE hidden = 0")
    .pluck()
    .all(table)
    .map(quoteName)
    .join(', ');
  connection.exec(`INSERT INTO main.${quoteName(table)} (${columns}) SELECT ${columns} FROM live.${quoteName(table)}`);
}

/** Without the epochs of ranks a view of their means would be empty. Keys and names are not repeated in every row. */
function keepMeans(connection: Connection): void {
  const columns = connection
    .prepare<[], string>("SELECT name FROM pragma_table_info('epochs_mean', 'live')")
    .pluck()
    .all();
  const stored = columns.filter((name) => !['key', 'name'].includes(name)).map(quoteName);
  connection.exec(`
    DROP VIEW epochs_mean;
    CREATE TABLE epochs_mean_stored AS SELECT ${stored.join(', ')} FROM live.epochs_mean;
    CREATE VIEW epochs_mean AS SELECT ${columns.map(quoteName).join(', ')}
      FROM epochs_mean_stored JOIN experiments ON experiments.id = experiment;
  `);
}

function addSheet(connection: Connection, { columns, rows }: PlainTable): void {
  connection.exec(`CREATE TABLE experiments_sheet (${columns.map(quoteName).join(', ')})`);
  const insert = connection.prepare(`INSERT INTO experiments_sheet VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(row);
  connection.exec('DROP VIEW experiments_wide; CREATE VIEW experiments_wide AS SELECT * FROM experiments_sheet');
}
