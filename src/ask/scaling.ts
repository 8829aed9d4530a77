/** How runs scale with processes and nodes, and what quality costs. Pure. */

import { median } from 'simple-statistics';
import { nodeHoursOf } from '../slurm-job.js';
import type { ListedExperiment, Objective } from '../summary.js';
import { fieldOf } from './fields.js';

/** Which hyper-parameters say how a run was laid out; names as in the folders. */
export interface LayoutNames {
  readonly coresPerProcess: readonly string[];
  readonly images: readonly string[];
}

export interface Configuration {
  readonly nodes: number | null;
  readonly processes: number;
  readonly coresPerProcess: number | null;
  readonly n: number;
  /** Median over its runs, s. */
  readonly secondsPerEpoch: number;
  readonly imagesPerSecond: number | null;
  /** Against the smallest number of cores (processes where no cores are named) with the same number of images; 1 for itself. */
  readonly speedUp: number | null;
  /** Speed-up over the growth in cores. */
  readonly efficiency: number | null;
}

export type CostBasis = 'job' | 'nodes' | 'processes';

export interface Cost {
  readonly experiment: ListedExperiment;
  readonly quality: number;
  /** Node-hours as the job was counted, else (process-hours where no node count is known) until the run ended. */
  readonly cost: number;
  /** Where `cost` comes from: the job's accounting, nodes × time, or processes × time. */
  readonly basis: CostBasis;
  /** Nothing else is both better and cheaper. */
  readonly isOnFront: boolean;
}

/** One row a configuration that has a time per epoch, by nodes, then processes, then cores. */
export function configurations(experiments: readonly ListedExperiment[], names: LayoutNames): Configuration[] {
  const groups = new Map<string, ListedExperiment[]>();
  for (const experiment of experiments) {
    if (experiment.summary.secondsPerEpoch === null || experiment.summary.secondsPerEpoch === 0) continue;
    const key = JSON.stringify([
      nodesOf(experiment),
      experiment.summary.ranks,
      numberOf(experiment, names.coresPerProcess),
      numberOf(experiment, names.images),
    ]);
    const group = groups.get(key);
    if (group) group.push(experiment);
    else groups.set(key, [experiment]);
  }
  const measured = [...groups.values()].flatMap((runs) => measure(runs, names));
  const sizeOf = ({ processes, coresPerProcess }: Omit<Measured, never>): number => processes * (coresPerProcess ?? 1);
  return measured
    .map(({ images, ...row }) => {
      const same = measured.filter(
        (other) => other.images === images && (other.coresPerProcess === null) === (row.coresPerProcess === null),
      );
      const smallest = same.reduce(
        (least, other) => (sizeOf(other) < sizeOf(least) ? other : least),
        same[0] ?? { ...row, images },
      );
      const speedUp = smallest.secondsPerEpoch / row.secondsPerEpoch;
      return { ...row, speedUp, efficiency: speedUp / (sizeOf({ ...row, images }) / sizeOf(smallest)) };
    })
    .sort(
      (a, b) =>
        (a.nodes ?? 0) - (b.nodes ?? 0) ||
        a.processes - b.processes ||
        (a.coresPerProcess ?? 0) - (b.coresPerProcess ?? 0),
    );
}

type Measured = Omit<Configuration, 'speedUp' | 'efficiency'> & { readonly images: number | null };

function measure(runs: readonly ListedExperiment[], names: LayoutNames): Measured[] {
  const [first] = runs;
  if (!first) return [];
  const secondsPerEpoch = median(runs.map(({ summary }) => summary.secondsPerEpoch ?? 0));
  const images = numberOf(first, names.images);
  return [
    {
      nodes: nodesOf(first),
      processes: first.summary.ranks,
      coresPerProcess: numberOf(first, names.coresPerProcess),
      n: runs.length,
      secondsPerEpoch,
      images,
      imagesPerSecond: images === null ? null : images / secondsPerEpoch,
    },
  ];
}

/** As the folders say, else as the job had. */
function nodesOf({ nodes, job }: ListedExperiment): number | null {
  return nodes ?? (job?.isAlone ? job.nodes : null);
}

/** Quality against cost of the finished runs, best quality first, with those that nothing else beats in both. */
export function costs(experiments: readonly ListedExperiment[], { metric, direction }: Objective): Cost[] {
  const sign = direction === 'max' ? 1 : -1;
  const points = experiments.flatMap((experiment) => {
    const quality = experiment.summary.metrics.get(metric)?.final;
    const seconds = experiment.summary.totalTrainingTime;
    if (quality === undefined || !Number.isFinite(quality)) return [];
    const { job } = experiment;
    const cost = nodeHoursOf(job, nodesOf(experiment) ?? experiment.summary.ranks, seconds);
    const basis: CostBasis = nodeHoursOf(job, null, null) === null ? basisOf(experiment) : 'job';
    return cost === null ? [] : [{ experiment, quality, cost, basis }];
  });
  points.sort((a, b) => sign * (b.quality - a.quality) || a.cost - b.cost);
  // Hours of processes are no hours of nodes: they are compared only where there are no others.
  const comparable = new Set(comparableCosts(points));
  let [cheapest, itsQuality] = [Number.POSITIVE_INFINITY, Number.NaN];
  return points.map((point) => {
    const { cost, quality } = point;
    if (!comparable.has(point)) return { ...point, isOnFront: false };
    const isOnFront = cost < cheapest || (cost === cheapest && quality === itsQuality);
    if (isOnFront) [cheapest, itsQuality] = [cost, quality];
    return { ...point, isOnFront };
  });
}

/** Of costs that can be compared with each other: hours of nodes, unless no run says how many it had. */
export function comparableCosts<Row extends { readonly basis: CostBasis }>(rows: readonly Row[]): readonly Row[] {
  const ofNodes = rows.filter(({ basis }) => basis !== 'processes');
  return ofNodes.length > 0 ? ofNodes : rows;
}

/** The unit of costs that can be compared. */
export function costUnitOf(rows: readonly { readonly basis: CostBasis }[]): string {
  return rows.length > 0 && rows.every(({ basis }) => basis === 'processes') ? 'process-hours' : 'node-hours';
}

/** What it took an experiment to reach a target. */
export interface Reach {
  readonly experiment: ListedExperiment;
  readonly epoch: number;
  /** Node-hours (process-hours where no node count is known) of the epochs until then. */
  readonly cost: number;
  readonly basis: CostBasis;
}

/** The experiments that reached a target, the cheapest first, those of which only process-hours are known last; `reachedBy` tells when, and after how many seconds of training. */
export function reachCosts(
  experiments: readonly ListedExperiment[],
  reachedBy: (experiment: ListedExperiment) => { readonly epoch: number; readonly seconds: number | null } | undefined,
): Reach[] {
  const found = experiments.flatMap((experiment): Reach[] => {
    const at = reachedBy(experiment);
    if (at === undefined) return [];
    const { lastEpoch, totalTrainingTime, ranks } = experiment.summary;
    // Where epochs were not timed, each had its share of the whole.
    const share = lastEpoch === null || totalTrainingTime === null ? null : (totalTrainingTime * at.epoch) / lastEpoch;
    const seconds = at.seconds ?? share;
    if (seconds === null) return [];
    const cost = ((nodesOf(experiment) ?? ranks) * seconds) / 3600;
    return [{ experiment, epoch: at.epoch, cost, basis: basisOf(experiment) }];
  });
  const unit = ({ basis }: Reach): number => Number(basis === 'processes');
  return found.sort((a, b) => unit(a) - unit(b) || a.cost - b.cost || (a.experiment.key < b.experiment.key ? -1 : 1));
}

function basisOf(experiment: ListedExperiment): CostBasis {
  return nodesOf(experiment) === null ? 'processes' : 'nodes';
}

function numberOf(experiment: ListedExperiment, names: readonly string[]): number | null {
  for (const name of names) {
    const value = Number(fieldOf(experiment, name) ?? Number.NaN);
    if (Number.isFinite(value)) return value;
  }
  return null;
}
