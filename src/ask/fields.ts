/** What can be asked of an experiment by name: its settings, metrics and totals. Pure. */

import type { Hyperparameter } from '../experiment.js';
import type { ExperimentOverview } from '../summary.js';

/** Totals and facts, by the name that people type. */
const facts: ReadonlyMap<string, (experiment: ExperimentOverview) => string | number | null> = new Map<
  string,
  (experiment: ExperimentOverview) => string | number | null
>([
  ['name', ({ name }) => name],
  ['key', ({ key }) => key],
  ['status', ({ run }) => run.status],
  ['launcher', ({ run }) => run.launcher],
  ['trainer', ({ run }) => run.trainer],
  ['relation', ({ run }) => run.rankRelation],
  ['job', ({ run }) => run.jobId],
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
export function fieldOf(experiment: ExperimentOverview, field: string): string | number | undefined {
  const setting = experiment.hyperparameters.find(({ name }) => name === field);
  if (setting) return settingText(setting);
  const metric = experiment.summary.metrics.get(field);
  if (metric) return metric.final;
  const best = field.startsWith('best_') ? experiment.summary.metrics.get(field.slice(5))?.best : undefined;
  if (best !== undefined && best !== null) return best;
  return facts.get(field)?.(experiment) ?? undefined;
}

/** Every name that `fieldOf` answers for some of the experiments: settings, metrics, then facts. */
export function fieldNames(experiments: readonly ExperimentOverview[]): string[] {
  const settings = new Set(experiments.flatMap(({ hyperparameters }) => hyperparameters.map(({ name }) => name)));
  const metrics = new Set(experiments.flatMap(({ summary }) => [...summary.metrics.keys()]));
  return [...new Set([...settings, ...metrics, ...[...metrics].map((name) => `best_${name}`), ...facts.keys()])];
}

/** A setting's values as one text: `0.01`, `0.5 0.3`; `yes` for a name without a value. */
export function settingText({ values }: Hyperparameter): string {
  return values.length === 0 ? 'yes' : values.join(' ');
}

/** Names of the settings that are not the same in all experiments, in the order first seen; one that some lack varies too. */
export function varyingSettings(experiments: readonly ExperimentOverview[]): string[] {
  const seen = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const { hyperparameters } of experiments) {
    for (const setting of hyperparameters) {
      seen.set(setting.name, (seen.get(setting.name) ?? new Set()).add(settingText(setting)));
      counts.set(setting.name, (counts.get(setting.name) ?? 0) + 1);
    }
  }
  return [...seen]
    .filter(([name, values]) => values.size > 1 || counts.get(name) !== experiments.length)
    .map(([name]) => name);
}
