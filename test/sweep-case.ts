/** A sweep made up for its reports: settings that matter more or less, repeats, dead runs, a name that bites. */

import type { Status } from '../src/experiment.js';
import type { SweepCurve } from '../src/outputs/sweep/curve.js';
import { type SweepData, sweepDataOf } from '../src/outputs/sweep/data.js';
import type { ExperimentOverview } from '../src/summary.js';
import { buildOverview, maximiseDice } from './build-overview.js';

export const bitingName = `lr_0.5-</script><img src=x onerror=alert(1)>&quot;'"\u202Egnp.exe-λ漢`;
const metrics = ['loss', 'accuracy', 'dsc', 'iou', 'val_loss', 'val_accuracy', 'val_dsc', 'val_iou'];
const rates = ['1e-05', '0.001', '0.01', '0.1', '0.5'];
const sizes = ['16', '32', '64'];

/** `count` experiments of `epochs`; the first of each ten has the biting name, dies, and prints NaN. */
export function buildSweep(count: number, epochs = 50, more: Partial<SweepData> = {}): SweepData {
  const experiments = Array.from({ length: count }, (_, n) => experimentOf(n, epochs));
  return sweepDataOf({
    title: 'OUTPUTS',
    experiments,
    objective: maximiseDice,
    repeatKeys: ['seed', 'run', 'rep'],
    layout: { coresPerProcess: ['cps'], images: ['img'] },
    curveOf: (experiment) => curveOf(experiments.indexOf(experiment), epochs),
    programVersion: '1.2.3',
    ...more,
  });
}

function experimentOf(n: number, epochs: number): ExperimentOverview {
  const [lr = '', bs = ''] = [rates[n % 5], sizes[n % 3]];
  const isBroken = n % 10 === 9;
  const status: Status = isBroken ? 'diverged' : n % 7 === 0 ? 'early_stopped' : 'completed';
  const name = n === 9 ? bitingName : `ppn_4-cps_6-lr_${lr}-bs_${bs}-dpout_0.5_0.3-seed_${n}`;
  const final = isBroken ? Number.NaN : figureOf(n, epochs, 'val_dsc', epochs - 1);
  return buildOverview({
    ...{ key: `${n}/${name}/run.log`, name, nodes: 1 + (n % 2) },
    hyperparameters: { ppn: '4', cps: '6', lr, bs, dpout: ['0.5', '0.3'], seed: String(n) },
    log: { path: `${n}/run.log`, bytes: 1000, mtimeMs: 1_700_000_000_000 + 1000 * n, fingerprint: `sha256:${n}` },
    run: { status, reason: isBroken ? 'loss and val_loss not finite at epoch 2' : null },
    finals: Object.fromEntries(metrics.map((metric) => [metric, isBroken ? Number.NaN : final + metric.length / 100])),
    summary: { ranks: 4, lastEpoch: epochs, plannedEpochs: epochs, secondsPerEpoch: 20 + (n % 4) },
    ...(n === 0 ? { user: { notes: 'the one in the paper', tags: ['good'] } } : {}),
  });
}

function curveOf(n: number, epochs: number): SweepCurve {
  return {
    epochs: Array.from({ length: epochs }, (_, i) => i + 1),
    figures: new Map(
      metrics.map((metric) => [
        metric,
        Array.from({ length: epochs }, (_, i) => (n % 10 === 9 && i > 0 ? Number.NaN : figureOf(n, epochs, metric, i))),
      ]),
    ),
  };
}

/** Means over ranks have more digits than a rank prints. */
function figureOf(n: number, epochs: number, metric: string, i: number): number {
  const rise = 1 - Math.exp((-5 * (i + 1)) / epochs);
  const noise = 0.02 * Math.sin(97 * n + 13 * i + metric.length);
  const level = 0.9 - 0.05 * Math.abs((n % 5) - 2) + 0.001 * (n % 13);
  return metric.endsWith('loss') ? 2.3 * (1 - rise) + 0.1 + noise : level * rise + noise;
}
