/** What can be asked of an experiment by name: its settings, metrics and totals. Pure. */

import type { Hyperparameter } from '../experiment.js';
import { nodeHoursOf } from '../slurm-job.js';
import type { ListedExperiment } from '../summary.js';

/** Totals and facts, by the name that people type. */
const facts: ReadonlyMap<string, (experiment: ListedExperiment) => string | number | null> = new Map<
  string,
  (experiment: ListedExperiment) => string | number | null
>([
  ['name', ({ name }) => name],
  ['key', ({ key }) => key],
  ['status', ({ run }) => run.status],
  ['launcher', ({ run }) => run.launcher],
  ['trainer', ({ run }) => run.trainer],
  ['relation', ({ run }) => run.rankRelation],
  ['job', ({ run }) => run.jobId],
  ['job_state', ({ job }) => job?.state ?? null],
  ['node_hours', ({ job, nodes, summary }) => nodeHoursOf(job, nodes, summary.totalTrainingTime)],
  ['memory', ({ job }) => job?.maxMemoryBytes ?? null],
  ['nodes', ({ nodes }) => nodes],
  ['ranks', ({ summary }) => summary.ranks],
  ['epochs', ({ summary }) => summary.lastEpoch],
  ['planned', ({ summary }) => summary.plannedEpochs],
  ['steps', ({ summary }) => summary.stepsPerEpoch],
  ['time', ({ summary }) => summary.totalTrainingTime],
  ['seconds_per_epoch', ({ summary }) => summary.secondsPerEpoch],
  ['early_stop', ({ summary }) => summary.earlyStopEpoch],
  ['best_epoch', ({ summary }) => summary.best?.epoch ?? null],
  ['host', ({ hosts }) => hosts.join(' ')],
  ['tags', ({ user }) => user.tags.join(' ')],
  ['notes', ({ user }) => user.notes],
]);

/**
 * The value of a field, undefined where the experiment has none: a setting by its name; a metric's final figure by its name, its
 * best one by `best_` + name; else one of the facts. Settings go first, so that one called `time` is the setting.
 */
export function fieldOf(experiment: ListedExperiment, field: string): string | number | undefined {
  const setting = experiment.hyperparameters.find(({ name }) => name === field);
  if (setting) return settingText(setting);
  const metric = experiment.summary.metrics.get(field);
  if (metric) return metric.final;
  const best = field.startsWith('best_') ? experiment.summary.metrics.get(field.slice(5))?.best : undefined;
  if (best !== undefined && best !== null) return best;
  return facts.get(field)?.(experiment) ?? undefined;
}

/** Whether `fieldOf` answers for some of the experiments. */
export function isField(experiments: readonly ListedExperiment[], name: string): boolean {
  if (facts.has(name)) return true;
  const metric = name.startsWith('best_') ? name.slice(5) : name;
  return experiments.some(
    ({ hyperparameters, summary }) =>
      hyperparameters.some((setting) => setting.name === name) ||
      summary.metrics.has(name) ||
      (metric !== name && summary.metrics.has(metric)),
  );
}

/** Every name that `fieldOf` answers for some of the experiments: settings, metrics, then facts. */
export function fieldNames(experiments: readonly ListedExperiment[]): string[] {
  const metrics = metricNames(experiments);
  return [
    ...new Set([...settingNames(experiments), ...metrics, ...metrics.map((name) => `best_${name}`), ...facts.keys()]),
  ];
}

/** Names of all metrics, in the order first seen. */
export function metricNames(experiments: readonly ListedExperiment[]): string[] {
  return [...new Set(experiments.flatMap(({ summary }) => [...summary.metrics.keys()]))];
}

/** Names of all settings, in the order first seen. */
export function settingNames(experiments: readonly ListedExperiment[]): string[] {
  return [...new Set(experiments.flatMap(({ hyperparameters }) => hyperparameters.map(({ name }) => name)))];
}

/** A setting's values as one text: `0.01`, `0.5 0.3`; `yes` for a name without a value. */
export function settingText({ values }: Hyperparameter): string {
  return values.length === 0 ? 'yes' : values.join(' ');
}

/** Names of the settings that are not the same in all experiments, in the order first seen; one that some lack varies too. */
export function varyingSettings(experiments: readonly ListedExperiment[]): string[] {
  interface Seen {
    readonly name: string;
    readonly first: Hyperparameter;
    count: number;
    isVarying: boolean;
  }
  const seen = new Map<string, Seen>();
  // Of the experiment before, which most often has the same names in the same order.
  let places: Seen[] = [];
  for (const { hyperparameters } of experiments) {
    const own: Seen[] = [];
    for (const setting of hyperparameters) {
      const near = places[own.length];
      const known = near?.name === setting.name ? near : seen.get(setting.name);
      const entry = known ?? { name: setting.name, first: setting, count: 0, isVarying: false };
      if (known === undefined) seen.set(setting.name, entry);
      entry.count += 1;
      entry.isVarying ||= entry.first !== setting && settingText(entry.first) !== settingText(setting);
      own.push(entry);
    }
    places = own;
  }
  return [...seen].flatMap(([name, { count, isVarying }]) => (isVarying || count !== experiments.length ? [name] : []));
}
