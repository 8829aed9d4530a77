/** Experiments as the report must draw them, made by formula: same arguments, same figures. */

import { randomFrom } from '../src/ask/random-from.js';
import type { Experiment } from '../src/experiment.js';
import { chooseObjective } from '../src/objective.js';
import { summarise } from '../src/summarise.js';
import type { Summary } from '../src/summary.js';
import { buildExperiment, type EpochRow, type ExperimentSpec, type RankSpec } from './build-experiment.js';

export interface CaseShape {
  readonly ranks: number;
  readonly epochs: number;
  /** 0: the ranks' own figures are alike. */
  readonly spread?: number;
  readonly seed?: number;
}

/** Ranks whose figures Horovod averages: the same on all, with what each rank saw as `local`. */
export function averagedRanks({ ranks, epochs, spread = 0.04, seed = 1 }: CaseShape): RankSpec[] {
  const random = randomFrom(seed);
  const noise = Array.from({ length: epochs }, () => random() - 0.5);
  return Array.from({ length: ranks }, (_, rank) => ({
    host: `node${String(Math.floor(rank / 4)).padStart(2, '0')}`,
    plannedEpochs: epochs,
    stepsPerEpoch: 13,
    totalTrainingTime: 9.5 * epochs,
    epochs: Array.from({ length: epochs }, (_, index) => {
      const shared = figures(index, noise[index] ?? 0);
      const own = spread * (random() - 0.5) + (spread * rank) / ranks / 4;
      return {
        epoch: index + 1,
        seconds: 9 + random() * 0.6,
        secondsPerStep: (9 + random() * 0.6) / 13,
        metrics: shared,
        local: {
          loss: shared.loss + own,
          accuracy: Math.min(1, shared.accuracy - own * 0.6),
          dsc: shared.dsc - own * 0.5,
        },
      };
    }),
  }));
}

/** Ranks that train each for itself, and may stop at their own epoch. */
export function independentRanks(shape: CaseShape & { readonly stops?: readonly number[] }): RankSpec[] {
  const { ranks, epochs, spread = 0.05, seed = 2, stops = [] } = shape;
  const random = randomFrom(seed);
  return Array.from({ length: ranks }, (_, rank) => {
    const stop = stops[rank] ?? epochs;
    const offset = spread * (random() - 0.5);
    return {
      host: `node${String(Math.floor(rank / 4)).padStart(2, '0')}`,
      plannedEpochs: epochs,
      stepsPerEpoch: 13,
      earlyStopEpoch: stop < epochs ? stop : null,
      totalTrainingTime: 9.5 * stop,
      epochs: Array.from({ length: stop }, (_, index) => {
        const { loss, accuracy, dsc, val_loss, val_accuracy, val_dsc } = figures(index, random() - 0.5);
        return {
          epoch: index + 1,
          seconds: 9 + random() * 0.6,
          secondsPerStep: (9 + random() * 0.6) / 13,
          metrics: {
            loss: loss + offset,
            accuracy: accuracy - offset,
            dsc: dsc - offset,
            val_loss: val_loss + offset * 1.4,
            val_accuracy: val_accuracy - offset,
            val_dsc: val_dsc - offset,
          },
        };
      }),
    };
  });
}

/** Its summary, by the objective that it would have alone in its root. */
export function summaryOf({ run }: Experiment): Summary {
  return summarise(run, chooseObjective([summarise(run, null)]));
}

/** Each named shape that a report must serve. */
export const reportCases: Readonly<Record<string, () => Experiment>> = {
  'one rank': () =>
    buildExperiment({ ranks: averagedRanks({ ranks: 1, epochs: 20 }).map(withoutLocal), run: { rankRelation: null } }),
  'four ranks averaged': () =>
    buildExperiment({
      ...named,
      ranks: withRates(averagedRanks({ ranks: 4, epochs: 31 }), [1e-3, 5e-4, 2.5e-4], 12).map((rank) => ({
        ...rank,
        plannedEpochs: 40,
        earlyStopEpoch: 31,
      })),
      run: { rankRelation: 'averaged', status: 'early_stopped', jobId: '4711523' },
    }),
  'eight ranks independent': () =>
    buildExperiment({
      ...named,
      ranks: independentRanks({ ranks: 8, epochs: 50, stops: [31, 36, 50, 42, 28, 39, 44, 47] }),
      run: { rankRelation: 'independent', status: 'early_stopped' },
    }),
  'odd rank of eight': () =>
    buildExperiment({ ...named, ranks: withOddRank(independentRanks({ ranks: 8, epochs: 40, spread: 0.02 }), 5) }),
  'sixty-four ranks': () =>
    buildExperiment({
      ...named,
      ranks: withOddRank(independentRanks({ ranks: 64, epochs: 60 }), 37),
      run: { rankRelation: 'independent' },
    }),
  'sixty-four ranks averaged': () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 64, epochs: 60 }),
      run: { rankRelation: 'averaged' },
    }),
  'two hundred and fifty-six ranks': () =>
    buildExperiment({ ...named, ranks: withOddRank(independentRanks({ ranks: 256, epochs: 200 }), 201) }),
  'one rank prints': () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 1, epochs: 12 }).map(withoutLocal),
      run: { rankRelation: 'one_rank_prints', worldSize: 16 },
    }),
  'no tags': () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 1, epochs: 12 }).map((rank) => ({ ...withoutLocal(rank), rank: null })),
      run: { launcher: 'none', rankRelation: null, worldSize: 2 },
    }),
  'failed before the first epoch': () =>
    buildExperiment({
      ...named,
      ranks: [0, 1, 2, 3].map((rank) => ({
        plannedEpochs: 40,
        end: rank === 2 ? { status: 'failed', reason: 'CUDA error: out of memory', offset: 1234 } : null,
      })),
      run: {
        status: 'failed',
        reason:
          'tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating tensor with shape[64,512,512,32]',
        reasonRank: 2,
      },
    }),
  'partial epochs only': () =>
    buildExperiment({
      ...named,
      ranks: [0, 1].map((rank) => ({
        plannedEpochs: 40,
        epochs: [{ epoch: 1, partial: true, metrics: { loss: 0.71 + rank / 100, accuracy: 0.5 } }],
      })),
      run: {
        status: 'killed',
        reason: 'slurmstepd: error: *** JOB 4711 ON node03 CANCELLED AT 2024-05-01T10:00:00 DUE TO TIME LIMIT ***',
      },
    }),
  'empty log': () =>
    buildExperiment({ run: { status: 'empty', trainer: 'none', launcher: 'none', rankRelation: null } }),
  'not recognised': () =>
    buildExperiment({
      run: { status: 'unrecognised', reason: 'no epoch lines matched', trainer: 'none', rankRelation: null },
    }),
  diverged: () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 4, epochs: 20 }).map((rank) => ({
        ...rank,
        epochs: (rank.epochs ?? []).map((row, index) =>
          index < 13 ? row : { ...row, metrics: brokenFigures(row, index), local: {} },
        ),
      })),
      run: { status: 'diverged', rankRelation: 'averaged' },
    }),
  'never finite': () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 4, epochs: 20 }).map((rank) => ({
        ...withoutLocal(rank),
        epochs: (rank.epochs ?? []).map(({ metrics, local: _, ...row }) => ({
          ...row,
          metrics: Object.fromEntries(Object.keys(metrics ?? {}).map((metric) => [metric, Number.NaN])),
        })),
      })),
      run: { status: 'diverged', rankRelation: 'averaged' },
    }),
  'three segments': () =>
    buildExperiment({
      ...named,
      ranks: independentRanks({ ranks: 4, epochs: 60 }).map((rank) => ({
        ...rank,
        epochs: (rank.epochs ?? []).map((row, index) => ({
          ...row,
          segment: 1 + Math.floor(index / 20),
          epoch: 1 + (index % 20),
        })),
      })),
    }),
  'loss only': () =>
    buildExperiment({
      ...named,
      ranks: averagedRanks({ ranks: 2, epochs: 30 }).map((rank) => ({
        ...withoutLocal(rank),
        epochs: (rank.epochs ?? []).map(({ metrics, local: _, ...row }) => ({
          ...row,
          metrics: { loss: metrics?.loss ?? 0 },
        })),
      })),
    }),
  decades: () =>
    buildExperiment({
      ...named,
      ranks: independentRanks({ ranks: 4, epochs: 80 }).map((rank) => ({
        ...rank,
        epochs: (rank.epochs ?? []).map((row, index) => ({
          ...row,
          metrics: {
            loss: 40 * 0.88 ** index + 1e-4 * (row.metrics?.loss ?? 1),
            val_loss: 50 * 0.89 ** index + 2e-4,
            val_mae: index === 3 ? 1e9 : 4 - index / 40,
          },
        })),
      })),
    }),
  'many metrics': () =>
    buildExperiment({
      ...named,
      ranks: independentRanks({ ranks: 3, epochs: 15 }).map((rank) => ({
        ...rank,
        epochs: (rank.epochs ?? []).map((row, index) => ({
          ...row,
          metrics: { ...row.metrics, ...manyMetrics(index) },
        })),
      })),
    }),
  'one epoch': () => buildExperiment({ ...named, ranks: independentRanks({ ranks: 4, epochs: 1 }) }),
  'one thousand epochs': () =>
    buildExperiment({ ...named, ranks: independentRanks({ ranks: 4, epochs: 1000, spread: 0.01 }) }),
  'names of any kind': () => {
    const name = `λ=0.1,模型=変換器,emoji=😀🚀,esc=\u001b[31m,tab=\t,nl=\n,lone=\ud800,rtl=\u202eabc,${'x'.repeat(230)}`;
    return buildExperiment({
      name,
      hyperparameters: {
        λ: '0.1',
        模型: '変換器',
        '😀': ['🚀', '\u0007'],
        lr: '1e-05',
        layers: Array.from({ length: 60 }, (_, i) => String(i)),
      },
      ranks: independentRanks({ ranks: 2, epochs: 8 }).map((rank) => ({
        ...rank,
        epochs: (rank.epochs ?? []).map((row) => ({
          ...row,
          metrics: {
            ...row.metrics,
            val_точность_模型_with_a_name_that_is_much_longer_than_any_panel_could_ever_show_in_one_line_of_its_title: 0.5,
          },
        })),
      })),
      run: { status: 'failed', reason: `RuntimeError: 形状不一致 \u001b[0m ${'y'.repeat(260)}` },
    });
  },
};

const named: ExperimentSpec = {
  name: 'ppn_2-cps_12-intra_12-inter_2-bt_60-img_6982-lr_0.001-mom_0.9-bs_64-dpout_0.5_0.5_0.3',
  key: 'experiments_2_nodes/ppn_2-cps_12-intra_12-inter_2-bt_60-img_6982-lr_0.001-mom_0.9-bs_64-dpout_0.5_0.5_0.3/ppn_2-cps_12-intra_12-inter_2-bt_60-img_6982-lr_0.001-mom_0.9-bs_64-dpout_0.5_0.5_0.3.log',
  nodes: 2,
  hyperparameters: {
    ppn: '2',
    cps: '12',
    intra: '12',
    inter: '2',
    bt: '60',
    img: '6982',
    lr: '0.001',
    mom: '0.9',
    bs: '64',
    dpout: ['0.5', '0.5', '0.3'],
  },
};

function figures(index: number, noise: number) {
  const decay = Math.exp(-index / 9);
  return {
    loss: 0.18 + 0.62 * decay + 0.012 * noise,
    accuracy: 0.97 - 0.3 * decay - 0.008 * noise,
    dsc: 0.88 - 0.8 * decay - 0.015 * noise,
    val_loss: 0.24 + 0.6 * decay + 0.0016 * Math.min(60, Math.max(0, index - 22)) + 0.03 * noise,
    val_accuracy: 0.95 - 0.29 * decay - 0.02 * noise,
    val_dsc: 0.85 - 0.78 * decay - 0.0012 * Math.min(60, Math.max(0, index - 24)) - 0.03 * noise,
  };
}

function withoutLocal(rank: RankSpec): RankSpec {
  return { ...rank, epochs: (rank.epochs ?? []).map(({ local: _, ...row }) => row) };
}

function withRates(ranks: readonly RankSpec[], rates: readonly number[], every: number): RankSpec[] {
  return ranks.map((rank) => ({
    ...rank,
    epochs: (rank.epochs ?? []).map((row, index) => ({
      ...row,
      metrics: { ...row.metrics, learning_rate: rates[Math.min(rates.length - 1, Math.floor(index / every))] ?? 0 },
    })),
  }));
}

/** Rank `odd` is slower, and its loss stays high from the middle on. */
function withOddRank(ranks: readonly RankSpec[], odd: number): RankSpec[] {
  return ranks.map((rank, index) =>
    index !== odd ? rank : { ...rank, epochs: (rank.epochs ?? []).map((row, at) => oddRow(row, at)) },
  );
}

function oddRow(row: EpochRow, at: number): EpochRow {
  const { loss = 0, val_loss = 0, ...others } = row.metrics ?? {};
  const late = at > 10 ? 0.25 : 0;
  return {
    ...row,
    seconds: (row.seconds ?? 0) * 1.4,
    secondsPerStep: (row.secondsPerStep ?? 0) * 1.4,
    metrics: { ...others, loss: loss + late, val_loss: val_loss + late },
  };
}

function brokenFigures(row: EpochRow, index: number): Record<string, number> {
  return { ...row.metrics, loss: Number.NaN, val_loss: index === 13 ? Number.POSITIVE_INFINITY : Number.NaN };
}

function manyMetrics(index: number): Record<string, number> {
  const names = ['dice', 'iou', 'precision', 'recall', 'auc', 'f1', 'hausdorff_distance', 'kld', 'top5_accuracy'];
  return Object.fromEntries(
    names.flatMap((name, place) => [
      [name, 1 - Math.exp(-(index + place) / 7)],
      [`val_${name}`, 0.95 - Math.exp(-(index + place) / 8)],
    ]),
  );
}
