/** The epochs of an experiment as means over its ranks. Pure. */

import { type EpochTable, epochFlags, type MetricColumn, type Run } from '../experiment.js';
import { RunningMeans } from './figures.js';

/** Columns over the epochs that any rank completed, by segment and epoch. */
export interface EpochMeans {
  readonly length: number;
  readonly segment: readonly number[];
  readonly epoch: readonly number[];
  /** Ranks that completed the epoch. */
  readonly ranks: readonly number[];
  /** s. */
  readonly seconds: MetricColumn;
  /** s. */
  readonly secondsPerStep: MetricColumn;
  /** Means over the ranks that have the figure, by canonical name. */
  readonly metrics: ReadonlyMap<string, MetricColumn>;
}

/** One epoch of an experiment: means over the ranks that completed it. */
export interface EpochMeanRow {
  readonly segment: number;
  readonly epoch: number;
  /** Ranks that completed it. */
  readonly ranks: number;
  /** s. */
  readonly seconds: number | null;
  readonly metrics: ReadonlyMap<string, number>;
}

/** Means over ranks of each epoch; equal figures give exactly that figure. */
export function epochMeansOf({ ranks }: Run): EpochMeans {
  const { segment, epoch, rows } = groupEpochs(ranks.map((rank) => rank.epochs));
  const { length } = epoch;
  const means = (columnOf: (epochs: EpochTable) => MetricColumn | undefined): MetricColumn => {
    const running = new RunningMeans(length);
    for (const [i, rank] of ranks.entries()) {
      const column = columnOf(rank.epochs);
      if (column !== undefined) running.add(column, rows[i] ?? []);
    }
    return toColumn(running, length);
  };
  const names = new Set(ranks.flatMap(({ epochs }) => [...epochs.metrics.keys()]));
  return {
    length,
    segment,
    epoch,
    ranks: epoch.map((_, i) => rows.filter((rowsOfRank) => (rowsOfRank[i] ?? -1) >= 0).length),
    seconds: means(({ seconds }) => printed(seconds)),
    secondsPerStep: means(({ secondsPerStep }) => printed(secondsPerStep)),
    metrics: new Map(Array.from(names, (name) => [name, means(({ metrics }) => metrics.get(name))])),
  };
}

interface Groups {
  readonly segment: number[];
  readonly epoch: number[];
  /** For each rank, its row of each epoch; -1 where it did not complete it. */
  readonly rows: number[][];
}

interface Group {
  readonly segment: number;
  readonly epoch: number;
  /** By rank; a hole where it did not complete the epoch. */
  readonly rows: number[];
}

function groupEpochs(tables: readonly EpochTable[]): Groups {
  const groups = new Map<string, Group>();
  const found: Group[] = [];
  for (const [rank, { length, segment, epoch, flags }] of tables.entries()) {
    for (let row = 0; row < length; row++) {
      if (((flags[row] ?? 0) & epochFlags.partial) !== 0) continue;
      const [segmentHere, epochHere] = [segment[row] ?? 0, epoch[row] ?? 0];
      // Most ranks have the same epochs in the same rows, so that most groups are found without a look-up.
      const likely = found[row];
      const isLikely = likely?.segment === segmentHere && likely.epoch === epochHere;
      const known = isLikely ? likely : groups.get(`${segmentHere} ${epochHere}`);
      const group = known ?? { segment: segmentHere, epoch: epochHere, rows: [] };
      group.rows[rank] = row;
      if (known !== undefined) continue;
      groups.set(`${segmentHere} ${epochHere}`, group);
      found.push(group);
    }
  }
  const ordered = found.sort((a, b) => a.segment - b.segment || a.epoch - b.epoch);
  return {
    segment: ordered.map((group) => group.segment),
    epoch: ordered.map((group) => group.epoch),
    rows: tables.map((_, rank) => ordered.map((group) => group.rows[rank] ?? -1)),
  };
}

/** A column of durations: NaN is one that was not printed. */
function printed(values: Float64Array): MetricColumn {
  const present = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) present[row] = Number.isNaN(values[row]) ? 0 : 1;
  return { values, present };
}

function toColumn(means: RunningMeans, length: number): MetricColumn {
  const column = { values: new Float64Array(length), present: new Uint8Array(length) };
  for (let i = 0; i < length; i++) {
    if (means.countAt(i) === 0) continue;
    column.values[i] = means.meanAt(i);
    column.present[i] = 1;
  }
  return column;
}
