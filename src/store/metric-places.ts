/**
 * Where a metric lies in tables epochs and epochs_mean_data. Each has a label; the first 100 metrics of a database get a column of that name,
 * the rest are kept under their label in the JSON object of column `more`.
 */

import type { Rank } from '../experiment.js';
import { quoteName, UniqueNames } from './sql-names.js';
import { perStore, type Store } from './store.js';

/** SQLite pays a byte a row for every column, used or not. */
const mostColumns = 100;

/** Names that views on epochs give to other things, and the one name that an object of JavaScript can't have as a column. */
const takenNames = ['id', 'key', 'name', 'ranks', '__proto__'];

export interface MetricPlace {
  readonly metric: string;
  /** A figure of `EpochTable.local`. */
  readonly local: boolean;
  readonly label: string;
  readonly isColumn: boolean;
}

interface PlaceRow {
  readonly metric: string;
  readonly local: number;
  readonly label: string;
  readonly is_column: number;
}

const statements = perStore((connection) => ({
  all: connection.prepare<[], PlaceRow>('SELECT metric, local, label, is_column FROM metric_columns ORDER BY rowid'),
  add: connection.prepare('INSERT INTO metric_columns (label, metric, local, is_column) VALUES (?, ?, ?, ?)'),
  columns: connection
    .prepare<[], string>(
      "SELECT name FROM pragma_table_info('epochs') UNION SELECT name FROM pragma_table_info('epochs_mean_data')",
    )
    .pluck(),
}));

/** All places of the database, in the order in which they were given. */
export function readMetricPlaces(store: Store): MetricPlace[] {
  return statements(store)
    .all.all()
    .map((row) => ({ metric: row.metric, local: row.local === 1, label: row.label, isColumn: row.is_column === 1 }));
}

/** The places of the metrics of `ranks`; metrics that have none yet get one. `isNew` tells whether any did. */
export function placeMetrics(
  store: Store,
  ranks: readonly Rank[],
): { readonly places: readonly MetricPlace[]; readonly isNew: boolean } {
  const known = readMetricPlaces(store);
  const before = known.length;
  const metrics = new Set(ranks.flatMap(({ epochs }) => [...epochs.metrics.keys()]));
  const local = new Set(ranks.flatMap(({ epochs }) => [...epochs.local.keys()]));
  const places = [
    ...Array.from(metrics, (metric) => findOrAdd(store, metric, false, known)),
    ...Array.from(local, (metric) => findOrAdd(store, metric, true, known)),
  ];
  return { places, isNew: known.length > before };
}

function findOrAdd(store: Store, metric: string, local: boolean, known: MetricPlace[]): MetricPlace {
  const found = known.find((place) => place.metric === metric && place.local === local);
  if (found !== undefined) return found;
  const { add, columns } = statements(store);
  const names = new UniqueNames([...columns.all(), ...takenNames, ...known.map((place) => place.label)]);
  const label = names.take(local ? `local_${metric}` : metric);
  const isColumn = known.filter((place) => place.isColumn).length < mostColumns;
  if (isColumn) {
    for (const table of local ? ['epochs'] : ['epochs', 'epochs_mean_data']) {
      store.connection.exec(`ALTER TABLE ${table} ADD COLUMN ${quoteName(label)} REAL`);
    }
  }
  add.run(label, metric, Number(local), Number(isColumn));
  const added = { metric, local, label, isColumn };
  known.push(added);
  return added;
}
