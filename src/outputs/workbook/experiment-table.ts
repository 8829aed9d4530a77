/** The sheet Experiments as a table: the fixed columns A to R, then what else is known of each experiment. */

import type { ExperimentOverview } from '../../summary.js';
import type { Column, Table } from '../table.js';
import type { AboutObjective } from './about-table.js';
import {
  type ExperimentRow,
  jobColumns,
  locationColumns,
  otherMetricColumns,
  otherSettingColumns,
  resultColumns,
  settingColumns,
  userColumns,
  verdictColumns,
} from './experiment-columns.js';
import { noiseOf, placesOf, sortExperiments } from './order.js';
import { type SettingNames, settingCells } from './setting-columns.js';

export interface TableOptions {
  /** One for the whole root; null where no experiment has a figure. */
  readonly objective: AboutObjective | null;
  /** What the names of hyper-parameters stand for: `hyperparameters.names` of the config. */
  readonly names: SettingNames;
  /** Settings that only tell repeats of a run apart: `repeatKeys` of the config. */
  readonly repeatKeys: readonly string[];
  /** Canonical name, without `val_`, of the metric in column `val_custom_metric`; null: each experiment's first. */
  readonly customMetric: string | null;
  /** Settings, by their names or by what they stand for, whose lists have a column for each value besides. */
  readonly splitLists?: readonly string[];
  /** What is said of ranks that are slower than the others, by key. */
  readonly stragglers: ReadonlyMap<string, string>;
}

export interface ExperimentTable extends Table<ExperimentRow> {
  /** Best first, see `sortExperiments`. */
  readonly rows: readonly ExperimentRow[];
  /** Differences of the objective up to this mean nothing. */
  readonly noise: number;
}

/** All experiments, sorted, with every column that one of them needs. */
export function experimentTable(experiments: readonly ExperimentOverview[], options: TableOptions): ExperimentTable {
  const { objective, names, customMetric, splitLists, stragglers } = options;
  const sorted = sortExperiments(experiments, objective);
  const noise = noiseOf(sorted, objective, options.repeatKeys);
  const places = placesOf(sorted, objective, noise);
  const rows = sorted.map((experiment) => ({
    experiment,
    settings: settingCells(experiment, names, splitLists),
    place: places.get(experiment.key) ?? null,
  }));
  const results = resultColumns(customMetric ?? commonCustomMetric(sorted));
  const first = [
    ...settingColumns(rows, names),
    ...results,
    ...verdictColumns(objective, stragglers),
    ...jobColumns(rows),
  ];
  const others = [...otherSettingColumns(rows, names), ...otherMetricColumns(rows, first)];
  const last = [...userColumns(), ...locationColumns()];
  return { columns: [...first, ...withOwnHeaders(others, [...first, ...last]), ...last], rows, noise };
}

/** The first custom metric of every experiment that has one, null where they differ. */
function commonCustomMetric(experiments: readonly ExperimentOverview[]): string | null {
  const names = new Set(experiments.map(({ summary }) => summary.customMetric).filter((name) => name !== null));
  const [name = null] = names;
  return names.size === 1 ? name : null;
}

/** Two columns of one name would be one to a program that reads the sheet: a later one says what it is, or gets a number. */
function withOwnHeaders<Row>(columns: readonly Column<Row>[], reserved: readonly Column<Row>[]): Column<Row>[] {
  const taken = new Set(reserved.map(({ header }) => header.toLowerCase()));
  return columns.map((column) => {
    let header = column.header;
    for (let n = 1; taken.has(header.toLowerCase()); n++) {
      header = `${column.header} (${column.kind}${n > 1 ? ` ${n}` : ''})`;
    }
    taken.add(header.toLowerCase());
    return { ...column, header };
  });
}
