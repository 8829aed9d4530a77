import { fieldNames, fieldOf, isField } from '../ask/fields.js';
import { type Condition, parseWhere, WhereError } from '../ask/where.js';
import type { ListedExperiment } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { libraries } from './libraries.js';

/** A condition of the command line; everything passes without one. */
export function conditionOf(
  experiments: readonly ListedExperiment[],
  text: string | undefined,
): Condition<ListedExperiment> {
  if (text === undefined) return () => true;
  let unknown: string | undefined;
  try {
    return parseWhere(text, fieldOf, (name) => {
      const isKnown = isField(experiments, name);
      if (!isKnown) unknown = name;
      return isKnown;
    });
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    const meant = unknown === undefined ? '' : suggestion(fieldNames(experiments), unknown);
    throw new UserError(`${error.message}${meant}`, exitCodes.usage, { cause: error });
  }
}

/** Throws where no experiment has a setting, metric or fact of that name. */
export function requireField(experiments: readonly ListedExperiment[], option: string, name: string): void {
  if (isField(experiments, name)) return;
  const meant = suggestion(fieldNames(experiments), name);
  throw new UserError(`${option}: expected settings, metrics or facts, got "${name}"${meant}`, exitCodes.usage);
}

/** `; did you mean lr?`, or the names there are where none is near. */
function suggestion(names: readonly string[], unknown: string): string {
  const leven = libraries.leven();
  const near = names
    .map((name) => ({ name, distance: leven(name.toLowerCase(), unknown.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, name.length / 3) || name.startsWith(unknown))
    .sort((a, b) => a.distance - b.distance);
  if (near.length > 0)
    return `; did you mean ${near
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', or ')}?`;
  return names.length > 0 ? `; there are ${names.join(', ')}` : '';
}
