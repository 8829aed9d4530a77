import { findKeys, readNames } from '../store/find-keys.js';
import type { Store } from '../store/store.js';
import { exitCodes, UserError } from '../user-error.js';
import { libraries } from './libraries.js';

/**
 * The key of the one experiment that a text means: its key or name, else the only one whose name begins with it or contains
 * it; `*` stands for anything between two parts.
 */
export function findExperiment(store: Store, text: string): string {
  if (text === '') throw new UserError('expected the name of an experiment, got ""', exitCodes.usage);
  const found = findKeys(store, text);
  const [key] = found;
  if (key === undefined)
    throw new UserError(`${text}: no experiment has that name${nearest(store, text)}`, exitCodes.noInput);
  if (found.length === 1) return key;
  const names = found.slice(0, 5).map((each) => nameOfKey(each, found));
  const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
  throw new UserError(
    `${text}: expected one experiment, got ${found.length}: ${names.join(', ')}${more}`,
    exitCodes.usage,
  );
}

/** `DIR/NAME/NAME.log` → `NAME` where that tells it from the others. */
function nameOfKey(key: string, others: readonly string[]): string {
  const name = key.split('/').at(-2) ?? key;
  return others.filter((other) => other.split('/').at(-2) === name).length === 1 ? name : key;
}

/** Names that may have been meant: few letters differ, or most of the settings in them are the same. */
function nearest(store: Store, text: string): string {
  const leven = libraries.leven();
  const parts = text.split(/[-,*]/).filter((part) => part.length > 1);
  const names = [...new Set(readNames(store))];
  const scored = names.map((name) => {
    const shared = parts.filter((part) => name.includes(part)).length / Math.max(1, parts.length);
    const distance = Math.min(leven(name, text), leven(name.slice(0, text.length), text)) / Math.max(1, text.length);
    return { name, score: Math.max(shared, 1 - distance) };
  });
  const best = scored.filter(({ score }) => score >= 0.5).sort((a, b) => b.score - a.score);
  return best.length === 0
    ? ' (tlw runs lists them)'
    : `; did you mean ${best
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', or ')}?`;
}
