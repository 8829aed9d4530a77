/** Typed access to the fields of parsed JSON: each function says what it expected and where. */

export type Fields = Readonly<Record<string, unknown>>;

/** A field is missing or is not what it should be; the message names it. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}

export function fieldsOf(value: unknown, name: string): Fields {
  if (!isFields(value)) throw expected(name, 'an object', value);
  return value;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw expected(name, 'a list', value);
  return value;
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw expected(name, 'a text', value);
  return value;
}

export function maybeTextOf(fields: Fields, name: string): string | null {
  return fields[name] === null ? null : textOf(fields, name);
}

export function textsOf(fields: Fields, name: string): string[] {
  return listOf(fields, name).map((value) => {
    if (typeof value !== 'string') throw expected(name, 'a list of texts', value);
    return value;
  });
}

export function integerOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw expected(name, 'a whole number', value);
  return value;
}

export function maybeIntegerOf(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : integerOf(fields, name);
}

export function flagOf(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== 'boolean') throw expected(name, 'true or false', value);
  return value;
}

export function oneOf<Choice extends string>(fields: Fields, name: string, choices: readonly Choice[]): Choice {
  const value = fields[name];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw expected(name, `one of ${choices.join(', ')}`, value);
  return choice;
}

/** A number, one of the three texts that stand for a number JSON has no word for, or null. */
export function maybeFigure(value: unknown, name: string): number | null {
  if (typeof value === 'number' || value === null) return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw expected(name, 'a number, "NaN", "Infinity", "-Infinity" or null', value);
}

function expected(name: string, what: string, got: unknown): FieldError {
  return new FieldError(`${name}: expected ${what}, got ${JSON.stringify(got)?.slice(0, 60) ?? 'nothing'}`);
}
