/** The sheet About as a table: from what the workbook was made, what its columns mean, and how sound the data are. */

import type { Receipt } from '../../experiment.js';
import type { ExperimentOverview, Objective } from '../../summary.js';
import type { Column, Table } from '../table.js';
import { mostLinks } from './xlsx.js';

export interface AboutRow {
  readonly what: string;
  readonly said: string;
  readonly isHeading?: boolean;
}

export interface AboutInput {
  /** E.g. `training-log-wizard 0.1.0`. */
  readonly program: string;
  /** Name of the root's folder. */
  readonly root: string;
  /** What is amiss with the service, a sentence each; empty where all is well. */
  readonly health: readonly string[];
}

type Described = Readonly<Record<string, readonly Pick<Column<never>, 'header' | 'meaning' | 'isHidden'>[]>>;

/** The objective, and why it is that one. */
export type AboutObjective = Objective & { readonly because?: string };

/** `sheets` are the columns of the other sheets, by the sheet's name. */
export function aboutTable(
  { program, root, health }: AboutInput,
  experiments: readonly ExperimentOverview[],
  { objective, noise }: { readonly objective: AboutObjective | null; readonly noise: number },
  sheets: Described,
): Table<AboutRow> {
  const changedMs = experiments.reduce((latest, { changedMs }) => Math.max(latest, changedMs), 0);
  const rows: AboutRow[] = [
    {
      what: 'Experiments',
      said: `${experiments.length} under ${root}: ${countStatuses(experiments)}`,
      isHeading: true,
    },
    {
      what: 'as of',
      said:
        changedMs > 0
          ? `${new Date(changedMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
          : 'no experiments yet',
    },
    { what: 'made by', said: program },
    { what: 'objective', said: objective ? describe(objective, experiments) : 'none: no experiment has a figure yet' },
    {
      what: 'order',
      said: 'Completed and early-stopped runs first, by the final objective, best first, then by val_loss; below the rule all others.',
    },
    {
      what: 'ties',
      said: `Places with = differ by no more than ${noise.toPrecision(1)}: the standard deviation of repeats, at least half a unit of the last printed decimal.`,
    },
    {
      what: 'yours',
      said: 'What you write into Notes, Tags and Keep stays, and goes into the database. Keep other sheets and columns in a file of their own.',
    },
    ...(2 * experiments.length > mostLinks
      ? [
          {
            what: 'links',
            said: `Only the first ${mostLinks / 2} rows have links, as many as a sheet may have; below them stands where the files lie.`,
          },
        ]
      : []),
    { what: 'missing', said: 'A missing figure is an empty cell. NaN and Infinity are figures that were printed.' },
    {
      what: 'Health',
      said: health.length === 0 ? 'All is well.' : 'This needs a look:',
      isHeading: true,
    },
    ...health.map((sentence) => ({ what: '', said: sentence })),
    { what: 'Receipt', said: 'What was read, over all logs:', isHeading: true },
    ...receiptRows(experiments),
  ];
  for (const [sheet, columns] of Object.entries(sheets)) {
    rows.push({ what: `Sheet ${sheet}`, said: 'What its columns mean:', isHeading: true });
    for (const { header, meaning, isHidden } of columns) if (!isHidden) rows.push({ what: header, said: meaning });
  }
  return {
    columns: [
      { header: 'about', kind: 'text', meaning: '', value: ({ what }) => what },
      { header: 'what it says', kind: 'long_text', meaning: '', value: ({ said }) => said },
    ],
    rows,
  };
}

function countStatuses(experiments: readonly ExperimentOverview[]): string {
  const counts = new Map<string, number>();
  for (const { run } of experiments) counts.set(run.status, (counts.get(run.status) ?? 0) + 1);
  const said = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([status, count]) => `${count} ${status.replace('_', ' ')}`);
  return said.join(', ') || 'none';
}

function describe({ metric, direction, because }: AboutObjective, experiments: readonly ExperimentOverview[]): string {
  const having = experiments.filter(({ summary }) => summary.metrics.has(metric)).length;
  const why = because === undefined ? '' : `: ${because}`;
  const better = direction === 'max' ? 'higher' : 'lower';
  return `${metric}${why}; ${better} is better; ${having} of ${experiments.length} experiments have it.`;
}

function receiptRows(experiments: readonly ExperimentOverview[]): AboutRow[] {
  const total = (get: (receipt: Receipt) => number) => experiments.reduce((sum, { run }) => sum + get(run.receipt), 0);
  const count = (value: number) => value.toLocaleString('en');
  const rows = [
    ['bytes', total(({ bytes }) => bytes)],
    ['lines', total(({ lines }) => lines)],
    ['understood', total(({ understood }) => understood)],
    ['ignored', total(({ ignored }) => ignored)],
    ['repaired', total(({ repaired }) => repaired)],
    ['quarantined', total(({ quarantined }) => quarantined)],
  ] as const;
  return rows.map(([what, value]) => ({ what, said: count(value) }));
}
