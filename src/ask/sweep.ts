/** The grid that a sweep amounts to: which settings vary, over which values, what is covered and what is missing. Pure. */

import type { ListedExperiment } from '../summary.js';
import { isDead } from './failures.js';
import { settingText, varyingSettings } from './fields.js';
import { settingsKeys } from './settings-keys.js';

export interface SweepAxis {
  readonly setting: string;
  /** As written, numbers in their order; before them null where some runs are without the setting. */
  readonly values: readonly (string | null)[];
}

export interface Sweep {
  readonly axes: readonly SweepAxis[];
  /** Setting → value, of those that do not vary. */
  readonly constants: ReadonlyMap<string, string>;
  /** Product of the axes' lengths. */
  readonly cells: number;
  /** Cells with a run that came to its own end, with only dead runs, with only running ones; and what is in none. */
  readonly finished: number;
  readonly dead: number;
  readonly running: number;
  /** Settings of the cells without any run; at most `mostHoles`. */
  readonly holes: readonly ReadonlyMap<string, string>[];
  readonly holeCount: number;
  /** Cells whose every run is dead. */
  readonly deadCells: readonly {
    readonly settings: ReadonlyMap<string, string>;
    readonly experiments: readonly ListedExperiment[];
  }[];
  /** Cells with more than one run. */
  readonly repeats: number;
  /** Experiments whose names say nothing. */
  readonly unnamed: number;
}

const mostHoles = 10_000;

/** Infers the grid; `repeatKeys` (seed, rep …) are no axes. */
export function inferSweep(experiments: readonly ListedExperiment[], repeatKeys: readonly string[]): Sweep {
  const named = experiments.filter(({ hyperparameters }) => hyperparameters.length > 0);
  const alike = groupAlike(named, repeatKeys);
  // Where thousands are repeats of each other, one of each says what varies.
  const examples = alike.flatMap(([first]) => first ?? []);
  const axes = varyingSettings(examples)
    .filter((setting) => !repeatKeys.includes(setting))
    .map((setting) => ({ setting, values: valuesOf(examples, setting) }));
  const settings = axes.map(({ setting }) => setting);
  const cells = new Map<string, readonly ListedExperiment[]>();
  for (const runs of alike) {
    const [first] = runs;
    const key = first ? cellOf(first, settings) : '';
    // `0.2 0.3` as one value or as two is the same text.
    cells.set(key, [...(cells.get(key) ?? []), ...runs]);
  }
  const count = axes.reduce((product, { values }) => product * values.length, axes.length > 0 ? 1 : 0);
  const holes = findHoles(axes, cells);
  const filled = [...cells.values()];
  const isFinished = (runs: readonly ListedExperiment[]): boolean =>
    runs.some(({ run }) => run.status === 'completed' || run.status === 'early_stopped');
  const deadCells = filled.filter((runs) => runs.every(isDead));
  return {
    axes,
    constants: constantsOf(named, settings, repeatKeys),
    cells: count,
    finished: filled.filter(isFinished).length,
    dead: deadCells.length,
    running: filled.filter((runs) => !isFinished(runs) && !runs.every(isDead)).length,
    holes,
    holeCount: Math.max(holes.length, count - cells.size),
    deadCells: deadCells.map((runs) => ({ settings: settingsOf(runs[0], settings), experiments: runs })),
    repeats: filled.filter((runs) => runs.length > 1).length,
    unnamed: experiments.length - named.length,
  };
}

/** Those whose settings are equal but for `repeatKeys`, in the order first seen. */
function groupAlike(
  experiments: readonly ListedExperiment[],
  repeatKeys: readonly string[],
): readonly (readonly ListedExperiment[])[] {
  const keyOf = settingsKeys(repeatKeys);
  const groups = new Map<string, ListedExperiment[]>();
  for (const experiment of experiments) {
    const key = keyOf(experiment.hyperparameters);
    const group = groups.get(key);
    if (group) group.push(experiment);
    else groups.set(key, [experiment]);
  }
  return [...groups.values()];
}

function valuesOf(experiments: readonly ListedExperiment[], setting: string): (string | null)[] {
  const values = new Set(
    experiments.flatMap(({ hyperparameters }) =>
      hyperparameters.filter(({ name }) => name === setting).map(settingText),
    ),
  );
  const sorted = [...values].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const isMissing = experiments.some(({ hyperparameters }) => hyperparameters.every(({ name }) => name !== setting));
  return isMissing ? [null, ...sorted] : sorted;
}

function settingsOf(experiment: ListedExperiment | undefined, settings: readonly string[]): Map<string, string> {
  return new Map(
    settings.flatMap((name) => {
      const setting = experiment?.hyperparameters.find((each) => each.name === name);
      return setting ? [[name, settingText(setting)] as const] : [];
    }),
  );
}

function cellOf(experiment: ListedExperiment, settings: readonly string[]): string {
  const own = settingsOf(experiment, settings);
  return JSON.stringify(settings.map((name) => own.get(name) ?? null));
}

function constantsOf(
  experiments: readonly ListedExperiment[],
  axes: readonly string[],
  repeatKeys: readonly string[],
): Map<string, string> {
  const all = experiments[0]?.hyperparameters ?? [];
  return new Map(
    all
      .filter(({ name }) => !axes.includes(name) && !repeatKeys.includes(name))
      .map((setting) => [setting.name, settingText(setting)]),
  );
}

function findHoles(axes: readonly SweepAxis[], cells: ReadonlyMap<string, unknown>): Map<string, string>[] {
  const holes: Map<string, string>[] = [];
  const visit = (chosen: readonly (string | null)[]): void => {
    const axis = axes[chosen.length];
    if (holes.length >= mostHoles) return;
    if (axis) for (const value of axis.values) visit([...chosen, value]);
    else if (!cells.has(JSON.stringify(chosen)))
      holes.push(
        new Map(axes.flatMap(({ setting }, i) => (typeof chosen[i] === 'string' ? [[setting, chosen[i]]] : []))),
      );
  };
  if (axes.length > 0) visit([]);
  return holes;
}
