/** Hyper-parameters as columns: the fixed ones of the sheet by what a name stands for, every other under its own name. */

import type { Hyperparameter } from '../../experiment.js';
import { maybeNumber } from '../../hyperparameters/number.js';
import type { ExperimentOverview } from '../../summary.js';
import type { Cell } from '../table.js';

/** The hyper-parameters among the fixed columns, in their order. */
export const fixedSettings = [
  'processes per socket',
  'cores per process',
  'total processes',
  'intra thread',
  'inter thread',
  'blocktime',
  'training images',
  'learning rate',
  'momentum',
  'batch size',
  'dropout',
] as const;

/** A mapping such as `lr: 'learning rate'`; a name that is not in it stands for itself. */
export type SettingNames = Readonly<Record<string, string>>;

const fixed: ReadonlySet<string> = new Set(fixedSettings);

/**
 * The settings of an experiment as cells, by what they stand for; where two names stand for the same, the first counts. A list
 * in `split`, by its own name or by what it stands for, has a cell for each of its values too: `dropout 1`, `dropout 2`.
 */
export function settingCells(
  experiment: ExperimentOverview,
  names: SettingNames,
  split: readonly string[] = [],
): ReadonlyMap<string, string | number> {
  const cells = new Map<string, string | number>();
  for (const setting of experiment.hyperparameters) {
    const meaning = Object.hasOwn(names, setting.name) ? (names[setting.name] ?? setting.name) : setting.name;
    if (cells.has(meaning)) continue;
    cells.set(meaning, settingCell(setting));
    if (!split.includes(meaning) && !split.includes(setting.name)) continue;
    for (const [index, value] of setting.values.entries()) {
      cells.set(`${meaning} ${index + 1}`, maybeNumber(value) ?? value);
    }
  }
  return cells;
}

/** True for a setting that has a fixed column. */
export function isFixedSetting(meaning: string): boolean {
  return fixed.has(meaning);
}

/** One sentence on where the figures of a setting come from. */
export function describeSetting(meaning: string, names: SettingNames): string {
  const known = Object.keys(names).filter((name) => names[name] === meaning);
  return `Hyper-parameter ${known.length > 0 ? known.join(' or ') : meaning}.`;
}

/** True where the cells of a column are not all equal. */
export function isVaried(cells: Iterable<Cell>): boolean {
  return new Set(cells).size > 1;
}

/** `['0.01']` → 0.01, `['0.5', '0.3']` → `0.5, 0.3`, eight times 0.5 → `0.5 ×8`, no value → `yes`. */
function settingCell({ values }: Hyperparameter): string | number {
  const [first] = values;
  if (first === undefined) return 'yes';
  if (values.length === 1) return maybeNumber(first) ?? first;
  const isConstant = values.length > 3 && values.every((value) => value === first);
  return isConstant ? `${first} ×${values.length}` : values.join(', ');
}
