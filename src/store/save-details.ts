/** Writes what an experiment has a few of: metric names, ranks, its receipt and findings. */

import type { Experiment, Rank, Receipt } from '../experiment.js';
import { type RankRow, rankRowsOf } from '../summarise/rank-rows.js';
import { renderFigures } from './figures-json.js';
import { learnNames } from './known-names.js';
import { perStore, type Store } from './store.js';

const statements = perStore((connection) => ({
  clear: ['metrics', 'ranks', 'findings'].map((table) =>
    connection.prepare(`DELETE FROM ${table} WHERE experiment = ?`),
  ),
  addMetric: connection.prepare('INSERT INTO metrics VALUES (?, ?, ?, ?)'),
  addRank: connection.prepare(`INSERT INTO ranks VALUES (${Array(19).fill('?').join(', ')})`),
  addFinding: connection.prepare('INSERT INTO findings VALUES (?, ?, ?, ?, ?)'),
  replaceReceipt: connection.prepare(
    'INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ),
}));

/** Makes these rows of an experiment equal to its record; true where it has a hyper-parameter that none had before. */
export function saveDetails(store: Store, id: number, { hyperparameters, run }: Experiment): boolean {
  const { clear, addMetric } = statements(store);
  for (const deletion of clear) deletion.run(id);
  for (const [position, [name, printed]] of [...run.metricNames].entries()) addMetric.run(id, position, name, printed);
  const rows = rankRowsOf(run);
  for (const [position, rank] of run.ranks.entries()) addRank(store, id, position, rank, rows[position]);
  saveReceipt(store, id, run.receipt);
  return learnNames(
    store,
    'hyperparameter',
    hyperparameters.map(({ name }) => name),
  );
}

function addRank(store: Store, id: number, position: number, rank: Rank, row: RankRow | undefined): void {
  statements(store).addRank.run(
    ...[id, position, rank.rank, rank.file ?? null, rank.host, rank.plannedEpochs, rank.stepsPerEpoch],
    ...[rank.earlyStopEpoch, rank.restoredEpoch, rank.totalTrainingTime],
    ...[rank.end?.status ?? null, rank.end?.reason ?? null, rank.end?.offset ?? null],
    ...[namesJson(rank.epochs.metrics), namesJson(rank.epochs.local)],
    rank.steps === null ? null : namesJson(rank.steps.metrics),
    ...[row?.lastEpoch ?? null, row?.secondsPerStep ?? null, renderFigures(row?.metrics ?? new Map())],
  );
}

function namesJson(metrics: ReadonlyMap<string, unknown>): string {
  return JSON.stringify([...metrics.keys()]);
}

function saveReceipt(store: Store, id: number, receipt: Receipt): void {
  const { replaceReceipt, addFinding } = statements(store);
  replaceReceipt.run(
    ...[id, receipt.bytes, receipt.lines, receipt.understood, receipt.ignored, receipt.repaired, receipt.quarantined],
    ...[receipt.firstIgnored, receipt.firstRepaired, receipt.firstQuarantined, receipt.cutLines, receipt.nulBytes],
    ...[receipt.badUtf8, receipt.skippedValues, receipt.replacedRows, Number(receipt.lastLineIncomplete)],
    JSON.stringify(receipt.notes),
  );
  for (const [position, { offset, rank, what }] of receipt.findings.entries()) {
    addFinding.run(id, position, offset, rank, what);
  }
}
