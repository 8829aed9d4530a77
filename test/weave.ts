/** Random trainings under random launchers, with what was really printed: the input of the reader's property tests. */
import fc from 'fast-check';
import { type KerasPlan, printKeras } from './weave-keras.js';
import { type KerasGeneration, kerasGenerations } from './weave-keras-bar.js';
import { type WovenLauncher, wovenLaunchers } from './weave-launchers.js';
import { sourcesOf, type Woven } from './weave-paper.js';
import { seededRandom } from './weave-random.js';
import type { TrueRank } from './weave-stream.js';

/** Some ranks' training. */
export interface Training {
  readonly generation: string;
  readonly ranks: readonly TrueRank[];
}

/** A training as a launcher wrote it. */
export interface WovenTraining extends Training {
  readonly launcher: WovenLauncher;
  readonly woven: Woven;
}

/** Lines that users and libraries print; none of them is a figure of an epoch. */
const chatterLines = [
  '',
  'Epoch stats: loss: see tensorboard',
  'Training with tf.keras 2.15.1 on cpu',
  'val_loss: 0.5 was the best',
  'Größe: 3 µs ✓ – fertig 训练',
  '[1] is a list, so is [0, 1]',
  'gpu=[1] lr=[0.1, 0.01]',
  'node01:18:24 [0] NCCL INFO Ring 00 : 0 1',
  'Using <stdout>: for logging',
  '[2026-11-23 05:30:44,123] [INFO] step=10, loss=0.5',
  '-'.repeat(74),
  '-'.repeat(80),
  `Model: ${'-'.repeat(74)}`,
  '_'.repeat(65),
  '\x1b[33mWARNING\x1b[0m: callback is slow',
  'I0102 12:00:00.123456 140000 progbar.py:12] no metrics',
  'Step 5/10 done',
  '3: labelled by the program',
  'ETA: unknown',
  'took 3s - loss went down',
];

const metricNames = ['accuracy', 'acc', 'dsc', 'mae', 'color_output_accuracy', 'top 5', 'f1/macro'];

export const arbitraryPlan: fc.Arbitrary<KerasPlan> = fc
  .record({
    generation: fc.constantFrom<KerasGeneration>(...kerasGenerations),
    verbose: fc.constantFrom<1 | 2>(1, 1, 1, 2),
    isDynamic: fc.boolean(),
    isUnbuffered: fc.boolean(),
    planned: fc.integer({ min: 1, max: 6 }),
    steps: fc.integer({ min: 1, max: 12 }),
    isUnknownFirst: fc.boolean(),
    metrics: fc.subarray(metricNames),
    validates: fc.boolean(),
    checkpoints: fc.boolean(),
    learningRateFrom: fc.option(fc.integer({ min: 1, max: 6 })),
    stopsAfter: fc.constant(null),
    restores: fc.boolean(),
    divergesIn: fc.constant(null),
    again: fc.option(fc.record({ from: fc.integer({ min: 1, max: 5 }), planned: fc.integer({ min: 2, max: 6 }) })),
    evaluates: fc.constantFrom('never', 'never', 'at the end', 'in a callback'),
    evaluationSteps: fc.integer({ min: 1, max: 14 }),
    evaluationVerbose: fc.constantFrom(1, 2),
    chatter: fc.constantFrom(0, 0, 0.3),
    chatterLines: fc.constant(chatterLines),
    errors: fc.constantFrom(0, 0.3),
  })
  .map(possiblePlan);

/** A plan that one generation of Keras can have printed, and that says what it did. */
function possiblePlan(plan: KerasPlan): KerasPlan {
  const { generation } = plan;
  const isStandalone = generation.name === 'keras-2.3';
  return {
    ...plan,
    isDynamic: plan.isDynamic || !isStandalone,
    isUnbuffered: plan.isUnbuffered && !/2\.15|keras-3/.test(generation.name),
    // Only the generations that know a target may lack it.
    isUnknownFirst: plan.isUnknownFirst && /tf-2|2\.15|keras-3/.test(generation.name),
    // One epoch without header and validation looks like evaluate().
    planned: plan.validates || !generation.omitsOnlyHeader ? plan.planned : Math.max(2, plan.planned),
    // Sorted among the others, a name with a blank is as good as any; twice the same column is not.
    metrics: plan.metrics.includes('accuracy') ? plan.metrics.filter((name) => name !== 'acc') : plan.metrics,
    again: plan.again && { ...plan.again, planned: Math.max(plan.again.planned, plan.again.from) },
  };
}

/** Some ranks that train by one plan, each stopping early or diverging in an epoch of its own, or not. */
export const arbitraryTraining: fc.Arbitrary<Training> = fc
  .record({
    plan: arbitraryPlan,
    seed: fc.integer(),
    ranks: fc.array(
      fc.record({
        stopsAfter: fc.option(fc.integer({ min: 1, max: 6 })),
        divergesIn: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 8 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ plan, seed, ranks }) => ({
    generation: plan.generation.name,
    ranks: ranks.map((own, rank) => printKeras({ ...plan, ...own }, rank, seededRandom(seed + rank))),
  }));

/** Weaves a training by a launcher's rules in random pieces. */
export function weaveTraining(training: Training, launcher: WovenLauncher, seed: number): WovenTraining {
  return { ...training, launcher, woven: launcher.weave(sourcesOf(training.ranks), seededRandom(seed)) };
}

/** A training under any launcher. */
export const arbitraryWoven: fc.Arbitrary<WovenTraining> = fc
  .tuple(arbitraryTraining, fc.constantFrom(...wovenLaunchers), fc.integer())
  .map(([training, launcher, seed]) => weaveTraining(training, launcher, seed));
