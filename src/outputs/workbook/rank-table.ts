/** The sheets Ranks and Epochs as tables, in the order of the sheet Experiments. */

import type { EpochMeanRow } from '../../summarise/epoch-means.js';
import type { RankRow } from '../../summarise/rank-rows.js';
import type { ExperimentOverview } from '../../summary.js';
import type { Cell, Column, ColumnKind, Table } from '../table.js';

interface Of<Row> {
  readonly experiment: ExperimentOverview;
  readonly row: Row;
}

type ReadRows<Row> = (key: string) => Iterable<Row>;

/** One row an experiment and rank. */
export function rankTable(experiments: readonly ExperimentOverview[], ranksOf: ReadRows<RankRow>): Table<Of<RankRow>> {
  return {
    columns: [
      experimentColumn(),
      column('rank', 'integer', 'Number of the rank; empty where the log does not tell.', ({ rank }) => rank),
      column('host', 'text', 'Where it ran, where the log says so.', ({ host }) => host),
      column('status', 'status', 'How it ended, where the log says so.', ({ status }) => status),
      column('last epoch', 'integer', 'Last epoch that it completed.', ({ lastEpoch }) => lastEpoch),
      column('total epochs', 'integer', 'Epochs planned.', ({ plannedEpochs }) => plannedEpochs),
      column(
        'early stop iteration',
        'integer',
        'Epoch at which it stopped early.',
        ({ earlyStopEpoch }) => earlyStopEpoch,
      ),
      column('total training time', 'seconds', 'Seconds, as printed.', ({ totalTrainingTime }) => totalTrainingTime),
      column('seconds per step', 'metric', 'Median over epochs.', ({ secondsPerStep }) => secondsPerStep),
      ...metricColumns<RankRow>(experiments, 'At its last complete epoch.'),
      column('last words', 'long_text', 'The line that says how it ended.', ({ reason }) => reason),
    ],
    rows: rowsOf(experiments, ranksOf),
  };
}

/** One row an experiment and epoch, means over the ranks that completed it. */
export function epochTable(
  experiments: readonly ExperimentOverview[],
  epochsOf: ReadRows<EpochMeanRow>,
): Table<Of<EpochMeanRow>> {
  return {
    columns: [
      experimentColumn(),
      column(
        'segment',
        'integer',
        'From 1; a new training in the same log opens the next one.',
        ({ segment }) => segment,
      ),
      column('epoch', 'integer', 'From 1.', ({ epoch }) => epoch),
      column('ranks', 'integer', 'Ranks that completed the epoch.', ({ ranks }) => ranks),
      column('seconds', 'seconds', 'Mean over ranks.', ({ seconds }) => seconds),
      ...metricColumns<EpochMeanRow>(experiments, 'Mean over the ranks that completed the epoch.'),
    ],
    rows: rowsOf(experiments, epochsOf),
  };
}

function rowsOf<Row>(experiments: readonly ExperimentOverview[], read: ReadRows<Row>): Iterable<Of<Row>> {
  return {
    *[Symbol.iterator]() {
      for (const experiment of experiments) {
        for (const row of read(experiment.key)) yield { experiment, row };
      }
    },
  };
}

function experimentColumn<Row>(): Column<Of<Row>> {
  return {
    header: 'experiment',
    kind: 'text',
    meaning: 'Name of the experiment.',
    value: ({ experiment }) => experiment.name,
  };
}

function column<Row>(header: string, kind: ColumnKind, meaning: string, get: (row: Row) => Cell): Column<Of<Row>> {
  return { header, kind, meaning, value: ({ row }) => get(row) };
}

/** Every metric of the experiments: loss, accuracy and their validation first. */
function metricColumns<Row extends { readonly metrics: ReadonlyMap<string, number> }>(
  experiments: readonly ExperimentOverview[],
  meaning: string,
): Column<Of<Row>>[] {
  const names = new Set(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
  for (const { summary } of experiments) for (const name of summary.metrics.keys()) names.add(name);
  const taken = new Set(['rank', 'host', 'status', 'epoch', 'ranks', 'seconds', 'segment', 'experiment', 'last words']);
  return [...names].map((name) => ({
    header: taken.has(name.toLowerCase()) ? `${name} (metric)` : name,
    kind: 'metric',
    meaning,
    value: ({ row }) => row.metrics.get(name) ?? null,
  }));
}
