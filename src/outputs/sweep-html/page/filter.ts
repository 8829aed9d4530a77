/** Which experiments are shown: by the text, the statuses and the ranges on the axes. */

import { type Condition, parseWhere, WhereError } from '../../../ask/where.js';
import { axisPosition } from './axis-scale.js';
import { columns, everyone, maybeColumn, readCell } from './experiments.js';
import type { State } from './state.js';

export interface Filtered {
  /** In the order of the leaderboard. */
  readonly shown: readonly number[];
  /** What is wrong with a condition. */
  readonly mistake: string | null;
}

const fields = new Set(columns.map(({ id }) => id));

export function filterBy({ filter, statuses, ranges }: State): Filtered {
  const { condition, mistake } = conditionOf(filter);
  const status = maybeColumn('status');
  const shown = everyone.filter(
    (experiment) =>
      (statuses.size === 0 || (status !== undefined && statuses.has(String(readCell(status, experiment))))) &&
      [...ranges].every(([id, [low, high]]) => {
        const position = axisPosition(id, experiment);
        return position !== undefined && position >= low - 1e-9 && position <= high + 1e-9;
      }) &&
      condition(experiment),
  );
  return { shown, mistake };
}

/** A condition such as `lr<=0.01 and bs=64`, else words that all must occur in a row. */
function conditionOf(text: string): { condition: Condition<number>; mistake: string | null } {
  if (text.trim() === '') return { condition: () => true, mistake: null };
  if (!/[<>=~]/.test(text)) return { condition: hasWords(text), mistake: null };
  try {
    return { condition: parseWhere(text, readField, (name) => fields.has(name)), mistake: null };
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    return { condition: () => true, mistake: error.message.replace(/^--where "[\s\S]*": /, '') };
  }
}

function readField(experiment: number, field: string): string | number | undefined {
  const column = maybeColumn(field);
  return (column && readCell(column, experiment)) ?? undefined;
}

function hasWords(text: string): Condition<number> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (experiment) => {
    const row = rowText(experiment);
    return words.every((word) => row.includes(word));
  };
}

const rows = new Map<number, string>();

function rowText(experiment: number): string {
  const known = rows.get(experiment);
  if (known !== undefined) return known;
  const text = columns
    .filter(({ words }) => words)
    .map((column) => readCell(column, experiment) ?? '')
    .join('\n')
    .toLowerCase();
  rows.set(experiment, text);
  return text;
}
