import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { EpochTable, Rank, Run, Status } from '../src/experiment.js';
import { epochFlags } from '../src/experiment.js';
import { binaryRun } from '../src/log/binary-run.js';
import { compare, isRight } from './corpus/compare.js';
import type { Truth } from './corpus/truth.js';
import { readTruths } from './corpus/truth.js';

const truth = await truthOf({
  software: 'tf.keras of tensorflow 2.15.1',
  launcher: 'Open MPI 4.1.4 --tag-output',
  end: 'completed',
  ranks: [
    {
      rank: 0,
      planned_epochs: 2,
      steps_per_epoch: 13,
      early_stop_epoch: null,
      total_training_time: '3.5',
      epochs: [
        { epoch: 1, printed: { loss: '0.5', acc: '0.25' } },
        { epoch: 2, printed: { loss: 'nan', acc: '0.5' } },
      ],
    },
  ],
});
const rightRows = [
  { epoch: 1, loss: 0.5, accuracy: 0.25 },
  { epoch: 2, loss: Number.NaN, accuracy: 0.5 },
];

test('a reading with every figure as printed is right', (t) => {
  const verdict = compare(truth, runOf(rightRows));
  t.deepEqual([verdict.exact, verdict.missing, verdict.wrong, verdict.faults], [4, 0, 0, []]);
  t.true(isRight(verdict));
});

test('a figure that is off is wrong, one that is absent is missing', (t) => {
  const verdict = compare(
    truth,
    runOf([
      { epoch: 1, loss: 0.51 },
      { epoch: 2, loss: Number.NaN, accuracy: 0.5 },
    ]),
  );
  t.deepEqual([verdict.exact, verdict.missing, verdict.wrong], [2, 1, 1]);
  t.false(isRight(verdict));
});

test('a figure of an epoch or a name that was never printed is wrong', (t) => {
  t.is(compare(truth, runOf([...rightRows, { epoch: 3, loss: 0.5 }])).wrong, 1);
  t.is(
    compare(truth, runOf([...rightRows.slice(0, 1), { epoch: 2, loss: Number.NaN, accuracy: 0.5, dsc: 1 }])).wrong,
    1,
  );
});

test('a partial epoch is neither exact nor wrong, and does not stand in for a complete one', (t) => {
  t.is(compare(truth, runOf([...rightRows, { epoch: 3, loss: 9, partial: true }])).wrong, 0);
  t.is(compare(truth, runOf([...rightRows.slice(0, 1), { epoch: 2, loss: Number.NaN, partial: true }])).missing, 2);
});

test('of an epoch that occurs twice, the last record counts', (t) => {
  t.true(isRight(compare(truth, runOf([{ epoch: 1, loss: 7, accuracy: 7 }, ...rightRows]))));
});

test('the status must be the end, but a log that just stops may be stalled for killed', (t) => {
  t.false(isRight(compare(truth, runOf(rightRows, 'failed'))));
  t.true(isRight(compare({ ...truth, end: 'killed' }, runOf(rightRows, 'stalled'))));
  t.false(isRight(compare({ ...truth, end: 'failed' }, runOf(rightRows, 'stalled'))));
});

test('a fact that differs is wrong', (t) => {
  const run = runOf(rightRows);
  const ranks = run.ranks.map((rank) => ({ ...rank, earlyStopEpoch: 2 }));
  t.deepEqual(compare(truth, { ...run, ranks }).faults, ['rank 0, earlyStopEpoch: read 2, should be null']);
});

test('without tags a figure is wrong when no rank printed it, and none is missing', (t) => {
  const untagged = { ...truth, isUntagged: true };
  const verdict = compare(untagged, runOf([{ epoch: 1, loss: 0.5, accuracy: 0.9 }], 'completed', null));
  t.deepEqual([verdict.exact, verdict.missing, verdict.wrong], [1, 0, 1]);
});

test('names and epochs of other trainers are brought to the same form', async (t) => {
  const other = await truthOf({
    software: 'PyTorch',
    launcher: 'torchrun',
    end: 'completed',
    epoch_base: 0,
    ranks: [
      {
        rank: 0,
        epochs: [
          { epoch: 0, printed: { 'train/Loss': '1', 'val_Acc@1': '2', valid_top5: '3', eval_runtime: '4', lr: '5' } },
        ],
      },
    ],
  });
  const names = other.ranks[0]?.epochs.get(1)?.keys() ?? [];
  t.deepEqual([...names], ['loss', 'val_accuracy', 'val_top5_accuracy', 'learning_rate']);
});

async function truthOf(json: object): Promise<Truth> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tlw-truth-'));
  await writeFile(path.join(folder, 'run.truth.json'), JSON.stringify(json));
  const [read] = await readTruths(folder);
  if (read === undefined) throw new Error('expected one truth file');
  return read;
}

type Row = { readonly epoch: number; readonly partial?: boolean } & Readonly<Record<string, number | boolean>>;

function runOf(rows: readonly Row[], status: Status = 'completed', rank: number | null = 0): Run {
  const only: Rank = {
    rank,
    host: null,
    plannedEpochs: 2,
    stepsPerEpoch: 13,
    earlyStopEpoch: null,
    restoredEpoch: null,
    totalTrainingTime: 3.5,
    end: null,
    epochs: tableOf(rows),
    steps: null,
  };
  return {
    launcher: 'openmpi',
    trainer: 'keras',
    status,
    reason: null,
    reasonRank: null,
    rankRelation: 'independent',
    worldSize: 1,
    jobId: null,
    metricNames: new Map(),
    ranks: [only],
    receipt: emptyReceipt,
  };
}

function tableOf(rows: readonly Row[]): EpochTable {
  const names = new Set(
    rows.flatMap((row) => Object.keys(row)).filter((name) => name !== 'epoch' && name !== 'partial'),
  );
  return {
    length: rows.length,
    epoch: Int32Array.from(rows, (row) => row.epoch),
    segment: Int32Array.from(rows, () => 1),
    offset: Float64Array.from(rows, () => 0),
    flags: Uint8Array.from(rows, (row) => (row.partial ? epochFlags.partial : 0)),
    seconds: Float64Array.from(rows, () => Number.NaN),
    secondsPerStep: Float64Array.from(rows, () => Number.NaN),
    metrics: new Map(
      [...names].map((name) => [
        name,
        {
          values: Float64Array.from(rows, (row) => Number(row[name] ?? 0)),
          present: Uint8Array.from(rows, (row) => (row[name] === undefined ? 0 : 1)),
        },
      ]),
    ),
    local: new Map(),
  };
}

const emptyReceipt = binaryRun(0).receipt;
