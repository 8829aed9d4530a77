/** The views whose columns depend on what the logs contain; made anew whenever a new name occurs. */

import { readKnownNames } from './known-names.js';
import { type MetricPlace, readMetricPlaces } from './metric-places.js';
import { quoteName, quoteText, UniqueNames } from './sql-names.js';
import type { Store } from './store.js';

/** More columns than this of one kind help nobody, and SQLite allows 2,000 in all. */
const mostColumns = 300;

/** Makes views experiments_wide and epochs_mean show every name that the database knows. Call it in a transaction. */
export function refreshViews(store: Store): void {
  store.connection.exec(`
    DROP VIEW IF EXISTS experiments_wide;
    CREATE VIEW experiments_wide AS ${experimentsWide(store)};
    DROP VIEW IF EXISTS epochs_mean;
    CREATE VIEW epochs_mean AS ${epochsMean(readMetricPlaces(store))};
  `);
}

function experimentsWide(store: Store): string {
  const taken = new UniqueNames([...identityColumns, ...summaryColumns].map(([, name]) => name));
  const settings = readKnownNames(store, 'hyperparameter')
    .slice(0, mostColumns)
    .map((name) => [name, quoteName(taken.take(name))] as const);
  const metrics = readKnownNames(store, 'metric')
    .slice(0, mostColumns)
    .flatMap((name) => [
      [name, 'final', quoteName(taken.take(name))] as const,
      [name, 'best', quoteName(taken.take(`best_${name}`))] as const,
    ]);
  const settingPivot = settings.map(
    ([name, column]) => `max(CASE WHEN name = ${quoteText(name)} THEN coalesce(number, value) END) AS ${column}`,
  );
  const metricPivot = metrics.map(
    ([name, figure, column]) => `max(CASE WHEN metric = ${quoteText(name)} THEN ${figure} END) AS ${column}`,
  );
  const columns = [
    ...identityColumns.map(([source, name]) => `${source} AS ${name}`),
    ...settings.map(([, column]) => `settings.${column}`),
    ...summaryColumns.map(([source, name]) => `${source} AS ${name}`),
    ...metrics.map(([, , column]) => `figures.${column}`),
  ];
  return `
    SELECT ${columns.join(', ')}
    FROM experiments
    LEFT JOIN summaries ON summaries.experiment = experiments.id
    LEFT JOIN (SELECT ${['experiment', ...settingPivot].join(', ')} FROM hyperparameters GROUP BY experiment) AS settings
      ON settings.experiment = experiments.id
    LEFT JOIN (SELECT ${['experiment', ...metricPivot].join(', ')} FROM summary_metrics GROUP BY experiment) AS figures
      ON figures.experiment = experiments.id
    LEFT JOIN user_notes ON user_notes.key = experiments.key`;
}

const identityColumns = [
  ['experiments.id', 'id'],
  ['experiments.key', 'key'],
  ['experiments.name', 'name'],
  ['experiments.folder', 'folder'],
  ['experiments.nodes', 'nodes'],
  ['experiments.status', 'status'],
  ['experiments.reason', 'reason'],
] as const;

const finalOf = (metric: string) =>
  `(SELECT final FROM summary_metrics AS m WHERE m.experiment = experiments.id AND m.metric = ${metric})`;

const summaryColumns = [
  ['summaries.ranks', 'total_processes'],
  ['summaries.planned_epochs', 'total_epochs'],
  ['summaries.steps_per_epoch', 'steps_per_epoch'],
  ['summaries.total_training_time', 'total_training_time'],
  ['summaries.early_stop_epoch', 'early_stop_epoch'],
  [
    `coalesce(${finalOf("'val_' || summaries.custom_metric")}, ${finalOf('summaries.custom_metric')})`,
    'val_custom_metric',
  ],
  ['summaries.custom_metric', 'custom_metric'],
  ['summaries.objective', 'objective'],
  ['summaries.best_epoch', 'best_epoch'],
  [
    '(SELECT best FROM summary_metrics AS m WHERE m.experiment = experiments.id AND m.metric = summaries.objective)',
    'best_objective',
  ],
  ['summaries.last_epoch', 'last_epoch'],
  ['summaries.seconds_per_epoch', 'seconds_per_epoch'],
  ['summaries.first_non_finite_epoch', 'first_non_finite_epoch'],
  ["coalesce(user_notes.notes, '')", 'notes'],
  ["(SELECT coalesce(group_concat(value, ' '), '') FROM json_each(coalesce(user_notes.tags, '[]')))", 'tags'],
  ["coalesce(user_notes.keep, '')", 'keep'],
  ['experiments.changed_ms', 'changed_ms'],
] as const;

/** Plain enough for DuckDB, which reads the text of views itself. */
function epochsMean(places: readonly MetricPlace[]): string {
  const figures = places.filter(({ local, isColumn }) => isColumn && !local).map(({ label }) => quoteName(label));
  const columns = ['segment', 'epoch', 'ranks', 'seconds', 'seconds_per_step', ...figures].map((name) => `m.${name}`);
  return `SELECT m.experiment, e.key, e.name, ${columns.join(', ')}
    FROM epochs_mean_data AS m JOIN experiments AS e ON e.id = m.experiment`;
}
