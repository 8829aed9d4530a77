/**
 * Whether a value from JSON has the form that the program gives what it keeps for itself: another version may have written it.
 * What people write is checked by zod, which says what is wrong with it; a watcher need not have those 12 MB in memory.
 */

export type Check<Value> = (value: unknown) => value is Value;

export const isText: Check<string> = (value) => typeof value === 'string';
export const isNumber: Check<number> = (value) => typeof value === 'number';
export const isFlag: Check<boolean> = (value) => typeof value === 'boolean';

export function isOneOf<const Value extends string>(values: readonly Value[]): Check<Value> {
  return (value): value is Value => values.some((each) => each === value);
}

export function orNull<Value>(check: Check<Value>): Check<Value | null> {
  return (value): value is Value | null => value === null || check(value);
}

export function orMissing<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value): value is Value | undefined => value === undefined || check(value);
}

/** An object with these fields; others in it do no harm. */
export function isRecord<Value extends object>(
  fields: {
    readonly [Name in keyof Value]-?: Check<Value[Name]>;
  },
): Check<Value> {
  const checks: readonly [string, Check<unknown>][] = Object.entries(fields);
  return (value): value is Value => {
    if (typeof value !== 'object' || value === null) return false;
    const record: Readonly<Record<string, unknown>> = { ...value };
    return checks.every(([name, check]) => check(record[name]));
  };
}
