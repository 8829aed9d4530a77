/** Reads what the tables of ranks and of epochs show of an experiment, a good deal faster than reading it whole. */

import { meanOf } from '../summarise/figures.js';
import type { EpochMeanRow, RankRow } from '../summarise/rank-rows.js';
import { parseFigures } from './figures-json.js';
import { readMetricPlaces } from './metric-places.js';
import { type EpochFigures, readCompleteEpochs } from './read-epochs.js';
import { perStore, type Store } from './store.js';
import { oneOf, rankEnds } from './words.js';

type RankTuple = [
  rank: number | null,
  host: string | null,
  status: string | null,
  reason: string | null,
  lastEpoch: number | null,
  plannedEpochs: number | null,
  earlyStopEpoch: number | null,
  totalTrainingTime: number | null,
  secondsPerStep: number | null,
  figures: string,
];

const statements = perStore((connection) => ({
  ranks: connection
    .prepare<[string], RankTuple>(
      `SELECT rank, host, end_status, end_reason, last_epoch, planned_epochs, early_stop_epoch, total_training_time,
         seconds_per_step, figures
       FROM ranks WHERE experiment = (SELECT id FROM experiments WHERE key = ?) ORDER BY position`,
    )
    .raw(),
  id: connection.prepare<[string], number>('SELECT id FROM experiments WHERE key = ?').pluck(),
}));

/** The ranks of the experiment with this key, in its last segment; none where there is no such experiment. */
export function readRankRows(store: Store, key: string): RankRow[] {
  return statements(store)
    .ranks.all(key)
    .map(([rank, host, status, reason, lastEpoch, plannedEpochs, earlyStopEpoch, totalTrainingTime, ...rest]) => ({
      rank,
      host,
      status: status === null ? null : oneOf(rankEnds, status),
      reason,
      lastEpoch,
      plannedEpochs,
      earlyStopEpoch,
      totalTrainingTime,
      secondsPerStep: rest[0],
      metrics: parseFigures(rest[1]),
    }));
}

/** The epochs of the experiment with this key, by segment and epoch, as means over the ranks that completed them. */
export function readEpochMeans(store: Store, key: string): EpochMeanRow[] {
  const id = statements(store).id.get(key);
  if (id === undefined) return [];
  const groups: EpochFigures[][] = [];
  for (const row of readCompleteEpochs(store, id, readMetricPlaces(store))) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first?.segment === row.segment && first.epoch === row.epoch) group.push(row);
    else groups.push([row]);
  }
  return groups.flatMap(toMeans);
}

function toMeans(rows: readonly EpochFigures[]): EpochMeanRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const seconds = rows.flatMap((row) => row.seconds ?? []);
  const figures = new Map<string, number[]>();
  for (const row of rows) {
    for (const [metric, figure] of row.metrics) {
      const others = figures.get(metric);
      if (others === undefined) figures.set(metric, [figure]);
      else others.push(figure);
    }
  }
  const metrics = new Map(Array.from(figures, ([metric, values]) => [metric, meanOf(values)]));
  const { segment, epoch } = first;
  return [{ segment, epoch, ranks: rows.length, seconds: seconds.length === 0 ? null : meanOf(seconds), metrics }];
}
