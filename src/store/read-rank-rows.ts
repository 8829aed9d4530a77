/** Reads what tables of ranks show of an experiment, a good deal faster than reading it whole. */

import type { RankRow } from '../summarise/rank-rows.js';
import { parseFigures } from './figures-json.js';
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
