/** The columns of the sheet Experiments. */

import { maybeNumber } from '../../hyperparameters/number.js';
import { nodeHoursOf } from '../../slurm-job.js';
import type { ExperimentOverview, Objective } from '../../summary.js';
import { outputPathOf } from '../output-names.js';
import type { Cell, Column, ColumnKind } from '../table.js';
import { finalOf } from './order.js';
import { describeSetting, fixedSettings, isFixedSetting, isVaried, type SettingNames } from './setting-columns.js';

export interface ExperimentRow {
  readonly experiment: ExperimentOverview;
  /** See `settingCells`. */
  readonly settings: ReadonlyMap<string, string | number>;
  /** `1`, `=2`, or null where the experiment has none. */
  readonly place: string | null;
}

type Get = (experiment: ExperimentOverview) => Cell;

function column(header: string, kind: ColumnKind, meaning: string, get: Get): Column<ExperimentRow> {
  return { header, kind, meaning, value: ({ experiment }) => get(experiment) };
}

/** The settings among the fixed columns, A to K. */
export function settingColumns(rows: readonly ExperimentRow[], names: SettingNames): Column<ExperimentRow>[] {
  return fixedSettings.map((meaning) => {
    if (meaning !== 'total processes') return settingColumn(meaning, rows, names);
    const value = ({ experiment, settings }: ExperimentRow) =>
      experiment.summary.ranks || (settings.get(meaning) ?? null);
    const column = settingColumn(meaning, rows, names, value);
    return { ...column, meaning: 'Ranks seen in the log, or known from it.' };
  });
}

function settingColumn(
  meaning: string,
  rows: readonly ExperimentRow[],
  names: SettingNames,
  value: (row: ExperimentRow) => Cell = ({ settings }) => settings.get(meaning) ?? null,
): Column<ExperimentRow> {
  const isProminent = isVaried(rows.map(value));
  return { header: meaning, kind: 'setting', meaning: describeSetting(meaning, names), value, isProminent };
}

/** The results among the fixed columns, L to R; null for `customMetric`: each experiment's first. */
export function resultColumns(customMetric: string | null): Column<ExperimentRow>[] {
  return [
    column('total epochs', 'integer', 'Epochs planned.', ({ summary }) => summary.plannedEpochs),
    column('steps per epoch', 'integer', 'Steps (batches) of one epoch.', ({ summary }) => summary.stepsPerEpoch),
    column(
      'total training time',
      'seconds',
      'Seconds, as printed by the run; the largest over ranks.',
      ({ summary }) => summary.totalTrainingTime,
    ),
    column(
      'early stop iteration',
      'integer',
      'Epoch at which training was stopped early; the largest over ranks.',
      ({ summary }) => summary.earlyStopEpoch,
    ),
    metricColumn('val_loss', 'val_loss'),
    metricColumn('val_acc', 'val_accuracy'),
    customColumn(customMetric),
  ];
}

function metricColumn(header: string, metric: string): Column<ExperimentRow> {
  const meaning = `Final ${metric}: the mean over ranks at each rank's last complete epoch.`;
  return { ...column(header, 'metric', meaning, (experiment) => finalOf(experiment, metric) ?? null), metric };
}

/** Where no validation of the metric is printed, its only figure counts. */
function customColumn(metric: string | null): Column<ExperimentRow> {
  const name = metric ?? 'the first metric that is neither loss nor accuracy';
  const meaning = `Final figure of the validation of ${name}, or of ${metric ?? 'the metric'} itself where there is none.`;
  const get: Get = (experiment) => {
    const own = metric ?? experiment.summary.customMetric;
    return own === null ? null : (finalOf(experiment, `val_${own}`) ?? finalOf(experiment, own) ?? null);
  };
  const shown = column('val_custom_metric', 'metric', meaning, get);
  return metric === null ? shown : { ...shown, metric: `val_${metric}` };
}

/** How the run did against the others. */
export function verdictColumns(
  objective: Objective | null,
  stragglers: ReadonlyMap<string, string>,
): Column<ExperimentRow>[] {
  const metric = objective?.metric ?? 'objective';
  return [
    {
      header: 'place',
      kind: 'place',
      meaning: `Place by final ${metric} among finished runs; = marks runs that the noise does not tell apart.`,
      value: ({ place }) => (place === null ? null : (maybeNumber(place) ?? place)),
    },
    column('status', 'status', 'What became of the run.', ({ run }) => run.status),
    column(
      `best ${metric}`,
      'metric',
      `Best mean over ranks of ${metric}, among epochs that all ranks completed.`,
      (e) => (objective ? (bestOf(e, objective)?.value ?? null) : null),
    ),
    column('best epoch', 'integer', `Epoch of best ${metric}.`, (e) =>
      objective ? (bestOf(e, objective)?.epoch ?? null) : null,
    ),
    column('spread over ranks', 'metric', `Largest minus smallest final ${metric} over ranks.`, (e) => {
      const figures = objective ? e.summary.metrics.get(objective.metric) : undefined;
      return figures ? figures.max - figures.min : null;
    }),
    column('last epoch', 'integer', 'Last epoch that a rank completed.', ({ summary }) => summary.lastEpoch),
    column('seconds per epoch', 'seconds', 'Median over epochs.', ({ summary }) => summary.secondsPerEpoch),
    column(
      'node-hours',
      'seconds',
      'What Slurm counted for the job, where it wrote this log alone; else nodes × total training time.',
      ({ job, nodes, summary }) => nodeHoursOf(job, nodes, summary.totalTrainingTime),
    ),
    column('straggler', 'text', 'Ranks whose time per step stands out.', ({ key }) => stragglers.get(key) ?? null),
  ];
}

/** What Slurm's accounting says of the jobs; none where it says nothing of any. */
export function jobColumns(rows: readonly ExperimentRow[]): Column<ExperimentRow>[] {
  if (rows.every(({ experiment }) => experiment.job === null)) return [];
  return [
    column('job', 'text', 'Number of the job of Slurm.', ({ job }) => job?.id ?? null),
    column('job state', 'text', 'How the job ended, in the word of Slurm.', ({ job }) => job?.state ?? null),
    column('job nodes', 'integer', 'Nodes that the job had.', ({ job }) => job?.nodes ?? null),
    column(
      'largest memory (GB)',
      'metric',
      'Largest resident memory of a task that Slurm saw, in 10⁹ bytes.',
      ({ job }) => (job === null || job.maxMemoryBytes === null ? null : job.maxMemoryBytes / 1e9),
    ),
  ];
}

/** Best value of the objective over epochs, with its epoch. */
export function bestOf(
  { summary }: ExperimentOverview,
  objective: Objective,
): { readonly value: number; readonly epoch: number } | undefined {
  const value = summary.best?.metrics.get(objective.metric);
  if (summary.best && value !== undefined && summary.objective?.metric === objective.metric) {
    return { value, epoch: summary.best.epoch };
  }
  const figures = summary.metrics.get(objective.metric);
  if (!figures || figures.best === null || figures.bestEpoch === null) return undefined;
  return { value: figures.best, epoch: figures.bestEpoch };
}

/** Every hyper-parameter that has no fixed column, in the order first seen. */
export function otherSettingColumns(rows: readonly ExperimentRow[], names: SettingNames): Column<ExperimentRow>[] {
  const meanings = new Set<string>();
  for (const { settings } of rows) for (const meaning of settings.keys()) meanings.add(meaning);
  return [...meanings]
    .filter((meaning) => !isFixedSetting(meaning))
    .map((meaning) => settingColumn(meaning, rows, names));
}

/** Every metric that none of `shown` has. */
export function otherMetricColumns(
  rows: readonly ExperimentRow[],
  shown: readonly Column<ExperimentRow>[],
): Column<ExperimentRow>[] {
  const metrics = new Set<string>();
  for (const { experiment } of rows) for (const name of experiment.summary.metrics.keys()) metrics.add(name);
  for (const { metric } of shown) if (metric !== undefined) metrics.delete(metric);
  return [...metrics].map((metric) => metricColumn(metric, metric));
}

/** What belongs to the user. */
export function userColumns(): Column<ExperimentRow>[] {
  return [
    column('Notes', 'user', 'Yours: what you write here is kept.', ({ user }) => user.notes || null),
    column('Tags', 'user', 'Yours: words separated by commas.', ({ user }) => user.tags.join(', ') || null),
    column('Keep', 'user', 'Yours: anything marks an experiment to keep.', ({ user }) => user.keep || null),
  ];
}

/** Where the experiment and its outputs lie. */
export function locationColumns(): Column<ExperimentRow>[] {
  const hasOutputs: (e: ExperimentOverview) => boolean = ({ key, logState, summary, importedFrom }) =>
    logState === 'parsed' && importedFrom === null && summary.lastEpoch !== null && !/\\x|\p{Surrogate}/u.test(key);
  const link = (e: ExperimentOverview, extension: 'pdf' | 'json') =>
    hasOutputs(e) ? { text: extension.toUpperCase(), target: linkTo(outputPathOf(e.key, extension)) } : null;
  return [
    column('name', 'text', 'Name of the experiment.', ({ name }) => name),
    column('report', 'link', 'Plots of the run.', (e) => link(e, 'pdf')),
    column('package', 'link', 'Everything that is known of the run, for programs.', (e) => link(e, 'json')),
    column('last change', 'time', 'When the log was last written to, UTC.', ({ log }) => new Date(log.mtimeMs)),
    { ...column('key', 'text', 'Path of the log; rows are known by it.', ({ key }) => key), isHidden: true },
  ];
}

function linkTo(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
