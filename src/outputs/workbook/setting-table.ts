/** The sheet Settings as a table: which values of which settings win. */

import type { ExperimentOverview, Objective } from '../../summary.js';
import type { Cell, Column, Table } from '../table.js';
import { isLink } from '../table.js';
import type { ExperimentRow } from './experiment-columns.js';
import type { ExperimentTable } from './experiment-table.js';
import { finalOf, groupRepeats, isFinished } from './order.js';

/** One value of one setting, or one group of repeats, over the finished runs that have it. */
export interface SettingRow {
  readonly setting: string;
  readonly value: Cell;
  /** Finished runs with a finite objective. */
  readonly runs: number;
  /** Different settings among them: repeats of the same count as one, by their mean. */
  readonly groups: number;
  readonly mean: number | null;
  /** Over groups; null for one group alone. */
  readonly deviation: number | null;
  readonly best: number | null;
  readonly bestName: string | null;
  /** Runs with this value that did not finish. */
  readonly unfinished: number;
}

/** Every value of every setting that varies, then the groups of repeats. */
export function settingTable(
  table: ExperimentTable,
  objective: Objective | null,
  repeatKeys: readonly string[],
): Table<SettingRow> & { readonly rows: readonly SettingRow[] } {
  const metric = objective?.metric ?? 'objective';
  const columns: Column<SettingRow>[] = [
    { header: 'setting', kind: 'text', meaning: 'A setting that varies.', value: ({ setting }) => setting },
    { header: 'value', kind: 'setting', meaning: 'One of its values.', value: ({ value }) => value, widest: 64 },
    { header: 'n', kind: 'integer', meaning: `Finished runs with a finite ${metric}.`, value: ({ runs }) => runs },
    {
      header: 'different settings',
      kind: 'integer',
      meaning: 'Among the n; repeats of the same count once, by their mean.',
      value: ({ groups }) => groups,
    },
    { header: `mean ${metric}`, kind: 'metric', meaning: 'Over different settings.', value: ({ mean }) => mean },
    {
      header: 'standard deviation',
      kind: 'metric',
      meaning: 'Over different settings; empty for one alone.',
      value: ({ deviation }) => deviation,
    },
    { header: `best ${metric}`, kind: 'metric', meaning: `Best final ${metric}.`, value: ({ best }) => best },
    { header: 'best run', kind: 'text', meaning: 'The run that has it.', value: ({ bestName }) => bestName },
    {
      header: 'not finished',
      kind: 'integer',
      meaning: 'Runs with this value that did not finish.',
      value: ({ unfinished }) => unfinished,
    },
  ];
  return {
    columns,
    rows: objective ? [...valueRows(table, objective, repeatKeys), ...repeatRows(table, objective, repeatKeys)] : [],
  };
}

function valueRows(table: ExperimentTable, objective: Objective, repeatKeys: readonly string[]): SettingRow[] {
  const varied = variedColumns(table, repeatKeys);
  return varied.flatMap((column) => {
    const byValue = new Map<string | number, ExperimentOverview[]>();
    for (const row of table.rows) {
      const value = comparable(column.value(row));
      const runs = byValue.get(value);
      if (runs) runs.push(row.experiment);
      else byValue.set(value, [row.experiment]);
    }
    if (byValue.size > mostValues) return [manyValues(column.header, byValue.size)];
    return [...byValue]
      .sort(([a], [b]) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1))
      .map(([value, runs]) => settingRow(column.header, value, runs, { objective, repeatKeys }));
  });
}

function variedColumns({ columns }: ExperimentTable, repeatKeys: readonly string[]): Column<ExperimentRow>[] {
  return columns.filter(
    ({ header, kind, isProminent }) => kind === 'setting' && isProminent && !repeatKeys.includes(header),
  );
}

/** A setting with more values, such as a date, is no choice to be compared. */
const mostValues = 100;

function manyValues(setting: string, count: number): SettingRow {
  const value = `(${count} different values)`;
  return { setting, value, runs: 0, groups: 0, mean: null, deviation: null, best: null, bestName: null, unfinished: 0 };
}

function comparable(cell: Cell): string | number {
  if (typeof cell === 'string' || typeof cell === 'number') return cell;
  return cell !== null && isLink(cell) ? cell.text : '(none)';
}

/** Groups of at least two runs with the same settings. */
function repeatRows(table: ExperimentTable, objective: Objective, repeatKeys: readonly string[]): SettingRow[] {
  const varied = withoutParts(variedColumns(table, repeatKeys));
  const rows = new Map(table.rows.map((row) => [row.experiment.key, row]));
  return [
    ...groupRepeats(
      table.rows.map(({ experiment }) => experiment),
      repeatKeys,
    ).values(),
  ]
    .filter((runs) => runs.length > 1)
    .map((runs) => {
      const first = rows.get(runs[0]?.key ?? '');
      const row = settingRow('repeats of', first ? describe(varied, first) : null, runs, { objective, repeatKeys });
      const values = figuresOf(runs, objective);
      return { ...row, mean: meanOf(values), deviation: deviationOf(values) };
    });
}

function describe(varied: readonly Column<ExperimentRow>[], row: ExperimentRow): string {
  return varied
    .flatMap(({ header, value }) => {
      const cell = value(row);
      return cell === null ? [] : [`${header} ${comparable(cell)}`];
    })
    .join(' · ');
}

/** Without the columns that repeat the values of a list one by one: `dropout 1` beside `dropout`. */
function withoutParts(columns: readonly Column<ExperimentRow>[]): Column<ExperimentRow>[] {
  const headers = new Set(columns.map(({ header }) => header));
  return columns.filter(({ header }) => !headers.has(header.replace(/ \d+$/, '')) || !/ \d+$/.test(header));
}

function settingRow(
  setting: string,
  value: Cell,
  runs: readonly ExperimentOverview[],
  { objective, repeatKeys }: { objective: Objective; repeatKeys: readonly string[] },
): SettingRow {
  const counted = runs.filter((run) => Number.isFinite(figureOf(run, objective)));
  const groups = [...groupRepeats(counted, repeatKeys).values()].map((group) => meanOf(figuresOf(group, objective)));
  const means = groups.filter((mean) => mean !== null);
  const best = bestRun(counted, objective);
  return {
    setting,
    value,
    runs: counted.length,
    groups: means.length,
    mean: meanOf(means),
    deviation: deviationOf(means),
    best: best ? figureOf(best, objective) : null,
    bestName: best?.name ?? null,
    unfinished: runs.filter(({ run }) => !isFinished(run.status)).length,
  };
}

function bestRun(runs: readonly ExperimentOverview[], objective: Objective): ExperimentOverview | undefined {
  let best: ExperimentOverview | undefined;
  for (const run of runs) {
    const gain = best ? figureOf(run, objective) - figureOf(best, objective) : 1;
    if (objective.direction === 'max' || !best ? gain > 0 : gain < 0) best = run;
  }
  return best;
}

function figuresOf(runs: readonly ExperimentOverview[], objective: Objective): number[] {
  return runs.map((run) => figureOf(run, objective)).filter(Number.isFinite);
}

/** NaN for a run that did not finish. */
function figureOf(run: ExperimentOverview, { metric }: Objective): number {
  return isFinished(run.run.status) ? (finalOf(run, metric) ?? Number.NaN) : Number.NaN;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample; null for fewer than two values. */
function deviationOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
